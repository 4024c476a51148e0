# shellcheck shell=bash
# The lab's cluster: API server, controller, speakers and the stand-ins for kube-proxy and pods, each in its namespace.

state=${TOONO_LAB_DIR:-/run/toono-lab/$lab}
kubeconfig=$state/kubeconfig
# Further options of every speaker.
speaker_options=()
# What the programs on a node reach the API with.
node_kubeconfig=$kubeconfig
# Run before the programs of a node are started.
before_node() { :; }

kubectl_lab() { on cloud env KUBECONFIG="$kubeconfig" HOME="$state" kubectl "$@"; }

# start NAME HOST COMMAND…: runs a process of the lab in a host's namespace, with its log and its pid in the state folder.
start() {
  local name=$1 host=$2
  shift 2
  setsid ip netns exec "$(netns "$host")" "$@" >>"$state/$name.log" 2>&1 </dev/null &
  echo $! >"$state/$name.pid"
}

# is_ours PID: true if the process still is one that the lab started (pids come round again).
is_ours() { grep -qsz "TOONO_LAB=$state" "/proc/$1/environ"; }

# stop NAME [SIGNAL]: ends a process of the lab and waits until it is gone.
stop() {
  local pid
  pid=$(cat "$state/$1.pid" 2>/dev/null) || return 0
  rm -f "$state/$1.pid"
  is_ours "$pid" || return 0
  kill "-${2:-TERM}" "$pid" 2>/dev/null || return 0
  for _ in $(seq 50); do
    is_ours "$pid" || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}

# wait_for SECONDS WHAT COMMAND…: until the command succeeds.
wait_for() {
  local seconds=$1 what=$2 deadline
  shift 2
  deadline=$(($(date +%s) + seconds))
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt "$deadline" ] || {
      say "timed out after $seconds s: $what"
      return 1
    }
    sleep 0.1
  done
}

now_millis() { date +%s%3N; }
# millis_until SECONDS WHAT COMMAND…: prints how many milliseconds it took until the command succeeded, looking each 20.
millis_until() {
  local seconds=$1 what=$2 start
  shift 2
  start=$(now_millis)
  until "$@" >/dev/null 2>&1; do
    [ $(($(now_millis) - start)) -lt $((seconds * 1000)) ] || {
      say "timed out after $seconds s: $what"
      return 1
    }
    sleep 0.02
  done
  echo $(($(now_millis) - start))
}

# write_kubeconfig SERVER FILE
write_kubeconfig() {
  # In JSON, which is YAML too: speakers read this form only.
  jq -n --arg server "$1" '{
    apiVersion: "v1", kind: "Config", "current-context": "lab",
    clusters: [{name: "lab", cluster: {server: $server}}],
    users: [{name: "lab", user: {}}],
    contexts: [{name: "lab", context: {cluster: "lab", user: "lab", namespace: "default"}}]}' >"$2"
}

start_api() {
  start api cloud "$bin/toono-lab-api" --listen "$api_address:8080" --data-dir "$state/api"
  wait_for 20 "the API answers" on cloud curl -sf "http://$api_address:8080/readyz"
}

start_speaker() {
  start "speaker-$1" "$1" "$bin/toono-speaker" --node-name "$1" --kubeconfig "$node_kubeconfig" \
    --hello-key-file "$state/hello.key" --state-dir "$state/memory-$1" --http 127.0.0.1:7472 "${speaker_options[@]}"
}

# What the cluster's servers need that is not built with the project.
need_servers() { true; }

# node_manifest NODE: the Node object that a kubelet would register.
node_manifest() {
  sed "s/NODE/$1/g; s/NUMBER/$(node_number "$1")/g; s/POOL/$(pool_of "$1")/; s/NET/$(net_of "$1")/" "$root/hack/manifests/node.yaml"
}

cluster_up() {
  export TOONO_LAB=$state
  bin=${bin:-$(binaries)}
  mkdir -p "$state"
  write_kubeconfig "http://$api_address:8080" "$kubeconfig"
  head -c 32 /dev/urandom | base64 >"$state/hello.key"
  chmod 600 "$state/hello.key"
  start_api || return 1
  kubectl_lab apply -f "$root/charts/toono/crds" >/dev/null
  kubectl_lab apply -f "$root/hack/manifests/namespace.yaml" >/dev/null
  local node number
  for node in "${nodes[@]}"; do
    node_manifest "$node" | kubectl_lab create -f - >/dev/null
  done
  start controller cloud "$bin/toono-controller" --kubeconfig "$kubeconfig" --http 127.0.0.1:7472
  for node in "${nodes[@]}"; do
    number=$(node_number "$node")
    before_node "$node"
    start "pods$number" "pods$number" "$bin/toono-lab-node" web --node-name "$node" --listen "[::]:80"
    start "proxy-$node" "$node" "$bin/toono-lab-node" proxy --node-name "$node" --kubeconfig "$node_kubeconfig"
    start_speaker "$node"
  done
}

cluster_down() {
  local file name
  # Kubelets would start speakers again. Then speakers, while the kernel state that they clean up is there; what is left
  # goes with the namespaces.
  for file in "$state"/kubelet-*.pid "$state"/speaker-*.pid "$state"/*.pid; do
    [ -e "$file" ] || continue
    name=$(basename "$file" .pid)
    stop "$name"
  done
}

# Everything of the lab, and what an interrupted run left of it.
lab_remove() {
  cluster_down
  network_down
  rm -rf "$state"
}
