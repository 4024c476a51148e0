# shellcheck shell=bash
# The lab on real servers: etcd, kube-apiserver, kube-controller-manager and kube-scheduler in the cloud, kube-proxy on
# every node, a stand-in for kubelet that runs Toono's pods as the chart has them (hack/lib/kubelet). Sourced after
# lab-cluster.sh and lab-walk.sh, whose functions for the lab's own API it replaces.

# released or newer: which kube-apiserver (hack/lib/kubernetes-build.sh).
variant=${variant:-newer}
api_url=https://$api_address:6443
service_address=10.96.0.1
data_path="kube-proxy's own rules"
# For so long a node may be silent. Kubernetes' own 40s would have a walk wait for most of its time.
node_grace=${node_grace:-6s}
# Further options of hack/render.
chart_options=()

# What 1.21 has on: nodes and ends of endpoints in slices, tokens of pods that expire.
gates=()
[ "$variant" = released ] || gates=(
  --feature-gates=EndpointSliceNodeName=true,EndpointSliceTerminatingCondition=true,BoundServiceAccountTokenVolume=true
)

# --- who may do what ---------------------------------------------------------------------------------------------------

# Each identity is a token. Those of Toono's pods are the service accounts' own, made by the servers.
write_identities() {
  local name
  mkdir -p "$state/token"
  while read -r name user groups; do
    head -c 24 /dev/urandom | base64 | tr -dc a-zA-Z0-9 >"$state/token/$name"
    printf '%s,%s,%s,"%s"\n' "$(cat "$state/token/$name")" "$user" "$name" "$groups" >>"$state/tokens.csv"
  done <<TXT
admin admin system:masters
controller-manager system:kube-controller-manager system:masters
scheduler system:kube-scheduler
proxy system:kube-proxy
kubelet-cloud system:node:cloud system:nodes
$(for node in "${nodes[@]}"; do echo "kubelet-$node system:node:$node system:nodes"; done)
TXT
  write_kubeconfig_of admin "$kubeconfig"
  for name in controller-manager scheduler proxy; do write_kubeconfig_of $name "$state/kubeconfig-$name"; done
}
# write_kubeconfig_of NAME FILE
write_kubeconfig_of() {
  jq -n --arg server "$api_url" --arg ca "$state/ca.crt" --arg token "$(cat "$state/token/$1")" '{
    apiVersion: "v1", kind: "Config", "current-context": "lab",
    clusters: [{name: "lab", cluster: {server: $server, "certificate-authority": $ca}}],
    users: [{name: "lab", user: {token: $token}}],
    contexts: [{name: "lab", context: {cluster: "lab", user: "lab", namespace: "default"}}]}' >"$2"
}

write_certificates() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=lab-ca -keyout "$state/ca.key" -out "$state/ca.crt" 2>/dev/null
  openssl genrsa -out "$state/accounts.key" 2048 2>/dev/null
  write_serving_certificate
}
write_serving_certificate() {
  openssl req -newkey rsa:2048 -nodes -subj /CN=kube-apiserver -keyout "$state/server.key.new" -out "$state/server.csr" 2>/dev/null
  openssl x509 -req -in "$state/server.csr" -CA "$state/ca.crt" -CAkey "$state/ca.key" -CAcreateserial -days 30 \
    -extfile <(echo "subjectAltName=DNS:kubernetes,DNS:kubernetes.default.svc,IP:$service_address,IP:$api_address,IP:127.0.0.1") \
    -out "$state/server.crt.new" 2>/dev/null
  mv "$state/server.key.new" "$state/server.key"
  mv "$state/server.crt.new" "$state/server.crt"
}

# Each request of a service account of Toono's namespace, with its answer and what allowed it.
write_audit_policy() {
  cat >"$state/audit.yaml" <<'YAML'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
    userGroups: ["system:serviceaccounts:metallb-system"]
  - level: None
YAML
}

# --- servers -----------------------------------------------------------------------------------------------------------

start_api() {
  # What is stored as protobuf would lose what protobuf's code does not know.
  local storage=()
  [ "$variant" = released ] || storage=(--storage-media-type=application/json)
  start api cloud "$kubernetes/$variant/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
    --advertise-address=$api_address --secure-port=6443 --tls-cert-file="$state/server.crt" \
    --tls-private-key-file="$state/server.key" --token-auth-file="$state/tokens.csv" --authorization-mode=Node,RBAC \
    --service-cluster-ip-range=10.96.0.0/16 --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$state/accounts.key" --service-account-signing-key-file="$state/accounts.key" \
    --audit-policy-file="$state/audit.yaml" --audit-log-path="$state/audit.log" --audit-log-mode=blocking \
    --allow-privileged=true --event-ttl=1h "${storage[@]}" "${gates[@]}" "${api_options[@]}"
  wait_for 60 "the API answers" kubectl_lab get --raw /readyz || {
    tail -n 5 "$state/api.log" >&2
    return 1
  }
}
# Further options of kube-apiserver.
api_options=()

start_etcd() {
  start etcd cloud "$kubernetes/bin/etcd" --data-dir "$state/etcd" --listen-client-urls http://127.0.0.1:2379 \
    --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380 --logger zap
}
etcdctl_lab() { on cloud env ETCDCTL_API=3 "$kubernetes/bin/etcdctl" --endpoints http://127.0.0.1:2379 "$@"; }

start_controllers() {
  local controllers=endpoint,endpointslice,endpointslicemirroring,serviceaccount,serviceaccount-token,root-ca-cert-publisher
  controllers+=,namespace,garbagecollector,deployment,replicaset,daemonset,nodelifecycle,disruption
  start controller-manager cloud "$kubernetes/bin/kube-controller-manager" --kubeconfig="$state/kubeconfig-controller-manager" \
    --controllers=$controllers --leader-elect=false --service-account-private-key-file="$state/accounts.key" \
    --root-ca-file="$state/ca.crt" --node-monitor-period=1s --node-monitor-grace-period=$node_grace --port=0 --secure-port=0 "${gates[@]}"
  start scheduler cloud "$kubernetes/bin/kube-scheduler" --kubeconfig="$state/kubeconfig-scheduler" --leader-elect=false \
    --port=0 --secure-port=0
}

start_proxy() {
  start "proxy-$1" "$1" "$kubernetes/bin/kube-proxy" --kubeconfig="$state/kubeconfig-proxy" --hostname-override="$1" \
    --proxy-mode=iptables --cluster-cidr=10.244.0.0/16 --conntrack-max-per-core=0 \
    --conntrack-tcp-timeout-established=0s --conntrack-tcp-timeout-close-wait=0s
}

# --- nodes -------------------------------------------------------------------------------------------------------------

# node_object NODE: what its kubelet registers. The cloud's is no edge worker: Toono's controller goes there.
node_object() {
  node_manifest "$1" | /usr/bin/python3 "$root/hack/lib/yaml-to-json.py" |
    if [ "$1" = cloud ]; then
      jq --arg address $api_address '.metadata.labels = {"kubernetes.io/hostname": "cloud", "kubernetes.io/os": "linux"}
        | .status.addresses = [{type: "InternalIP", address: $address}, {type: "Hostname", address: "cloud"}]
        | .spec = {podCIDR: "10.244.0.0/24", podCIDRs: ["10.244.0.0/24"]}'
    else cat; fi
}
start_kubelet() {
  local number
  number=$(node_number "$1")
  [ "$1" != cloud ] || number=0
  node_object "$1" >"$state/node-$1.json"
  start "kubelet-$1" "$1" /usr/bin/python3 -B "$root/hack/lib/kubelet/kubelet.py" --node "$1" --object "$state/node-$1.json" \
    --server "$api_url" --authority "$state/ca.crt" --token-file "$state/token/kubelet-$1" --state "$state" \
    --binaries "$bin" --namespace "$(netns "$1")" --sandbox "$(netns "pods$number")" --service-address $service_address
}
# The cloud's host is a node too, with a pod sandbox like the others'.
cloud_sandbox_up() {
  on cloud sysctl -qw net.ipv4.ip_forward=1
  add_host pods0
  ip link add pods netns "$(netns cloud)" type veth peer name eth0 netns "$(netns pods0)"
  on cloud ip addr add 10.244.0.1/24 dev pods
  on cloud ip link set pods up
  on pods0 ip link set eth0 up
  local last
  for last in 2 3 4 5 6 7 8 9; do on pods0 ip addr add 10.244.0.$last/24 dev eth0; done
  on pods0 ip route add default via 10.244.0.1
}

# --- the cluster -------------------------------------------------------------------------------------------------------

# Fetches and builds what is not there yet; before the lab is up, for it takes minutes.
need_servers() {
  need_packages iptables conntrack openssl python3-yaml jq
  kubernetes=$("$root/hack/lib/kubernetes-build.sh" "$variant") || return 1
}

cluster_up() {
  export TOONO_LAB=$state
  bin=${bin:-$(binaries)}
  mkdir -p "$state"
  write_certificates
  write_identities
  write_audit_policy
  start_etcd
  start_api || return 1
  start_controllers
  cloud_sandbox_up
  local node number
  for node in cloud "${nodes[@]}"; do
    start_kubelet "$node"
    start_proxy "$node"
  done
  for node in "${nodes[@]}"; do
    number=$(node_number "$node")
    start "pods$number" "pods$number" "$bin/toono-lab-node" web --node-name "$node" --listen "[::]:80"
  done
  kubectl_lab apply -f "$root/hack/manifests/namespace.yaml" >/dev/null
  apply_chart || return 1
  wait_for 60 "the controller is ready" kubectl_lab rollout status -n metallb-system deployment/toono-controller --timeout=1s &&
    wait_for 60 "the speakers are ready" kubectl_lab rollout status -n metallb-system daemonset/toono-speaker --timeout=1s
}

# The chart's objects, as a person would apply them. A warning is an error, but for definitions: they have rules that
# servers before 1.25 do not know and leave out, and that kubectl would refuse them for.
apply_chart() {
  kubectl_lab apply --validate=false -f "$root/charts/toono/crds" >/dev/null || return 1
  "$root/hack/render" "$root/charts/toono" --skip-crds --kube-version "$(server_version)" "${chart_options[@]}" >"$state/chart.yaml" || return 1
  kubectl_lab apply -f "$state/chart.yaml" >"$state/applied" 2>"$state/warned" && [ ! -s "$state/warned" ] ||
    { tail -n 20 "$state/warned" >&2 && return 1; }
}

# --- what the walk asks ------------------------------------------------------------------------------------------------

# With the pods of a node that is cut off kube-proxy loses one connection in three, until the cluster knows and the two other
# nodes have it in their rules.
answers_after_cut() { wait_for 30 "the lost node's pods get no traffic" lost_node_is_out; }
lost_node_is_out() { [ "$(nodes_with_pods 2)" -ge 2 ] && answers; }
site_is_whole() { peers_seen && [ "$(nodes_with_pods 3)" = 3 ] && [ "$(ready_nodes)" = 4 ]; }
# nodes_with_pods COUNT: how many nodes' rules lead to as many pods of edgeapp.
nodes_with_pods() {
  local node
  for node in "${nodes[@]}"; do on "$node" iptables -t nat -S | grep -c 'edgeapp-svc:http.* DNAT' || true; done | grep -cx "$1" || true
}
ready_nodes() { kubectl_lab get nodes -o json | jq '[.items[].status.conditions[] | select(.type == "Ready" and .status == "True")] | length'; }

after_walk() { nothing_was_forbidden; }
# refusals: requests of Toono's service accounts that the server refused as forbidden, each with what was asked for.
refusals() {
  jq -r 'select(.responseStatus.code == 403) | "\(.user.username) \(.verb) \(.requestURI)"' "$state/audit.log" | sort | uniq -c
}
nothing_was_forbidden() {
  local found
  found=$(refusals)
  [ -z "$found" ] || {
    say "forbidden:" "$found"
    return 1
  }
  ! grep -i 'forbidden' "$state"/speaker-*.log "$state"/controller-*.log >&2
}
