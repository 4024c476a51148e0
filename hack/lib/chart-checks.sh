#!/usr/bin/env bash
# Checks the chart and its renderer.
#
#   hack/lib/chart-checks.sh FOLDER                FOLDER holds the binaries toono-controller and toono-speaker
#   hack/lib/chart-checks.sh --server KUBECTL…     each row of values on a server, with this command for kubectl
#
# A matrix of values is rendered, read back by another parser and held against the binaries; wrong values have to fail by
# their name; alerts are tested with promtool; docs have to name every alert and value. With --server
# each row that is for the server's version or an older one is applied in a dry run of the server: without an error, and
# without a warning of anybody. The last line is "N passed, N failed".
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$root/hack/lib/prometheus.sh"

usage() {
  sed -n '2,10p' "${BASH_SOURCE[0]}" >&2
  exit 64
}
kubectl=()
if [ "${1:-}" = --server ] && [ $# -ge 2 ]; then
  shift
  kubectl=("$@")
else
  [ $# = 1 ] || usage
  binaries=$1
  for program in toono-controller toono-speaker; do
    [ -x "$binaries/$program" ] || die "$binaries has no $program: build it first"
  done
fi
chart=$root/charts/toono
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

source "$root/hack/lib/count.sh"

to_json() { /usr/bin/python3 "$root/hack/lib/yaml-to-json.py"; }
# is FILTER: true if the filter, on the list of the row's objects, gives true.
is() { jq -es "$1" "$work/objects"; }

# --- the matrix ------------------------------------------------------------------------------------------------------

# The renderer as hack/render built it: the wrapper looks at the machine's packages each time.
renderer=$root/.build/hack/render

# Objects of the row are in $work/objects, one a line.
render() {
  "$renderer" "$chart" "$@" >"$work/yaml" && to_json <"$work/yaml" >"$work/objects"
}

# What every rendering must hold, by name: {NAME: true or false}.
# shellcheck disable=SC2016
always='
  def of(k): map(select(.kind == k));
  def of2(a; b): map(select(.kind == a or .kind == b));
  def pods: map(select(.kind == "Deployment" or .kind == "DaemonSet"));
  def containers: pods | map(.spec.template.spec.containers[0]);
  def clustered: ["CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding", "PodSecurityPolicy"];
  {
    # Fields of a container that only their absence or one value keep safe.
    "containers are confined":
      (containers | all(.securityContext | .allowPrivilegeEscalation == false and .readOnlyRootFilesystem == true
        and .privileged == false and .capabilities.drop == ["ALL"])),
    "speakers have two capabilities":
      (of("DaemonSet") | all(.spec.template.spec.containers[0].securityContext.capabilities.add == ["NET_ADMIN", "NET_RAW"])),
    "controllers have none, and are not root":
      (of("Deployment") | all(.spec.template.spec | .securityContext.runAsNonRoot == true and (has("hostNetwork") | not)
        and (.containers[0].securityContext.capabilities | has("add") | not))),
    "no wildcard in a role, no list of Secrets":
      ([of2("Role"; "ClusterRole")[].rules[]] | all((.verbs + (.resources // []) + (.apiGroups // []) | index("*") | not)
        and (if .resources // [] | index("secrets") then .verbs == ["create"] or .verbs == ["get"] else true end))),
    "each role has rules": (of2("Role"; "ClusterRole") | all(.rules | length > 0)),
    "each binding has its role":
      ([of2("Role"; "ClusterRole")[] | .kind + "/" + .metadata.name] as $roles
        | [of2("RoleBinding"; "ClusterRoleBinding")[].roleRef | .kind + "/" + .name] - $roles == []),
    "each account that is bound has its pod":
      ([pods[].spec.template.spec.serviceAccountName] as $accounts
        | [of2("RoleBinding"; "ClusterRoleBinding")[].subjects[] | select(.name != "prometheus") | .name] - $accounts == []),
    # Another rendering, or an upgrade, would replace it: the key is a person'"'"'s or the controller'"'"'s.
    "no Secret is rendered": (of("Secret") == []),
    "no object comes twice":
      (map(.kind + "/" + (.metadata.namespace // "") + "/" + .metadata.name) | length == (unique | length)),
    "what is in a namespace says so": all(.kind as $kind | (.metadata | has("namespace")) != any(clustered[]; . == $kind)),
    "pods have the labels that select them":
      (pods | all(.spec.selector.matchLabels as $labels | .spec.template.metadata.labels | contains($labels))),
    # Probes name the port that there is, and the process listens on it.
    "ports agree":
      (containers | all(.ports[0] as $port | $port.name == "metrics" and ($port.containerPort | type == "number")
        and ([.livenessProbe, .readinessProbe, .startupProbe] | map(values | .httpGet.port) | all(. == "metrics"))
        and (.args | map(select(startswith("--http="))) | length == 1 and (.[0] | endswith(":\($port.containerPort)")))))
  }'

# The help's lines on options: "--name <value>" takes one, "--name" alone does not.
options_of() {
  case $1 in
    # What a speaker does without a subcommand.
    toono-speaker) "$binaries/toono-speaker" run --help ;;
    *) "$binaries/$1" --help ;;
  esac | sed -n 's/^  \(--[a-z0-9-]*\)\( <[^>]*>\)\{0,1\}\( .*\)\{0,1\}$/\1\2/p' | sed 's/ <.*/=/'
}

arguments_of() {
  local kind=DaemonSet
  [ "$1" = toono-speaker ] || kind=Deployment
  jq -r "select(.kind == \"$kind\") | .spec.template.spec.containers[0].args[]" "$work/objects"
}

# Every argument is in the program's help, with a value if and only if the help says so.
arguments_exist() {
  local program unknown
  for program in toono-controller toono-speaker; do
    unknown=$(arguments_of $program | sed 's/=.*/=/' | grep -vxFf "$work/options-$program")
    [ -z "$unknown" ] || {
      echo "$program has no option" $unknown
      return 1
    }
  done
}

# The program takes the values too: it gets as far as what only a pod has (78), not just to a refused flag (64).
arguments_are_taken() {
  local program args status
  for program in toono-controller toono-speaker; do
    mapfile -t args < <(arguments_of $program)
    [ ${#args[@]} -gt 0 ] || continue
    status=0
    env -i PATH="$PATH" NODE_NAME=node POD_NAMESPACE=ns timeout 20 "$binaries/$program" "${args[@]}" || status=$?
    [ $status = 78 ] || [ $status = 77 ] || {
      echo "$program ends with $status"
      return 1
    }
  done
}

rows=0
# row NAME FILTER ARGUMENT…: renders with the arguments; the filter says what the row is there to show.
row() {
  local name=$1 filter=$2 property holds
  shift 2
  rows=$((rows + 1))
  if [ ${#kubectl[@]} != 0 ]; then
    server_row "$name" "$@"
    return
  fi
  rm -f "$work/objects" "$work/held"
  check "$name: renders, and is YAML" render "$@"
  [ -s "$work/objects" ] || return 0
  check "$name: shows what it should" is "$filter"
  jq -rs "$always | to_entries[] | \"\(.value) \(.key)\"" "$work/objects" >"$work/held"
  check "$name: can be judged" test -s "$work/held"
  while read -r holds property; do
    check "$name: $property" test "$holds" = true
  done <"$work/held"
  check "$name: every argument is in the program's help" arguments_exist
  check "$name: the programs take the arguments" arguments_are_taken
}

# minor VERSION: 20 of v1.20.2.
minor() { sed 's/^v\{0,1\}1\.\([0-9]*\).*/\1/' <<<"$1"; }
# server_row NAME ARGUMENT…: the row on the server, for the server's version unless the row says an older one; what is for
# newer ones is passed over.
server_row() {
  local name=$1 version=$server argument before=
  shift
  for argument in "$@"; do
    [ "$before" != --kube-version ] || version=$argument
    before=$argument
  done
  [ "$(minor "$version")" -gt "$(minor "$server")" ] || check "$name: the server takes it" taken_by_server "$@" --kube-version "$version"
}
# silently COMMAND…: it succeeds, and neither the server nor kubectl has a warning.
silently() {
  "$@" 2>"$work/warned" >"$work/taken"
  local status=$?
  cat "$work/warned"
  [ $status = 0 ] && [ ! -s "$work/warned" ] && [ -s "$work/taken" ]
}
taken_by_server() {
  "$renderer" "$chart" --skip-crds "$@" >"$work/yaml" && silently "${kubectl[@]}" apply --dry-run=server -f "$work/yaml"
}

# A row without the definitions, which take longer to read than all the rest.
small() {
  local name=$1 filter=$2
  shift 2
  row "$name" "$filter" --skip-crds "$@"
}

# What filters are made of.
defs='def of(k): map(select(.kind == k)); def one(k): of(k)[0];
  def speaker: one("DaemonSet").spec.template.spec; def controller: one("Deployment").spec.template.spec;
  def sargs: speaker.containers[0].args; def cargs: controller.containers[0].args;'
monitoring=(--set "prometheus.serviceAccount=prometheus,prometheus.namespace=monitoring")

matrix() {
  row "defaults" "$defs"'(of("CustomResourceDefinition") | length == 9) and .[0].kind == "CustomResourceDefinition"
    and speaker.nodeSelector == {"kubernetes.io/os": "linux", "openyurt.io/is-edge-worker": "true"}
    and speaker.hostNetwork and speaker.priorityClassName == "system-node-critical"
    and (speaker.tolerations | index({"operator": "Exists"}) != null)
    and speaker.securityContext.seccompProfile.type == "RuntimeDefault"
    and speaker.volumes[0].secret.secretName == "toono-hello"'
  small "Kubernetes 1.18" "$defs"'(speaker | has("securityContext") | not)
    and one("DaemonSet").spec.template.metadata.annotations["seccomp.security.alpha.kubernetes.io/pod"] == "runtime/default"
    and one("PodDisruptionBudget").apiVersion == "policy/v1beta1" and (of("PodSecurityPolicy") | length == 2)' \
    --kube-version 1.18 --set psp.create=true,controller.podDisruptionBudget.enabled=true
  small "Kubernetes 1.20" "$defs"'one("PodDisruptionBudget").apiVersion == "policy/v1beta1"
    and speaker.securityContext.seccompProfile.type == "RuntimeDefault"' \
    --kube-version v1.20.15 --set controller.podDisruptionBudget.enabled=true
  small "Kubernetes 1.21" "$defs"'one("PodDisruptionBudget").apiVersion == "policy/v1"' \
    --kube-version 1.21.0 --set controller.podDisruptionBudget.enabled=true,controller.podDisruptionBudget.maxUnavailable=50%
  small "a version with a suffix" "$defs"'one("PodDisruptionBudget").apiVersion == "policy/v1"' \
    --kube-version v1.29.3-eks-0a1b2c --set controller.podDisruptionBudget.enabled=true
  row "no definitions by flag" 'all(.kind != "CustomResourceDefinition")' --skip-crds
  row "no definitions by value" 'all(.kind != "CustomResourceDefinition")' --set crds.enabled=false
  small "any node" "$defs"'speaker.nodeSelector == {"kubernetes.io/os": "linux"}' --set speaker.nodeSelector=null
  small "other nodes" "$defs"'speaker.nodeSelector["node-role/edge"] == "" and (speaker.nodeSelector | length == 2)' \
    --set 'speaker.nodeSelector.openyurt\.io/is-edge-worker=null' --set-string 'speaker.nodeSelector.node-role/edge='
  small "another release and namespace" "$defs"'one("DaemonSet").metadata == (one("DaemonSet").metadata
      | .name = "edge-toono-speaker" | .namespace = "lb") and speaker.volumes[0].secret.secretName == "edge-toono-hello"
    and (of("ClusterRole") | all(.metadata.name | startswith("lb:edge-toono-")))' --name edge -n lb
  small "names overridden" "$defs"'one("Deployment").metadata.name == "lb-controller"
    and controller.serviceAccountName == "mine" and (of("ServiceAccount") | length == 1)' \
    --set fullnameOverride=lb,controller.serviceAccount.create=false,controller.serviceAccount.name=mine
  small "OpenYurt OTA" "$defs"'one("DaemonSet") | .metadata.annotations == {"apps.openyurt.io/update-strategy": "OTA"}
    and .spec.updateStrategy == {"type": "OnDelete"}' --set speaker.openyurt.updateStrategy=OTA
  small "OpenYurt AdvancedRollingUpdate" "$defs"'one("DaemonSet") | .metadata.annotations == {
      "apps.openyurt.io/update-strategy": "AdvancedRollingUpdate", "apps.openyurt.io/max-unavailable": "3"}
    and .spec.updateStrategy == {"type": "OnDelete"}' \
    --set speaker.openyurt.updateStrategy=AdvancedRollingUpdate,speaker.openyurt.maxUnavailable=3
  small "two controllers" "$defs"'one("Deployment").spec.replicas == 2 and (cargs | index("--leader-elect"))
    and (one("Role").rules | any(.resources == ["leases"]))' --set controller.replicas=2
  small "a controller without election" "$defs"'one("Deployment").spec.strategy == {"type": "Recreate"}
    and (cargs | index("--leader-elect") | not) and ([of("Role")[].rules[].resources[]] | index("leases") | not)' \
    --set controller.leaderElect=false,controller.strategy.type=Recreate
  small "classes of PoolServices" "$defs"'(sargs | index("--pool-service-classes=example.com/a")) and (cargs | index("--pool-service-classes=example.com/a"))' \
    --set 'poolServiceClasses={example.com/a}'
  small "no classes of PoolServices" "$defs"'(sargs | index("--pool-service-classes=none")) and (cargs | index("--pool-service-classes=none"))' \
    --set 'poolServiceClasses=null'
  small "OpenYurt in the roles" "$defs"'
    ([of("ClusterRole")[] | select(.metadata.name | endswith("controller")) | .rules[] | select((.apiGroups[0] | endswith("openyurt.io")) or .resources == ["customresourcedefinitions"])
      | [.resources[0], (.verbs | sort | join(","))]]
      == [["poolservices", "list,patch,watch"], ["poolservices/status", "patch"], ["nodepools", "list,watch"], ["customresourcedefinitions", "list,watch"]])
    and ([of("ClusterRole")[] | select(.metadata.name | endswith("speaker")) | .rules[] | select((.apiGroups[0] | endswith("openyurt.io")) or .resources == ["customresourcedefinitions"])
      | [.resources[0], (.verbs | sort | join(","))]] == [["poolservices", "list,watch"], ["customresourcedefinitions", "list,watch"]])
    and (sargs + cargs | map(select(startswith("--pool-service-classes="))) | unique
      == ["--pool-service-classes=service.openyurt.io/vip,service.openyurt.io/viplb"])'
  small "a load balancer class" "$defs"'(sargs | index("--lb-class=example.com/edge")) and (cargs | index("--lb-class=example.com/edge"))' \
    --set loadBalancerClass=example.com/edge
  small "speaker settings" "$defs"'sargs - ["--http=:7472"] == ["--log-level=debug", "--log-format=json",
      "--daemon-set=toono-speaker", "--hello-interval=10ms",
      "--hello-multiplier=5", "--hello-port=7000", "--hello-key-file=/etc/toono/hello/key", "--l2-method=address",
      "--data-plane-health=off", "--boot-hold=20s", "--interfaces=^(eth|en).*,x{1,2}$",
      "--exclude-interfaces=^lo$", "--ignore-exclude-lb",
      "--pool-service-classes=service.openyurt.io/vip,service.openyurt.io/viplb", "--state-dir=/var/lib/toono"]
    and speaker.volumes[0].secret.secretName == "key"' \
    --set speaker.logLevel=debug,speaker.logFormat=json,speaker.hello.interval=10ms,speaker.hello.multiplier=5 \
    --set speaker.hello.port=7000,speaker.l2Method=address,speaker.dataPlaneHealth=off,speaker.bootHold=20s \
    --set speaker.ignoreExcludeLB=true,speaker.hello.secretName=key \
    --set 'speaker.interfaces=^(eth|en).*\,x{1\,2}$,speaker.excludeInterfaces.pattern=^lo$'
  small "no key, no exclusion" "$defs"'(sargs | index("--hello-insecure") and index("--exclude-interfaces=^$"))
    and (speaker.volumes | map(.name) == ["state"])' --set speaker.hello.insecure=true,speaker.excludeInterfaces.enabled=false
  small "HTTP on loopback" "$defs"'(sargs | index("--http=127.0.0.1:9999")) and (cargs | index("--http=:9999"))
    and speaker.containers[0].livenessProbe.httpGet.host == "127.0.0.1"' \
    --set speaker.httpHost=127.0.0.1,prometheus.metricsPort=9999
  small "HTTP on IPv6" "$defs"'(sargs | index("--http=[fd00::1]:7472"))
    and speaker.containers[0].readinessProbe.httpGet.host == "fd00::1"' --set speaker.httpHost=fd00::1
  small "pod monitors" "$defs"'(of("PodMonitor") | length == 2 and .[0].metadata.labels.release == "p"
      and .[0].spec.podMetricsEndpoints[0].interval == "15s")
    and (of("RoleBinding") | any(.subjects == [{"kind": "ServiceAccount", "name": "prometheus", "namespace": "monitoring"}]))
    and (of("Service") == [])' "${monitoring[@]}" \
    --set prometheus.podMonitor.enabled=true,prometheus.podMonitor.additionalLabels.release=p,prometheus.podMonitor.interval=15s
  small "service monitors" "$defs"'(of("ServiceMonitor") | length == 2)
    and (of("Service") | length == 2 and all(.spec.clusterIP == "None" and .spec.ports[0].targetPort == "metrics"))
    and ([of("ServiceMonitor")[].spec.selector.matchLabels] as $s
      | [of("Service")[].metadata.labels] | .[0] as $a | .[1] as $b | ($a | contains($s[0])) and ($b | contains($s[1])))' \
    --set prometheus.serviceMonitor.enabled=true,prometheus.rbacPrometheus=false
  small "TLS" "$defs"'(sargs | index("--http-certificate-file=/etc/toono/tls/tls.crt") and index("--http-key-file=/etc/toono/tls/tls.key"))
    and (cargs | any(startswith("--http-certificate")) | not) and (speaker.volumes | any(.secret.secretName == "cert"))
    and (speaker.containers[0] | [.livenessProbe, .readinessProbe, .startupProbe] | all(.httpGet.scheme == "HTTPS"))
    and (controller.containers[0].livenessProbe.httpGet | has("scheme") | not)
    and one("DaemonSet").spec.template.metadata.annotations["prometheus.io/scheme"] == "https"
    and (of("PodMonitor") | map(.spec.podMetricsEndpoints[0].scheme) == [null, "https"])' "${monitoring[@]}" \
    --set tls.speakerMetricsTLSSecret=cert,prometheus.scrapeAnnotations=true,prometheus.podMonitor.enabled=true
  small "authorization" "$defs"'([sargs, cargs] | all(index("--metrics-authorization")))
    and ([of("ClusterRole")[].rules[] | select(.resources == ["tokenreviews"] or .resources == ["subjectaccessreviews"]) | .verbs]
      == [["create"], ["create"], ["create"], ["create"]])
    and (of("ClusterRole") | any(.rules == [{"nonResourceURLs": ["/metrics"], "verbs": ["get"]}]))
    and (of("ServiceMonitor") | all(.spec.endpoints[0] | .scheme == "https" and .tlsConfig == {"insecureSkipVerify": true}
      and (.bearerTokenFile | endswith("/token"))))' "${monitoring[@]}" \
    --set tls.speakerMetricsTLSSecret=cert,tls.controllerMetricsTLSSecret=cert,prometheus.authorization.enabled=true \
    --set prometheus.serviceMonitor.enabled=true
  small "scrape annotations" "$defs"'(of("Deployment") + of("DaemonSet")) | all(.spec.template.metadata.annotations
      == {"prometheus.io/scrape": "true", "prometheus.io/port": "7472", "a": "b"})' \
    --set prometheus.scrapeAnnotations=true,controller.podAnnotations.a=b,speaker.podAnnotations.a=b
  small "alerts" "$defs"'one("PrometheusRule").spec.groups[0].rules | map(.alert)
      | index("MetalLBAddressPoolUsage42Percent") and index("Mine") and (index("MetalLBStaleConfig") | not)' \
    --set prometheus.prometheusRule.enabled=true,prometheus.prometheusRule.staleConfig.enabled=false \
    --set 'prometheus.prometheusRule.addressPoolUsage.thresholds[0].percent=42' \
    --set 'prometheus.prometheusRule.extraAlerts[0].alert=Mine,prometheus.prometheusRule.extraAlerts[0].expr=vector(1)'
  small "no alert of what is off" "$defs"'one("PrometheusRule").spec.groups[0].rules | map(.alert)
      | index("ToonoAddressOwnedTwice") and (. - ["ToonoControllerAbsent", "ToonoAddressNotAnnounced", "ToonoLeaseStale",
        "ToonoSpeakerWarning"] == .)' \
    --set prometheus.prometheusRule.enabled=true,controller.enabled=false \
    --set prometheus.prometheusRule.addressNotAnnounced.enabled=false,prometheus.prometheusRule.leaseStale.enabled=false \
    --set prometheus.prometheusRule.speakerWarning.enabled=false
  small "monitors of a loopback port that is no speaker's" "$defs"'of("PodMonitor") | length == 1' \
    --set speaker.enabled=false,speaker.httpHost=127.0.0.1,prometheus.podMonitor.enabled=true,prometheus.rbacPrometheus=false
  small "dashboard" "$defs"'one("ConfigMap") | .metadata.labels.grafana_dashboard == "1" and .metadata.namespace == "grafana"
    and (.data["toono.json"] | fromjson.uid == "toono")' \
    --set prometheus.grafanaDashboard.enabled=true,prometheus.grafanaDashboard.namespace=grafana
  small "network policies" "$defs"'(of("NetworkPolicy") | length == 2)
    and (of("NetworkPolicy")[1].spec | .ingress[0].ports[0].port == 7472 and .egress[0].ports[0].port == 443)' \
    --set networkpolicies.enabled=true,networkpolicies.defaultDeny=true,networkpolicies.apiPort=443
  small "speakers alone" "$defs"'(of("Deployment") == []) and (of("ServiceAccount") | length == 1) and (of("Role") | length == 1)' \
    --set controller.enabled=false
  small "the controller alone" "$defs"'(of("DaemonSet") == []) and (of("ServiceAccount") | length == 1)' --set speaker.enabled=false
  small "no roles" 'all(.kind | test("Role") | not)' --set rbac.create=false
  small "images of one's own" "$defs"'speaker.containers[0].image == "registry.example:5000/a/speaker:v2"
    and controller.containers[0].image == "localhost/toono-controller:v1" and speaker.imagePullSecrets == [{"name": "pull"}]' \
    --set speaker.image.repository=registry.example:5000/a/speaker,speaker.image.tag=v2,controller.image.tag=v1 \
    --set 'imagePullSecrets[0].name=pull'
  small "probes off, defaults taken away" "$defs"'(speaker.containers[0] | has("livenessProbe") or has("startupProbe") or has("resources") | not)
    and (controller | has("affinity") or has("tolerations") or has("priorityClassName") | not)' \
    --set speaker.livenessProbe.enabled=false,speaker.startupProbe.enabled=false,speaker.resources=null \
    --set controller.affinity=null,controller.tolerations=null,controller.priorityClassName=null \
    --set speaker.podAnnotations=null,controller.securityContext.fsGroup=null
  cat >"$work/values.yaml" <<'YAML'
speaker:
  labels: {team: edge}
  tolerations: [{key: site, operator: Equal, value: "7", effect: NoExecute, tolerationSeconds: 1000000}]
  resources: {limits: {memory: 64Mi}}
  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 25%}}
  affinity: {nodeAffinity: {}}
  extraContainers: [{name: side, image: "side:1"}]
  initContainers: [{name: first, image: "first:1"}]
  terminationGracePeriodSeconds: 45
YAML
  small "a file of values" "$defs"'(speaker.tolerations[2].tolerationSeconds == 1000000) and speaker.terminationGracePeriodSeconds == 46
    and (speaker.containers | length == 2) and speaker.initContainers[0].name == "first"
    and speaker.containers[0].resources == {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}}
    and one("DaemonSet").spec.template.metadata.labels.team == "edge"' \
    -f "$work/values.yaml" --set speaker.terminationGracePeriodSeconds=46
  small "a folder of one's own for the state" "$defs"'(sargs | index("--state-dir=/var/lib/toono"))
    and (speaker.volumes | any(.hostPath.path == "/data/toono"))' --set speaker.stateDir=/data/toono
  small "no folder for the state" "$defs"'(sargs | any(startswith("--state-dir")) | not)
    and (speaker.volumes | all(has("hostPath") | not))' --set speaker.stateDir=
  small "the controller makes the key" "$defs"'(cargs | index("--hello-key-secret=toono-hello"))
    and (one("Role").rules | any(.resources == ["secrets"] and .verbs == ["create"]))'
  small "the controller makes the key under the name that is given" "$defs"'(cargs | index("--hello-key-secret=mine"))
    and speaker.volumes[0].secret.secretName == "mine"' --set speaker.hello.secretName=mine
  small "a key made by hand" "$defs"'(cargs | any(startswith("--hello-key-secret")) | not)
    and ([of("Role")[].rules[] | select(.resources | index("secrets")) | .verbs[]] | index("create") | not)' --set controller.createHelloKey=false
  small "no key made where none is used" "$defs"'(cargs | any(startswith("--hello-key-secret")) | not)
    and ([of("Role")[].rules[] | select(.resources | index("secrets")) | .verbs[]] | index("create") | not)' --set speaker.hello.insecure=true
}

has_option() { grep -qxF -- "$2" "$work/options-$1"; }

# --- wrong values ----------------------------------------------------------------------------------------------------

# fails_naming STATUS TEXT ARGUMENT…
fails_naming() {
  local want=$1 text=$2 status=0
  shift 2
  "$renderer" "$chart" "$@" >"$work/out" 2>"$work/err" || status=$?
  cat "$work/err"
  [ $status = "$want" ] && [ ! -s "$work/out" ] && grep -qF -- "$text" "$work/err"
}

# wrong NAME ARGUMENTS OF --set…: fails and says the value's name at the beginning of a line of its own.
wrong() {
  local name=$1 set arguments=()
  shift
  for set in "$@"; do arguments+=(--set "$set"); done
  check "$* is refused by its name" fails_naming 1 "$name: " "${arguments[@]}"
}

wrong_values() {
  wrong nosuch nosuch=1
  wrong configInline configInline.x=1
  wrong speaker.frr speaker.frr.enabled=true
  wrong speaker.memberlist speaker.memberlist.enabled=true
  wrong speaker.logLevel speaker.logLevel=all
  wrong controller.logFormat controller.logFormat=xml
  wrong speaker.hello.interval speaker.hello.interval=5ms
  wrong speaker.hello.interval speaker.hello.interval=2s
  wrong speaker.hello.interval speaker.hello.interval=100
  wrong speaker.hello.multiplier speaker.hello.multiplier=2
  wrong speaker.hello.port speaker.hello.port=70000
  wrong speaker.hello.insecure speaker.hello.insecure=yes
  wrong speaker.l2Method speaker.l2Method=arp
  wrong poolServiceClasses.0 'poolServiceClasses={a b}'
  wrong speaker.openyurt.updateStrategy speaker.openyurt.updateStrategy=ota
  wrong speaker.openyurt.maxUnavailable speaker.openyurt.maxUnavailable=ten
  wrong speaker.updateStrategy.type speaker.updateStrategy.type=Recreate
  wrong speaker.stateDir speaker.stateDir=var/lib
  wrong speaker.httpHost speaker.httpHost=node.example
  wrong speaker.image.tag speaker.image.tag=a:b
  wrong speaker.image.repository speaker.image.repository=
  wrong speaker.livenessProbe speaker.livenessProbe=null
  wrong speaker.livenessProbe.periodSeconds speaker.livenessProbe.periodSeconds=0
  wrong speaker.nodeSelector speaker.nodeSelector=edge
  wrong speaker.nodeSelector.zone speaker.nodeSelector.zone=7
  wrong speaker.tolerations speaker.tolerations=all
  wrong speaker.hello.secretName speaker.hello.secretName=Bad_Name
  check "the name of MetalLB's Secret is refused, and says the hello key's" \
    fails_naming 1 "is speaker.hello.secretName" --set speaker.secretName=metallb-memberlist
  wrong controller.replicas controller.replicas=many
  wrong controller.replicas controller.replicas=2 controller.leaderElect=false
  wrong controller.strategy.type controller.leaderElect=false
  wrong controller.strategy.rollingUpdate controller.strategy.type=Recreate controller.strategy.rollingUpdate.maxSurge=1
  wrong controller.legacyConfig controller.legacyConfig=
  wrong controller.terminationGracePeriodSeconds controller.terminationGracePeriodSeconds=-1
  wrong loadBalancerClass loadBalancerClass=-x
  wrong prometheus.metricsPort prometheus.metricsPort=0
  wrong speaker.httpHost speaker.httpHost=127.0.0.1 prometheus.scrapeAnnotations=true
  wrong speaker.httpHost speaker.httpHost=127.0.1.1 prometheus.podMonitor.enabled=true prometheus.rbacPrometheus=false
  wrong speaker.httpHost speaker.httpHost=::1 prometheus.serviceMonitor.enabled=true prometheus.rbacPrometheus=false
  wrong prometheus.serviceAccount prometheus.podMonitor.enabled=true
  wrong prometheus.namespace prometheus.podMonitor.enabled=true prometheus.serviceAccount=p
  wrong prometheus.serviceMonitor.enabled prometheus.podMonitor.enabled=true prometheus.serviceMonitor.enabled=true
  wrong prometheus.prometheusRule.addressPoolUsage.thresholds.0.percent \
    'prometheus.prometheusRule.addressPoolUsage.thresholds[0].percent=101'
  wrong tls.speakerMetricsTLSSecret tls.speakerMetricsTLSSecret=Bad_Name
  wrong prometheus.authorization.enabled prometheus.authorization.enabled=true
  wrong prometheus.authorization.enabled prometheus.authorization.enabled=true tls.controllerMetricsTLSSecret=a \
    tls.speakerMetricsTLSSecret=a prometheus.podMonitor.enabled=true prometheus.rbacPrometheus=false
  wrong networkpolicies.apiPort networkpolicies.apiPort=https
  wrong networkpolicies.defaultDeny networkpolicies.defaultDeny=true
  wrong psp.create psp.create=true
  wrong imagePullSecrets.0.nam 'imagePullSecrets[0].nam=x'
  check "an old Kubernetes is refused" fails_naming 1 kubeVersion --kube-version 1.17
  check "a version that is none is refused" fails_naming 64 --kube-version --kube-version new
  check "a --set without a value is refused" fails_naming 64 "--set speaker" --set speaker
  check "an unknown flag is refused" fails_naming 64 --no-such --no-such x
  check "a flag without its value is refused" fails_naming 64 --namespace --namespace
  check "a missing file of values is refused" fails_naming 1 none.yaml -f "$work/none.yaml"
}

# --- alerts, metrics, docs -------------------------------------------------------------------------------------------

everything() { render --skip-crds --set prometheus.prometheusRule.enabled=true,prometheus.grafanaDashboard.enabled=true; }
rules() { jq 'select(.kind == "PrometheusRule").spec' "$work/objects"; }
# test_alerts FOLDER: the tests against the folder's rules.yaml.
test_alerts() {
  cp "$root"/hack/lib/chart-alerts*.yaml "$1" && "$prometheus_bin/promtool" test rules "$1"/chart-alerts*.yaml
}
# A rule that is turned about must make the tests fail, or they show nothing.
alert_tests_can_fail() {
  local alert
  for alert in $(jq -r '.groups[].rules[].alert' "$work/rules.yaml"); do
    mkdir -p "$work/turned"
    jq --arg a "$alert" '(.groups[].rules[] | select(.alert == $a)).expr = "vector(0) > 1"' "$work/rules.yaml" \
      >"$work/turned/rules.yaml"
    ! test_alerts "$work/turned" >/dev/null 2>&1 || {
      echo "no test misses $alert"
      return 1
    }
  done
}

# Names of metrics that the code declares.
declared_metrics() {
  grep -rhoE '"(metallb|toono|process)_[a-z0-9_]+"' "$root"/Sources/{Controller,Speaker,Telemetry,toono-controller,toono-speaker} |
    tr -d '"' | sort -u
}
# In rules and the dashboard.
used_metrics() {
  jq -r '(.. | .expr? // empty), (.data["toono.json"]? // empty | fromjson | .. | .expr? // empty)' "$work/objects" |
    grep -oE '(metallb|toono|process)_[a-z0-9_]+' | sort -u
}
metrics_exist() {
  used_metrics >"$work/used"
  declared_metrics >"$work/declared"
  [ -s "$work/used" ] && [ -s "$work/declared" ] || return 1
  comm -23 "$work/used" "$work/declared" | sed 's/$/ is not in the code/' | grep . && return 1
  return 0
}
# named_in FILE: every word of standard input stands in the file as `word`.
named_in() {
  local word missing=0 any=0
  while IFS= read -r word; do
    any=1
    grep -qF -- "\`$word\`" "$1" || {
      echo "$1 does not name \`$word\`"
      missing=1
    }
  done
  [ $any = 1 ] && [ $missing = 0 ]
}
alerts_are_documented() { jq -r '.groups[].rules[].alert' "$work/rules.yaml" | named_in "$root/docs/metrics.md"; }
# Every value, or the table that it is in. Docs may say a table's members in words.
values_are_documented() {
  documented_values >"$work/documented"
  to_json <"$chart/values.yaml" |
    jq -r --rawfile documented "$work/documented" '($documented | split("\n")) as $names
      | [paths(type != "object" or . == {})] | map(map(select(type == "string"))) | unique[]
      | select([range(1; length + 1) as $n | .[:$n] | join(".") | IN($names[])] | any | not) | join(".")' |
    sed 's/$/ is not in the README/' | grep . && return 1
  return 0
}
# What stands in the first column of the README's tables of values.
documented_values() {
  grep -E '^\| `' "$chart/README.md" | cut -d'|' -f2 | grep -oE '`[a-zA-Z0-9.]+`' | tr -d '`' | sort -u
}
# Docs name no value that the chart does not have.
documented_values_exist() {
  to_json <"$chart/values.yaml" |
    jq -r '[paths | map(select(type == "string")) | join(".")] | unique[]' | sort -u >"$work/values"
  documented_values >"$work/documented"
  [ "$(wc -l <"$work/documented")" -ge 50 ] && ! comm -13 "$work/values" "$work/documented" | grep .
}
go_tests() {
  (cd "$root/hack/lib/render" && [ -z "$(gofmt -l .)" ] &&
    GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOCACHE="$root/.build/hack/go-cache" go vet . &&
    GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOCACHE="$root/.build/hack/go-cache" go test .)
}
renders_alike_twice() {
  "$renderer" "$chart" --is-upgrade >"$work/once" && "$renderer" "$chart" >"$work/twice" &&
    cmp "$work/once" "$work/twice"
}

if [ ${#kubectl[@]} != 0 ]; then
  "$root/hack/render" "$chart" >/dev/null || die "the chart does not render"
  server=$("${kubectl[@]}" get --raw /version | jq -r .gitVersion) && [ -n "$server" ] || die "the server does not answer"
  # They have rules that servers before 1.25 do not know and leave out; kubectl would refuse them for that.
  check "the server takes the definitions" silently "${kubectl[@]}" apply --dry-run=server --validate=false -f "$chart/crds"
  matrix
  check "20 rows or more were applied" [ $((passed + failed)) -ge 20 ]
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
  exit
fi

need_packages jq python3-yaml
"$root/hack/render" "$chart" >/dev/null || die "the chart does not render"
for program in toono-controller toono-speaker; do
  options_of $program >"$work/options-$program"
  [ "$(wc -l <"$work/options-$program")" -ge 5 ] || die "cannot read the options in the help of $program"
done
check "the renderer's own tests" go_tests
matrix
check "the matrix has 20 rows or more" [ $rows -ge 20 ]
wrong_values
check "an upgrade renders the same" renders_alike_twice
check "everything renders" everything
rules >"$work/rules.yaml"
if need_prometheus; then
  check "promtool takes the rules" "$prometheus_bin/promtool" check rules "$work/rules.yaml"
  check "each alert fires when it should" test_alerts "$work"
  check "the alerts' tests notice an alert that does not fire" alert_tests_can_fail
else
  say "FAILED: promtool cannot be had, the alerts are not tested"
  failed=$((failed + 1))
fi
check "rules and dashboard use metrics that there are" metrics_exist
check "docs/metrics.md has every alert" alerts_are_documented
check "the chart's README has every value" values_are_documented
check "the chart's README has no other value" documented_values_exist
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
