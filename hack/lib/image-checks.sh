#!/usr/bin/env bash
# Runs the images that hack/image built under an OCI runtime, as the chart says: user, capabilities, a read-only root, no new
# privileges, and the system calls that the runtime's default profile allows.
#
#   hack/lib/image-checks.sh ARCHIVES PROGRAMS     the folders of the archives and of the programs that are in them
#
# Each image runs in a network namespace of its own, without an API server: a process has to come up all the same. The last
# line is "N passed, N failed".
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ $# = 2 ] || {
  sed -n '2,8p' "${BASH_SOURCE[0]}" >&2
  exit 64
}
archives=$1
programs=$2
need_root
need_packages runc binutils jq iproute2 curl python3-yaml golang-github-containers-common
work=$(mktemp -d)
netns=toono-image-$$
running=

# The runtime's state is kept apart from that of other containers on the machine.
runc_here() { runc --root "$work/runc" "$@"; }
clean_up() {
  [ -z "$running" ] || runc_here delete --force "$running" >/dev/null 2>&1
  ip netns del $netns 2>/dev/null
  ip netns del $netns-lan 2>/dev/null
  rm -rf "$work"
}
trap clean_up EXIT

source "$root/hack/lib/count.sh"

# wait_until SECONDS COMMAND…
wait_until() {
  local deadline=$(($(date +%s) + $1))
  shift
  until "$@"; do
    [ "$(date +%s)" -lt $deadline ] || return 1
    sleep 0.1
  done
}

# --- what is in an image ---------------------------------------------------------------------------------------------

# unpack PROGRAM: the image's files in $work/PROGRAM/rootfs, its settings in $work/PROGRAM/image.json.
unpack() {
  local program=$1 folder=$work/$1 layer manifest
  mkdir -p "$folder/oci" "$folder/rootfs" &&
    tar -xf "$archives/$program.tar" -C "$folder/oci" || return 1
  manifest=$(jq -r '.manifests[0].digest' "$folder/oci/index.json")
  manifest=$folder/oci/blobs/${manifest/://}
  for layer in $(jq -r '.layers[].digest' "$manifest"); do
    tar -xzf "$folder/oci/blobs/${layer/://}" -C "$folder/rootfs" || return 1
  done
  cp "$folder/oci/blobs/$(jq -r '.config.digest | sub(":"; "/")' "$manifest")" "$folder/image.json"
}

# The loader of the image itself finds each library in it.
libraries_are_there() {
  local rootfs=$work/$1/rootfs loader
  loader=$(readelf -l "$rootfs/usr/bin/$1" | sed -n 's/.*program interpreter: \(.*\)\]$/\1/p')
  chroot "$rootfs" "$loader" --list "/usr/bin/$1" >"$work/libraries" 2>&1 && ! grep 'not found' "$work/libraries"
}
# Each library's package has its copyright file and its record, and there are the licences of what was built in.
licences_are_there() {
  local rootfs=$work/$1/rootfs record doc=$work/$1/rootfs/usr/share/doc
  [ "$(find "$rootfs/var/lib/dpkg/status.d" -type f | wc -l)" -ge 3 ] || return 1
  for record in "$rootfs"/var/lib/dpkg/status.d/*; do
    grep -qx "Package: $(basename "$record")" "$record" && [ -s "$doc/$(basename "$record")/copyright" ] || return 1
  done
  [ -s "$doc/toono/LICENSE" ] && [ -s "$doc/toono/swift/LICENSE.txt" ] && [ -s "$doc/toono/packages/swift-nio/LICENSE.txt" ] &&
    [ -s "$doc/toono/packages/swift-nio/NOTICE.txt" ]
}
# No shell, no second program, nothing that lends another's rights.
nothing_else_runs() {
  local rootfs=$work/$1/rootfs
  [ "$(find "$rootfs" -type f -perm /111 -not -path '*/lib/*' -not -path '*/lib64/*' -not -path '*/opt/*' -printf '%f\n')" = "$1" ] &&
    [ -z "$(find "$rootfs" -perm /6000)" ]
}
says() { jq -e "$2" "$work/$1/image.json" >/dev/null; }
# A second build of the same programs is the same image.
builds_alike() {
  "$root/hack/image" --programs "$programs" --output "$work/again" >/dev/null &&
    for program in toono-controller toono-speaker; do
      cmp <(tar -xOf "$archives/$program.tar" index.json | jq '.manifests[0].digest') \
        <(tar -xOf "$work/again/$program.tar" index.json | jq '.manifests[0].digest') || return 1
    done
}

# --- running one -----------------------------------------------------------------------------------------------------

# The chart's pod of a kind: {container, pod}.
pod_of() { jq -c "select(.kind == \"$1\").spec.template.spec" "$work/objects"; }

# The default profile of container runtimes as the OCI runtime wants it: rules for other capabilities and machines left out.
seccomp() {
  # shellcheck disable=SC2016
  jq --argjson caps "$1" --arg arch "$(dpkg --print-architecture)" '
    {defaultAction, architectures: [.archMap[] | select(.architecture == ({"amd64": "SCMP_ARCH_X86_64", "arm64": "SCMP_ARCH_AARCH64"}[$arch]))
        | .architecture, .subArchitectures[]?],
      syscalls: [.syscalls[]
        | select((.includes.caps // []) - $caps == []
          and ((.excludes.caps // []) - $caps) == (.excludes.caps // [])
          and ((.includes.arches // [$arch]) | index($arch)) and ((.excludes.arches // []) | index($arch) | not))
        | {names, action} + (if .args then {args: [.args[]? | {index, value, op} + (if .valueTwo then {valueTwo} else {} end)]} else {} end)
          + (if .errnoRet then {errnoRet} else {} end)]}' /usr/share/containers/seccomp.json
}

# bundle PROGRAM KIND CAPABILITIES: config.json, from the pod in the chart and from the image. CAPABILITIES is a JSON list in place
# of the chart's.
bundle() {
  local program=$1 kind=$2 caps=$3
  seccomp "$(jq -c 'map("CAP_" + .)' <<<"$caps")" >"$work/seccomp.json" || return 1
  # shellcheck disable=SC2016
  pod_of "$kind" | jq --slurpfile image "$work/$program/image.json" --slurpfile seccomp "$work/seccomp.json" \
    --argjson caps "$caps" --arg work "$work" --arg netns "/run/netns/$netns" '
    .containers[0] as $container | $image[0].config as $config
    | ($caps | map("CAP_" + .)) as $caps
    # What the pod says wins over the image.
    | ($container.securityContext.runAsUser // .securityContext.runAsUser // ($config.User | split(":")[0] | tonumber)) as $uid
    | (.securityContext.runAsGroup // ($config.User | split(":")[1] | tonumber)) as $gid
    | (if $uid == 0 then $caps else [] end) as $effective
    | {ociVersion: "1.0.2",
      process: {terminal: false, cwd: $config.WorkingDir, user: {uid: $uid, gid: $gid},
        args: ($config.Entrypoint + $container.args),
        env: ($config.Env + ["NODE_NAME=edge1", "POD_NAMESPACE=metallb-system", "POD_NAME=toono",
          "KUBERNETES_SERVICE_HOST=192.0.2.1", "KUBERNETES_SERVICE_PORT=443"]),
        capabilities: {bounding: $caps, permitted: $effective, effective: $effective, inheritable: [], ambient: []},
        noNewPrivileges: ($container.securityContext.allowPrivilegeEscalation == false)},
      root: {path: "rootfs", readonly: $container.securityContext.readOnlyRootFilesystem},
      hostname: "edge1",
      mounts: ([{destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"]},
        {destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "strictatime", "mode=755", "size=65536k"]},
        {destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"]},
        {destination: "/var/run/secrets/kubernetes.io/serviceaccount", type: "bind", source: "\($work)/account", options: ["bind", "ro"]}]
        + [$container.volumeMounts[]? | {destination: .mountPath, type: "bind", source: "\($work)/\(.name)",
          options: ["bind", if .readOnly then "ro" else "rw" end]}]),
      linux: {namespaces: [{type: "pid"}, {type: "ipc"}, {type: "uts"}, {type: "mount"}, {type: "network", path: $netns}],
        maskedPaths: ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"],
        readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        seccomp: $seccomp[0]}}' >"$work/$program/config.json"
}

# start PROGRAM: what the bundle says, in the background; its words go to $work/log.
start() {
  running=$1-$$
  runc_here run --bundle "$work/$1" "$running" >"$work/log" 2>&1 &
  pid=$!
}
# stop: as the kubelet ends a pod; the program has to end well by itself.
stop() {
  local status=0
  runc_here kill "$running" TERM && wait "$pid" || status=$?
  running=
  return $status
}
answers() { [ "$(ip netns exec $netns curl -s -o "$work/body" -w '%{http_code}' --max-time 2 "http://127.0.0.1:7472$1")" = "$2" ]; }
# ends_with STATUS WORDS PROGRAM: the program ends by itself with the status and says so in its last line.
ends_with() {
  local status=0
  running=$3-$$
  timeout 20 runc --root "$work/runc" run --bundle "$work/$3" "$running" >"$work/log" 2>&1 || status=$?
  running=
  cat "$work/log"
  [ $status = "$1" ] && tail -n 1 "$work/log" | grep -qF -- "$2"
}
has_sink() { ip -n $netns link show toono0; }
sees_link() { ip netns exec $netns curl -sf http://127.0.0.1:7472/state | jq -e '[.links[].name] | index("eth0")'; }
# The process's own view: nothing but what was given, and no way to more.
is_confined() {
  local inside
  inside=$(runc_here state "$running" | jq .pid) && cat "/proc/$inside/status" &&
    grep -qx "CapBnd:[[:space:]]$2" "/proc/$inside/status" && grep -qx "CapEff:[[:space:]]$2" "/proc/$inside/status" &&
    grep -qx 'NoNewPrivs:[[:space:]]1' "/proc/$inside/status" && grep -qx 'Seccomp:[[:space:]]2' "/proc/$inside/status" &&
    grep -qE "^Uid:[[:space:]]$1[[:space:]]" "/proc/$inside/status"
}

network_up() {
  ip netns add $netns && ip netns add $netns-lan && ip -n $netns link set lo up &&
    ip link add eth0 netns $netns type veth peer name edge1 netns $netns-lan &&
    ip -n $netns-lan link set edge1 up && ip -n $netns addr add 192.168.122.11/24 dev eth0 && ip -n $netns link set eth0 up
}

for program in toono-controller toono-speaker; do
  check "$program: the archive is an OCI image" unpack $program
  check "$program: each library is in the image" libraries_are_there $program
  check "$program: licences are in the image" licences_are_there $program
  check "$program: nothing else can be run" nothing_else_runs $program
  check "$program: the entry point is the program" says $program ".config.Entrypoint == [\"/usr/bin/$program\"]"
done
check "the controller is not root, also where nobody says so" says toono-controller '.config.User == "65534:65534"'
check "a second build gives the same images" builds_alike

"$root/hack/render" "$root/charts/toono" --skip-crds | /usr/bin/python3 "$root/hack/lib/yaml-to-json.py" >"$work/objects" ||
  die "the chart does not render"
mkdir -p "$work"/{account,hello-key,state}
cp "$root/Tests/KubernetesClientTests/Resources/tls/ca.pem" "$work/account/ca.crt"
printf 'token' >"$work/account/token"
printf 'metallb-system' >"$work/account/namespace"
head -c 32 /dev/urandom | base64 >"$work/hello-key/key"
chmod 755 "$work" "$work/account"
chmod 400 "$work/hello-key/key"
check "a network to run in" network_up

speaker_caps=$(pod_of DaemonSet | jq -c '.containers[0].securityContext.capabilities.add')
check "the chart gives a speaker two capabilities" test "$speaker_caps" = '["NET_ADMIN","NET_RAW"]'
check "a bundle of the speaker" bundle toono-speaker DaemonSet "$speaker_caps"
start toono-speaker
check "the speaker answers /healthz" wait_until 20 answers /healthz 200
check "the speaker may do what the chart says and no more" is_confined 0 0000000000003000
check "the speaker reaches the kernel" wait_until 10 has_sink
check "the speaker sees its link" wait_until 10 sees_link
check "the speaker says that it waits for the cluster" answers /readyz 503
check "the speaker gives its metrics" answers /metrics 200
check "the speaker ends when it is told to" stop

for taken in NET_ADMIN NET_RAW; do
  check "a bundle without $taken" bundle toono-speaker DaemonSet "$(jq -c --arg t $taken '. - [$t]' <<<"$speaker_caps")"
  check "the speaker says that it lacks $taken" ends_with 77 "missing capability $taken" toono-speaker
done
check "a bundle without both" bundle toono-speaker DaemonSet '[]'
check "the speaker says that it lacks both" ends_with 77 "missing capability NET_ADMIN, NET_RAW" toono-speaker

check "a bundle of the controller" bundle toono-controller Deployment '[]'
start toono-controller
check "the controller answers /healthz" wait_until 20 answers /healthz 200
check "the controller may do nothing, and is not root" is_confined 65534 0000000000000000
check "the controller ends when it is told to" stop
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
