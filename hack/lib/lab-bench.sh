# shellcheck shell=bash
# What the benches of failing over share: a lab with release builds, a packet a millisecond through a VIP, and keepalived
# on the same nodes for comparison.

export TOONO_LAB_NAME=${TOONO_LAB_NAME:-bench}
source "$root/hack/lib/lab-network.sh"
source "$root/hack/lib/lab-cluster.sh"
source "$root/hack/lib/lab-walk.sh"
source "$root/hack/lib/lab-stream.sh"

# keepalived's address; Toono's is $vip.
peer_vip=192.168.122.80

bench_lab_up() {
  need_root
  need_build_packages
  need_lab_packages
  need_packages keepalived
  # TOONO_BENCH_BIN: a folder that has the programs already.
  bin=${TOONO_BENCH_BIN:-$(bench_programs toono-speaker toono-controller toono-lab-api toono-lab-node)}
  [ -n "$bin" ] || return 1
  trap lab_remove EXIT
  lab_remove
  network_up
  cluster_up || return 1
  kubectl_lab apply -f "$root/hack/manifests/configmap.yaml" -f "$root/hack/manifests/edgeapp.yaml" >/dev/null
  add_echo
  wait_for 20 "edgeapp-svc has $vip" has_external_ip && wait_for 20 "$vip answers" answers &&
    wait_for 20 "all speakers see one another" peers_seen
}

# All speakers anew with other options.
restart_speakers() {
  local node
  speaker_options=("$@")
  for node in "${nodes[@]}"; do stop "speaker-$node"; done
  for node in "${nodes[@]}"; do start_speaker "$node"; done
  wait_for 20 "all speakers see one another" peers_seen && wait_for 20 "$vip answers" answers
}

# start_keepalived SECONDS: on all nodes, with this time between two adverts.
start_keepalived() {
  local node number
  for node in "${nodes[@]}"; do
    number=$(node_number "$node")
    cat >"$state/keepalived-$node.conf" <<CONF
global_defs {
  vrrp_version 3
}
vrrp_instance lan {
  state BACKUP
  nopreempt
  interface eth0
  virtual_router_id 51
  priority $((200 - number))
  advert_int $1
  virtual_ipaddress {
    $peer_vip/32 dev eth0
  }
}
CONF
    keepalived_on "$node"
    start "peer-echo$number" "$node" "$bin/toono-lab-node" echo --listen "0.0.0.0:$echo_port"
  done
  wait_for 20 "keepalived has $peer_vip" peer_answers
}
keepalived_on() {
  # One that was killed leaves its pid files, and a pid comes round again: keepalived would think that it runs already.
  rm -f "$state/keepalived-$1.main" "$state/keepalived-$1.vrrp"
  start "keepalived-$1" "$1" keepalived -n -l -P -f "$state/keepalived-$1.conf" -p "$state/keepalived-$1.main" \
    -r "$state/keepalived-$1.vrrp"
}
stop_keepalived() {
  local node
  for node in "${nodes[@]}"; do
    stop "keepalived-$node"
    stop "peer-echo$(node_number "$node")"
  done
}
peer_answers() { on client ping -c 1 -W 1 $peer_vip; }
