# shellcheck shell=bash
# The lab with a router that is told of the VIP by BGP: BIRD on the router, sessions with all three nodes, equal-cost
# paths, and a client behind the router (the cloud's host).

bgp_vip=203.0.113.0

write_bird_configuration() {
  cat >"$state/bird.conf" <<CONF
log "$state/bird.log" all;
router id 192.168.122.1;
protocol device {}
protocol kernel { merge paths on; ipv4 { import none; export where source = RTS_BGP; }; }
protocol bfd { interface "eth0" { interval 50 ms; multiplier 3; }; }
protocol bgp edge {
  local 192.168.122.1 as 64512;
  neighbor range 192.168.122.0/24 as 64513;
  direct;
  password "pole-and-ring";
  dynamic name "edge";
  hold time 9;
  bfd on;
  error wait time 1,2;
  graceful restart aware;
  ipv4 { import all; export none; };
}
# For peers without addresses: found by its advertisements, and by way of link-local addresses alone.
protocol radv { interface "eth0" { max ra interval 4; default lifetime 0; }; }
protocol bgp unnumbered {
  local as 64512;
  neighbor range fe80::/10 as 64513;
  interface "eth0";
  direct;
  dynamic name "unnumbered";
  ipv4 { import all; export none; extended next hop on; };
}
CONF
}

# What the router says, and what its kernel does.
birdc_lab() { on router birdc -s "$state/bird.ctl" "$@"; }
router_paths() { on router ip route show "$bgp_vip" proto bird | grep -o 'via 192.168.122.1[1-3]' | sort -u; }
path_count_is() { [ "$(router_paths | wc -l)" = "$1" ]; }
path_leads_to() { router_paths | has "192.168.122.1$(node_number "$1")\$"; }
no_path_leads_to() { ! path_leads_to "$1"; }
bfd_count_is() { [ "$(birdc_lab show bfd sessions | grep -c ' Up ')" = "$1" ]; }
established_count_is() { [ "$(birdc_lab show protocols | grep -c Established)" = "$1" ]; }
unnumbered_path_count_is() { [ "$(on router ip route show "$bgp_vip" proto bird | grep -c 'via inet6 fe80:')" = "$1" ]; }
answers_behind_router() { on cloud curl -sf -o /dev/null --max-time 1 "http://$bgp_vip/"; }

bgp_up() {
  need_router_packages bird2
  write_bird_configuration
  start bird router bird -f -c "$state/bird.conf" -s "$state/bird.ctl" -P "$state/bird.birdpid"
  on router sysctl -qw net.ipv4.fib_multipath_hash_policy=1
  wait_for 10 "BIRD answers" birdc_lab show status
  kubectl_lab apply -f "$root/hack/manifests/bgp.yaml" >/dev/null
  kubectl_lab apply -f "$root/hack/manifests/edgeapp.yaml" >/dev/null
}

lab_step() {
  local what=$1 status=ok
  shift
  "$@" || status=failed
  printf '%-66s %s\n' "$what" "$status"
  [ "$status" = ok ]
}

bgp_walk() {
  local failed=0
  bgp_up
  lab_step "the Service has the address $bgp_vip" wait_for 20 "the address" service_has_ip edgeapp-svc "$bgp_vip" || failed=1
  lab_step "the router has three equal paths to it" wait_for 20 "three paths" path_count_is 3 || failed=1
  on router ip route show "$bgp_vip"
  lab_step "with the community that was asked for" \
    bash -c "ip netns exec $(netns router) birdc -s $state/bird.ctl 'show route all $bgp_vip/32' | grep -q '(64513,100)'" || failed=1
  lab_step "a client behind the router is answered" wait_for 10 "an answer" answers_behind_router || failed=1
  lab_step "BFD sessions are up with all three" wait_for 20 "BFD" bfd_count_is 3 || failed=1
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
  bgp_restart_walk || failed=1
  bgp_unnumbered_walk || failed=1
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
  local status=0
  trap lab_remove EXIT
  up
  bgp_walk || status=1
  trap - EXIT
  lab_remove
  [ "${1:-}" != --json ] || jq -cn --argjson ok "$([ $status = 0 ] && echo true || echo false)" '{lab: "bgp", ok: $ok}'
  return $status
}
