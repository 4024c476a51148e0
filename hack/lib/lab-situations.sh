# shellcheck shell=bash
# Situations in which something is broken: each time the first line of `toonoctl explain`, asked on a node, names the cause,
# and so does an event or a metric.

# explains_on NODE SERVICE PATTERN: what the first line says there, with the node's own speaker asked.
explains_on() {
  local first
  first=$(on "$1" "$bin/toonoctl" explain service "default/$2" --kubeconfig "$kubeconfig" --state http://127.0.0.1:7472 2>&1 |
    sed -n 1p) || true
  grep -qE -- "$3" <<<"$first"
}
controller_metric() { metric cloud "$1"; }
metric() { on "$1" curl -sf http://127.0.0.1:7472/metrics | has -E "$2"; }
# An event about any object since the last situation, by its reason and message.
told() {
  kubectl_lab get events -A -o json | jq -r --arg since "$since" '.items[]
    | select((.series.lastObservedTime // .lastTimestamp // .eventTime // "") >= $since) | .reason + " " + (.message // .note // "")' | has -E "$1"
}
# Events have whole seconds: those of the last situation are to be older than what counts from here.
begin_situation() { sleep 1 && since=$(date -u +%FT%T); }
# situation NAME SERVICE PATTERN EVIDENCE…: the first line matches, and the evidence is there.
situation() {
  local name=$1 service=$2 pattern=$3
  shift 3
  wait_for 10 "$name: the first line says $pattern" explains_on edge1 "$service" "$pattern" && wait_for 10 "$name: $*" "$@"
}
# plain NAME SERVICE PATTERN EVIDENCE…: the same, and the API alone is enough to find the cause.
plain() {
  situation "$@" && wait_for 10 "$1: without asking a speaker: $3" explains "$2" "$3"
}
mended() {
  wait_for 20 "$1: all is well again" explains_on edge1 shop 'is announced: 192.168.122.90 by edge[1-3] \(layer2 on eth0\)$' || return 1
  # What is told when it changes is looked at once a second.
  wait_for 5 "$1: every speaker knows it" no_obstacle_left || return 1
  begin_situation
}

no_obstacle_left() {
  local node
  for node in "${nodes[@]}"; do
    on "$node" curl -sf http://127.0.0.1:7472/metrics >"$state/metrics" || return 1
    ! grep -q 'toono_address_obstacle{address="192.168.122.90"' "$state/metrics" || return 1
  done
}

shop_without_pool() {
  kubectl_lab delete service --ignore-not-found edgeapp-svc second far >/dev/null
  kubectl_lab delete -f "$root/hack/manifests/configmap.yaml" >/dev/null
  wait_for 10 "the ConfigMap's pool goes with it" no_pool || return 1
  begin_situation
  expose shop && plain "no pool" shop noPool told 'AllocationFailed .*noPool' || return 1
  # What is wrong is exit status 1, too.
  ! toonoctl_lab status >/dev/null || return 1
  resource IPAddressPool one 'addresses: [192.168.122.90/32]'
  resource L2Advertisement one 'interfaces: []'
  mended "no pool"
}

# What the configuration, the Service and the cluster can be wrong in.
situations_of_configuration() {
  resource L2Advertisement one 'serviceSelectors: [{matchLabels: {app: nobody}}]'
  plain "wrong selector" shop 'noAdvertisement: .*serviceSelectors' metric edge1 'toono_address_obstacle.*noAdvertisement' || return 1
  kubectl_lab delete l2advertisement one -n metallb-system >/dev/null
  plain "no advertisement" shop 'noAdvertisement: .*there is no L2Advertisement' told 'ConfigurationWarning .*not announced' || return 1
  resource L2Advertisement one 'interfaces: [eth9]'
  plain "interface missing" shop 'interfaceMissing: .*eth9' told 'announceFailed .*interfaceMissing' || return 1
  resource L2Advertisement one 'interfaces: [], nodeSelectors: [{matchLabels: {site: nowhere}}]'
  plain "no node selected" shop 'nodeExcluded: .*nodeSelectors' told 'announceFailed .*nodeExcluded' || return 1
  resource L2Advertisement one 'nodeSelectors: []'
  mended "advertisement" || return 1
  kubectl_lab label nodes --all node.kubernetes.io/exclude-from-external-load-balancers= >/dev/null
  plain "excluded nodes" shop 'nodeExcluded: .*exclude-from' told 'announceFailed .*nodeExcluded' || return 1
  kubectl_lab label nodes --all node.kubernetes.io/exclude-from-external-load-balancers- >/dev/null
  mended "excluded nodes" || return 1
  kubectl_lab scale deployment edgeapp --replicas=0 >/dev/null
  plain "no endpoint" shop noServingEndpoint metric edge1 'toono_address_obstacle.*noServingEndpoint' || return 1
  kubectl_lab scale deployment edgeapp --replicas=3 >/dev/null
  mended "no endpoint" || return 1
  expose late && plain "exhausted pool" late poolExhausted told 'AllocationFailed .*poolExhausted' || return 1
  expose wants 'loadBalancerIP: 192.168.122.90'
  plain "address taken" wants addressTaken told 'AllocationFailed .*addressTaken' || return 1
  expose other 'loadBalancerClass: example.com/other'
  # An event would be on another controller's Service.
  plain "class not ours" other 'classNotOurs: .*example.com/other' controller_metric '^toono_controller_services_foreign 1$' || return 1
  no_event_about other || return 1
  resource IPAddressPool two 'addresses: [192.168.122.90-192.168.122.95]'
  situation "two pools overlapping" shop 'is announced: .*configurationInvalid: .*overlap' told '[cC]onfigurationInvalid.*overlap' || return 1
  kubectl_lab delete ipaddresspool two -n metallb-system >/dev/null
  mended "two pools overlapping"
}
no_event_about() { [ -z "$(kubectl_lab get events -o json | jq -r --arg name "$1" '.items[] | select((.involvedObject // .regarding).name == $name) | .reason')" ]; }

# What can be wrong around a node, and with a speaker.
repairs_of() { on "$1" curl -sf http://127.0.0.1:7472/metrics | awk '$1 == "toono_kernel_repairs_total" {print $2}'; }
more_repairs() { holds "$(repairs_of "$1") > $2"; }
situations_of_nodes() {
  local node repairs
  on client ip addr add 192.168.122.97/24 dev eth0
  resource IPAddressPool used 'addresses: [192.168.122.97/32], autoAssign: false'
  expose taken 'loadBalancerIP: 192.168.122.97'
  situation "in use by a stranger" taken 'addressInUse: .*52:54:00:7a:00:50' told 'announceFailed .*addressInUse' || return 1
  kubectl_lab delete service taken >/dev/null
  on client ip addr del 192.168.122.97/24 dev eth0
  for node in "${nodes[@]}"; do cut "$node"; done
  # The node cannot ask the API either then; its speaker says what is so. Who asks the API finds out which nodes are silent.
  wait_for 10 "cables out: linkDown" says_obstacle edge1 linkDown &&
    wait_for 5 "cables out: metric" metric edge1 'toono_address_obstacle.*linkDown' || return 1
  for node in "${nodes[@]}"; do set_ready "$node" Unknown; done
  wait_for 5 "cables out: the first line says which node is silent" explains shop 'nodes that are not Ready: edge1, edge2, edge3' || return 1
  for node in "${nodes[@]}"; do mend "$node"; node_routes "$node"; set_ready "$node" True; done
  mended "cables out" || return 1
  stop api
  wait_for 40 "API away: the first line says so" explains_on edge1 shop "$api_address:8080: unreachable" &&
    wait_for 40 "API away: metric" metric edge1 'toono_speaker_warning\{warning="offline"\} 1' || return 1
  start_api && wait_for 60 "the speakers hear the API again" connected && mended "API away" || return 1
  # One that an earlier check left running would not be the one that is stopped below.
  for node in "${nodes[@]}"; do stop "kube-proxy-health-$node" KILL; start_kube_proxy_health "$node" || return 1; done
  for node in "${nodes[@]}"; do wait_for 10 "$node knows kube-proxy" test -e "$state/memory-$node/dataplane.state" || return 1; done
  for node in "${nodes[@]}"; do stop "kube-proxy-health-$node" KILL; done
  situation "kube-proxy down" shop dataPlaneNotReady metric edge1 'toono_address_obstacle.*dataPlaneNotReady' || return 1
  for node in "${nodes[@]}"; do start_kube_proxy_health "$node" || return 1; done
  mended "kube-proxy down" || return 1
  node=$(owner_now) && repairs=$(repairs_of "$node") && on "$node" ip link del toono0
  wait_for 5 "sink missing: it is made again" on "$node" ip link show toono0 &&
    wait_for 5 "sink missing: metric" more_repairs "$node" "$repairs" && mended "sink missing" || return 1
  head -c 32 /dev/urandom | base64 >"$state/other.key" && chmod 600 "$state/other.key"
  stop speaker-edge1
  start speaker-edge1 edge1 "$bin/toono-speaker" --node-name edge1 --kubeconfig "$kubeconfig" --hello-key-file "$state/other.key" \
    --state-dir "$state/memory-edge1" --http 127.0.0.1:7472
  situation "hello key differs" shop 'helloKeyDiffers' metric edge1 'toono_hello_dropped_total.*reason="(key|tag)"' || return 1
  stop speaker-edge1
  start speaker-edge1 edge1 "$bin/toono-speaker" --node-name edge2 --kubeconfig "$kubeconfig" --hello-key-file "$state/hello.key" \
    --state-dir "$state/memory-edge1" --http 127.0.0.1:7472
  situation "duplicate node name" shop 'duplicateNodeName' metric edge1 'toono_speaker_warning\{warning="duplicateNodeName"\} 1' || return 1
  stop speaker-edge1
  on edge1 "$bin/toono-speaker" cleanup >/dev/null
  full_disk_speaker edge1
  situation "full disk" shop 'stateNotWritable' metric edge1 'toono_state_writable 0' || return 1
  stop speaker-edge1
  umount "$state/full"
  start_speaker edge1
  wait_for 45 "all speakers see one another" peers_seen || return 1
  # The speaker with the other key announced too, and could not say that it ended: the next of its name does, after 30 s.
  wait_for 40 "what the stray speaker reported is cleared away" only_the_owner_reports && mended "full disk"
}
only_the_owner_reports() {
  [ "$(kubectl_lab get servicel2statuses -n metallb-system -o json |
    jq -r '[.items[] | select(.status.serviceName == "shop") | .status.node] | join(" ")')" = "$(owner_now)" ]
}
# A new installation whose containers lack a capability: the speakers end and say so, and nobody announces.
without_capability() {
  local node
  for node in "${nodes[@]}"; do stop "speaker-$node" && on "$node" "$bin/toono-speaker" cleanup >/dev/null || return 1; done
  kubectl_lab delete servicel2statuses -n metallb-system --all >/dev/null
  for node in "${nodes[@]}"; do
    start "speaker-$node" "$node" setpriv --bounding-set=-net_raw --inh-caps=-net_raw \
      "$bin/toono-speaker" --node-name "$node" --kubeconfig "$kubeconfig" --hello-key-file "$state/hello.key"
  done
  # There is no speaker to ask.
  wait_for 10 "capability missing: the first line says so" explains shop 'capabilityMissing: edge[1-3]: .*NET_RAW' &&
    wait_for 10 "capability missing: event" told 'capabilityMissing .*NET_RAW' || return 1
  for node in "${nodes[@]}"; do start_speaker "$node"; done
  wait_for 45 "all speakers see one another" peers_seen && mended "capability missing"
}
# A clock that jumps by a day: nothing is lost, and the speaker says so.
with_clock_jump() {
  local preload
  need_packages libfaketime
  preload=$(dpkg -L libfaketime | grep '/libfaketime.so.1$') || return 1
  echo +0 >"$state/clock"
  stop speaker-edge1
  # By way of a shell: the first process so loaded gets a changed environment, before which Swift finds no arguments.
  start speaker-edge1 edge1 env LD_PRELOAD="$preload" FAKETIME_TIMESTAMP_FILE="$state/clock" FAKETIME_NO_CACHE=1 \
    FAKETIME_DONT_FAKE_MONOTONIC=1 sh -c 'exec "$@"' sh "$bin/toono-speaker" --node-name edge1 --kubeconfig "$kubeconfig" \
    --hello-key-file "$state/hello.key" --state-dir "$state/memory-edge1" --http 127.0.0.1:7472
  wait_for 45 "all speakers see one another" peers_seen && mended "a clock that will jump" || return 1
  echo "$1" >"$state/clock"
  situation "clock jump $1" shop 'is announced: .*edge1 warns: clockSkewed' metric edge1 'toono_speaker_warning\{warning="clockSkewed"\} 1' || return 1
  stop speaker-edge1
  start_speaker edge1
  wait_for 45 "all speakers see one another" peers_seen && mended "clock jump $1"
}

# set_ready NODE STATUS: what a cluster's node controller makes of a kubelet that it does not hear.
set_ready() {
  on cloud curl -sf -o /dev/null -X PATCH -H 'Content-Type: application/merge-patch+json' \
    -d "{\"status\": {\"conditions\": [{\"type\": \"Ready\", \"status\": \"$2\"}]}}" "http://$api_address:8080/api/v1/nodes/$1/status"
}
says_obstacle() { state_of "$1" | jq -e --arg r "$2" '.addresses[] | select(.reason == $r)' >/dev/null; }
# A state directory on a file system without room.
full_disk_speaker() {
  mkdir -p "$state/full" && mount -t tmpfs -o size=64k tmpfs "$state/full" && { head -c 100000 /dev/zero >"$state/full/filler" || true; } 2>/dev/null
  start "speaker-$1" "$1" "$bin/toono-speaker" --node-name "$1" --kubeconfig "$kubeconfig" --hello-key-file "$state/hello.key" \
    --state-dir "$state/full" --http 127.0.0.1:7472
}

check_situations() {
  shop_without_pool && situations_of_configuration && situations_of_nodes && without_capability && with_clock_jump +1d && with_clock_jump -1d
}
