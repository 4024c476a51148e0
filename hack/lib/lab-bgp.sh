# shellcheck shell=bash
# The lab with a router that is told of the VIP by BGP: BIRD or FRR on the router, sessions with all three nodes, equal-cost
# paths, and a client behind the router (the cloud's host). How each router is run and asked: lab-bird.sh and lab-frr.sh.

source "$root/hack/lib/lab-bird.sh"
source "$root/hack/lib/lab-frr.sh"

bgp_vip=203.0.113.0
bgp_router=bird
local_vip=198.51.100.129
# FRR takes 72 ms to pass a route on to the kernel.
bird_withdrawal_bar=20
frr_withdrawal_bar=100

# What the router's kernel does; what its daemon says is the daemon's own.
router_paths() { on router ip route show "$bgp_vip" proto "$(${bgp_router}_protocol)" | grep -o 'via 192.168.122.1[1-3]' | sort -u; }
path_count_is() { [ "$(router_paths | wc -l)" = "$1" ]; }
path_leads_to() { router_paths | has "192.168.122.1$(node_number "$1")\$"; }
no_path_leads_to() { ! path_leads_to "$1"; }
has_router_route() { [ -n "$(on router ip route show "$1" proto "$(${bgp_router}_protocol)")" ]; }
has_no_router_route() { ! has_router_route "$1"; }
bfd_count_is() { [ "$(${bgp_router}_bfd_count)" = "$1" ]; }
established_count_is() { [ "$(${bgp_router}_session_count)" = "$1" ]; }
unnumbered_path_count_is() { [ "$(on router ip route show "$bgp_vip" proto bird | grep -c 'via inet6 fe80:')" = "$1" ]; }
answers_behind_router() { on cloud curl -sf -o /dev/null --max-time 1 "http://$bgp_vip/"; }

# What kubectl shows of a Service and of a BGPPeer: it looks for events of this very object.
told_of_bgp() {
  described edgeapp-svc 'toono-speaker.*announcing from node.*with protocol "bgp"' &&
    ! described edgeapp-svc 'no L2Advertisement' &&
    kubectl_lab describe bgppeer -n metallb-system router | has 'session is up'
}

bgp_up() {
  "${bgp_router}_up" || return 1
  on router sysctl -qw net.ipv4.fib_multipath_hash_policy=1
  kubectl_lab apply -f "$root/hack/manifests/bgp.yaml" >/dev/null
  kubectl_lab apply -f "$root/hack/manifests/edgeapp.yaml" >/dev/null
}

bgp_walk() {
  local failed=0
  bgp_up || return 1
  lab_step "the Service has the address $bgp_vip" wait_for 20 "the address" service_has_ip edgeapp-svc "$bgp_vip" || failed=1
  lab_step "the router has three equal paths to it" wait_for 20 "three paths" path_count_is 3 || failed=1
  on router ip route show "$bgp_vip"
  lab_step "with the community that was asked for" "${bgp_router}_has_community" "$bgp_vip" 64513:100 || failed=1
  lab_step "a client behind the router is answered" wait_for 10 "an answer" answers_behind_router || failed=1
  lab_step "BFD sessions are up with all three" wait_for 20 "BFD" bfd_count_is 3 || failed=1
  lab_step "kubectl describe tells of both" wait_for 5 "the events" told_of_bgp || failed=1
  cut edge1
  lab_step "edge1 is dead: its path goes" wait_for 2 "two paths" no_path_leads_to edge1 || failed=1
  lab_step "and the client is answered by the others" wait_for 5 "an answer" answers_behind_router || failed=1
  mend edge1
  lab_step "edge1 is back: so is its path" wait_for 20 "three paths" path_leads_to edge1 || failed=1
  kubectl_lab annotate node edge2 toono.io/drain=true >/dev/null
  lab_step "edge2 is drained: its path goes" wait_for 10 "two paths" no_path_leads_to edge2 || failed=1
  kubectl_lab annotate node edge2 toono.io/drain- >/dev/null
  lab_step "and comes back" wait_for 20 "three paths" path_leads_to edge2 || failed=1
  kubectl_lab scale deployment edgeapp --replicas=0 >/dev/null
  lab_step "no endpoint is left: every path goes" wait_for 10 "no path" path_count_is 0 || failed=1
  kubectl_lab scale deployment edgeapp --replicas=2 >/dev/null
  bgp_aggregate_walk || failed=1
  bgp_endpoint_walk || failed=1
  bgp_restart_walk || failed=1
  bgp_situations || failed=1
  # FRR has one peer on an interface that is named in place of an address, and here are three
  [ "$bgp_router" != bird ] || bgp_unnumbered_walk || failed=1
  return $failed
}

aggregate_stays() { sleep 1 && has_router_route 198.51.100.0/28; }

# An aggregate is there for as long as one address inside of it is announced.
bgp_aggregate_walk() {
  local failed=0
  kubectl_lab apply -f "$root/hack/manifests/bgp-aggregate.yaml" >/dev/null
  lab_step "two addresses of a pool with an aggregate: the router has the aggregate" \
    wait_for 20 "the aggregate" has_router_route 198.51.100.0/28 || failed=1
  lab_step "and no address of its own" has_no_router_route 198.51.100.0/32 || failed=1
  kubectl_lab delete service aggregated-one >/dev/null
  lab_step "one goes: the aggregate stays" aggregate_stays || failed=1
  kubectl_lab delete service aggregated-two >/dev/null
  lab_step "the other goes: so does the aggregate" wait_for 5 "no aggregate" has_no_router_route 198.51.100.0/28 || failed=1
  return $failed
}

# With externalTrafficPolicy Local the only endpoint goes and comes, nine times: how long from the request to the API until
# the router's kernel has the route no more.
bgp_endpoint_walk() {
  local failed=0 millis bar=${bgp_router}_withdrawal_bar
  kubectl_lab apply -f "$root/hack/manifests/bgp-local.yaml" >/dev/null
  wait_for 20 "the local Service's route" has_router_route "$local_vip" || failed=1
  start endpoint-monitor router ip -ts monitor route
  on cloud python3 "$root/hack/lib/flap-endpoint.py" "$api_address:8080" default local-1 9 "$state/endpoint-monitor.log" \
    "$local_vip" >"$state/flaps" || failed=1
  stop endpoint-monitor
  # shellcheck disable=SC2046 # a number a word
  millis=$(median $(cat "$state/flaps"))
  say "from the request to the API until the router's route was gone, in ms: $(tr '\n' ' ' <"$state/flaps")"
  lab_step "the only local endpoint goes: the route is gone after ${millis:-?} ms (median)" \
    holds "${millis:-1000} <= ${!bar}" || failed=1
  kubectl_lab delete -f "$root/hack/manifests/bgp-local.yaml" >/dev/null
  return $failed
}

# A peer in place of the ones before: what a session is made of cannot be changed in place.
replace_peer() {
  kubectl_lab delete bgppeer --all -n metallb-system >/dev/null
  kubectl_lab apply -f - >/dev/null
}

no_route_was_deleted() { ! grep -q "^Deleted $bgp_vip" "$state/route-changes"; }

# Asks until the file is gone; each request without an answer is a line in another.
ask_all_the_time() {
  while [ -e "$state/asking" ]; do
    answers_behind_router || echo "$(now_millis)" >>"$state/unanswered"
    sleep 0.02
  done
}

# A speaker is killed and comes back: with graceful restart the router keeps its path, and traffic flows.
bgp_restart_walk() {
  local failed=0 asker
  replace_peer <<'PEER'
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: restartable, namespace: metallb-system }
spec:
  myASN: 64513
  peerASN: 64512
  peerAddress: 192.168.122.1
  connectTime: 1s
  enableGracefulRestart: true
  passwordSecret: { name: router-password }
PEER
  lab_step "sessions with graceful restart: three equal paths" wait_for 30 "three paths" path_count_is 3 || failed=1
  start monitor router ip monitor route
  ln -sf "$state/monitor.log" "$state/route-changes"
  touch "$state/asking"
  ask_all_the_time &
  asker=$!
  stop speaker-edge1 KILL
  lab_step "the speaker of edge1 is killed: its session is gone" wait_for 10 "two sessions" established_count_is 2 || failed=1
  lab_step "and its path stays" path_count_is 3 || failed=1
  start_speaker edge1
  lab_step "it comes back" wait_for 20 "three sessions" established_count_is 3 || failed=1
  lab_step "with its path" wait_for 5 "three paths" path_count_is 3 || failed=1
  rm -f "$state/asking"
  wait "$asker"
  stop monitor
  lab_step "the router took no route away meanwhile" no_route_was_deleted || failed=1
  lab_step "and no request was without an answer" [ ! -s "$state/unanswered" ] || failed=1
  return $failed
}

# What is broken between a speaker and its router, as the node's own speaker has it explained, and as its metrics have it.
bgp_situations() {
  local failed=0
  kubectl_lab delete bgppeer --all -n metallb-system >/dev/null
  kubectl_lab apply -f "$root/hack/manifests/bgp.yaml" >/dev/null
  wait_for 30 "three sessions, and BFD" all_sessions_guarded || failed=1
  on router nft -f - <<'NFT'
table inet lab { chain in { type filter hook input priority 0; udp dport 3784 drop; }; }
NFT
  lab_step "BFD is down: explain and metric say so" \
    situation "BFD down" edgeapp-svc 'edge1, router: .*BFD is (Init|Down)' metric edge1 'metallb_bfd_session_up\{peer="192.168.122.1"\} 0' || failed=1
  on router nft delete table inet lab
  replace_peer <<'PEER'
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: estranged, namespace: metallb-system }
spec: { myASN: 64513, peerASN: 64512, peerAddress: 192.168.122.1, connectTime: 1s, password: hook-and-line }
PEER
  lab_step "a password that differs: explain and metric say so" \
    situation "password wrong" edgeapp-svc 'peerDown: edge1, estranged: .*no answer.*password' metric edge1 'metallb_bgp_session_up\{peer="192.168.122.1:179"\} 0' || failed=1
  kubectl_lab delete bgppeer estranged -n metallb-system >/dev/null
  lab_step "no peer at all: explain says so" situation "no peer" edgeapp-svc 'noPeer: ' no_path_count || failed=1
  return $failed
}
no_path_count() { path_count_is 0; }
all_sessions_guarded() { bfd_count_is 3 && established_count_is 3; }

# The router is found on the interface, among the other speakers that advertise themselves there.
bgp_unnumbered_walk() {
  local failed=0
  replace_peer <<'PEER'
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: unnumbered, namespace: metallb-system }
spec:
  myASN: 64513
  dynamicASN: external
  interface: eth0
  connectTime: 1s
PEER
  lab_step "sessions without addresses: three paths by way of IPv6" wait_for 60 "three paths" unnumbered_path_count_is 3 || failed=1
  lab_step "and a client behind the router is answered" wait_for 10 "an answer" answers_behind_router || failed=1
  return $failed
}

# The whole of it, then everything is removed.
bgp_lab() {
  local status=0 format=
  while [ $# -gt 0 ]; do
    case $1 in
      --json) format=json ;;
      --router)
        bgp_router=${2:-}
        shift
        ;;
      *) bgp_router= ;;
    esac
    case $bgp_router in bird | frr) ;; *) die "usage: hack/lab --bgp [--router bird|frr] [--json]" ;; esac
    shift
  done
  trap lab_remove EXIT
  up
  bgp_walk || status=1
  trap - EXIT
  lab_remove
  [ "$format" != json ] || jq -cn --arg router "$bgp_router" --argjson ok "$([ $status = 0 ] && echo true || echo false)" \
    '{lab: "bgp", router: $router, ok: $ok}'
  return $status
}
