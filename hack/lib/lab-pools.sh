# shellcheck shell=bash
# The lab with OpenYurt's node pools: two sites with a LAN and three nodes each, and one Service with an address at each.
#
#   cloud 10.77.0.10 ── router ─┬─ 192.168.122.0/24: edge1 .11, edge2 .12, edge3 .13, client .50     node pool shop
#                               └─ 192.168.123.0/24: edge4 .14, edge5 .15, edge6 .16, client2 .50    node pool plant
#
# A site's nodes have no route to the other site's pods, as node pools have none without Raven.

shop_vip=192.168.122.90
plant_vip=192.168.123.90
kiosk_vip=192.168.122.80

pools_layout() {
  nodes=(edge1 edge2 edge3 edge4 edge5 edge6)
  lans=(lan lan2)
  is_of_plant() { case $1 in edge[4-6] | client2) true ;; *) false ;; esac }
  lan_of() { if is_of_plant "$1"; then printf lan2; else printf lan; fi; }
  net_of() { if is_of_plant "$1"; then printf 123; else printf 122; fi; }
  pool_of() { if is_of_plant "$1"; then printf plant; else printf shop; fi; }
}

# The second site's side of the router, and its client.
second_site_up() {
  ip link add eth2 netns "$(netns router)" address 52:54:00:7a:00:02 type veth peer name router netns "$(netns lan2)"
  on lan2 ip link set router master br0 up
  on router ip addr replace 192.168.123.1/24 dev eth2
  on router ip link set eth2 up
  add_host client2
  wire client2 50 52:54:00:7a:00:51
  on client2 ip route add default via 192.168.123.1
}

start_pool_services() {
  start pool-services cloud "$bin/toono-lab-node" pool-services --kubeconfig "$kubeconfig"
}

page_at() { on "$1" curl -sf --max-time 1 "http://$2/"; }
is_answered_by() { page_at "$1" "$2" | has "on edge[$3]\$"; }
# Many requests, all answered by pods on these nodes.
always_answered_by() {
  local number
  for number in $(seq 20); do is_answered_by "$1" "$2" "$3" || return 1; done
}
service_addresses() { kubectl_lab get service edgeapp-svc -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; }
service_addresses_are() { [ "$(service_addresses)" = "$*" ]; }
pool_address_is() { [ "$(kubectl_lab get poolservice "edgeapp-svc-$1" -o 'jsonpath={.status.loadBalancer.ingress[*].ip}')" = "$2" ]; }
# reason_at NODE ADDRESS REASON: the node says why it does not announce the address.
reason_at() { state_of "$1" | jq -e --arg a "$2" --arg r "$3" '.addresses[] | select(.address == $a) | .reason == $r' >/dev/null; }
all_give_reason() {
  local node address=$1 reason=$2
  shift 2
  for node in "$@"; do reason_at "$node" "$address" "$reason" || return 1; done
}
only_mac_is() { [ "$(answering_macs "$2" "$1")" = "$(mac_of "$3")" ]; }
nothing_is_left() { ! kubectl_lab get service edgeapp-svc && [ -z "$(kubectl_lab get poolservices -A -o name)" ]; }
move_to_pool() { # a pool is left before another is entered: OpenYurt's webhook refuses a change in place
  kubectl_lab label node "$1" apps.openyurt.io/nodepool- >/dev/null
  kubectl_lab label node "$1" "apps.openyurt.io/nodepool=$2" >/dev/null
}

# Pulls the owner's cable under a probe every 10 ms, and looks at the other site meanwhile.
cut_owner_at_shop() {
  local old new before gap
  page_at client $shop_vip >/dev/null && page_at client2 $plant_vip >/dev/null || return 1
  old=$(owner_at client $shop_vip) before=$(owner_at client2 $plant_vip)
  on client "$bin/toono-lab-node" probe "$shop_vip:80" --interval 10 --timeout 200 --duration 3000 >"$state/probe.json" &
  local probe=$!
  on client2 "$bin/toono-lab-node" probe "$plant_vip:80" --interval 10 --timeout 200 --duration 3000 >"$state/other.json" &
  local other=$!
  sleep 1
  cut "$old"
  wait $probe $other
  wait_for 5 "an answer" is_answered_by client $shop_vip 1-3 || return 1
  new=$(owner_at client $shop_vip)
  gap=$(jq '.longestGapMillis' "$state/probe.json")
  say "  $old -> $new in $gap ms; at the other site $before, longest gap $(jq '.longestGapMillis' "$state/other.json") ms"
  echo "$gap" >"$state/gap"
  mend "$old"
  wait_for 20 "the peers" peers_seen &&
    [ "$old" != "$new" ] && ! is_of_plant "$new" && [ "$(owner_at client2 $plant_vip)" = "$before" ] &&
    [ "$(jq .failed "$state/other.json")" = 0 ]
}

# Two node pools on one LAN: edge3 becomes a pool of its own, with an address of the same LAN.
share_the_lan() {
  kubectl_lab apply -f - >/dev/null <<YAML
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata:
  name: kiosk
  labels: { region: north }
  annotations: { openyurt.io/address-pools: $kiosk_vip }
spec: { type: Edge }
YAML
  move_to_pool edge3 kiosk
}

pools_walk() {
  local failed=0
  lab_step "OpenYurt's kinds come after Toono has started, and NodePools" install_openyurt || failed=1
  lab_step "one Service has an address in each node pool" \
    wait_for 40 "two addresses" service_addresses_are $shop_vip $plant_vip || failed=1
  lab_step "each is that of its PoolService" eval "pool_address_is shop $shop_vip && pool_address_is plant $plant_vip" || failed=1
  lab_step "the shop's client is answered by the shop's pods" wait_for 20 "an answer" is_answered_by client $shop_vip 1-3 || failed=1
  lab_step "the plant's client is answered by the plant's pods" wait_for 20 "an answer" is_answered_by client2 $plant_vip 4-6 || failed=1
  lab_step "and always so" eval "always_answered_by client $shop_vip 1-3 && always_answered_by client2 $plant_vip 4-6" || failed=1
  lab_step "nodes of the other pool say why they do not announce" \
    eval "all_give_reason $plant_vip otherNodePool edge1 edge2 edge3 && all_give_reason $shop_vip otherNodePool edge4 edge5 edge6" || failed=1
  lab_step "toonoctl explains it" explains_pools || failed=1
  wait_for 20 "the peers" peers_seen || failed=1
  lab_step "the owner's cable is pulled: failover stays in the pool" cut_owner_at_shop || failed=1
  share_the_lan
  lab_step "a node moves into a third pool on the same LAN: a third address" \
    wait_for 20 "three addresses" service_addresses_are $kiosk_vip $shop_vip $plant_vip || failed=1
  lab_step "which that node alone announces" wait_for 10 "edge3" only_mac_is client $kiosk_vip edge3 || failed=1
  lab_step "while it has left the shop's address to the shop" wait_for 10 "edge1 or edge2" shop_has_its_own || failed=1
  cut edge3
  lab_step "edge3 is dead: the shop's nodes do not take the kiosk's address" wait_for 10 "silence" nobody_answers $kiosk_vip client || failed=1
  mend edge3
  lab_step "the API is away and all nodes boot: each site serves its own address" pools_without_api || failed=1
  kubectl_lab delete nodepool kiosk >/dev/null
  lab_step "its NodePool is deleted: so is its address" wait_for 20 "two addresses" service_addresses_are $shop_vip $plant_vip || failed=1
  kubectl_lab delete service edgeapp-svc --wait=false >/dev/null
  lab_step "the Service is deleted: nothing of it is left" wait_for 20 "nothing" nothing_is_left || failed=1
  lab_step "and nobody answers" eval "wait_for 10 silence nobody_answers $shop_vip client && nobody_answers $plant_vip client2" || failed=1
  return $failed
}

shop_has_its_own() { one_answers $shop_vip client && ! only_mac_is client $shop_vip edge3; }
explains_pools() {
  toonoctl_lab explain service default/edgeapp-svc >"$state/explained" || return 1
  grep -q "node pool plant: $plant_vip" "$state/explained" && grep -q "edge1: otherNodePool: $plant_vip is for node pool plant" "$state/explained"
}
install_openyurt() {
  kubectl_lab apply -f "$root/hack/manifests/openyurt-crds.yaml" >/dev/null &&
    wait_for 10 "the kinds" kubectl_lab get nodepools,poolservices -A && kubectl_lab apply -f "$root/hack/manifests/pools.yaml" >/dev/null
}

# As check_without_api, at two sites.
pools_without_api() {
  local node
  lose_api_and_nodes && nobody_answers $shop_vip client && nobody_answers $plant_vip client2 || return 1
  for node in "${nodes[@]}"; do start_speaker "$node"; done
  wait_for 15 "the shop" one_answers $shop_vip client && wait_for 10 "the plant" one_answers $plant_vip client2 &&
    is_answered_by client $shop_vip 1-3 && is_answered_by client2 $plant_vip 4-6 && shop_has_its_own || return 1
  start_api && wait_for 40 "the speakers hear the API again" connected
}

pools_lab() {
  local status=0
  trap lab_remove EXIT
  pools_layout
  up
  second_site_up
  start_pool_services
  pools_walk || status=1
  [ $status = 0 ] || tail -n 15 "$state"/*.log >&2
  local gap
  gap=$(cat "$state/gap" 2>/dev/null || echo null)
  trap - EXIT
  lab_remove
  [ "${1:-}" != --json ] || jq -cn --argjson ok "$([ $status = 0 ] && echo true || echo false)" --argjson gap "$gap" \
    '{lab: "pools", ok: $ok, gapMillis: $gap}'
  return $status
}
