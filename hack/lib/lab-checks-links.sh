# shellcheck shell=bash
# Interfaces that come and go under a node, and speakers that hang.

# takes_over NODE INTERFACE: with the cables of all others out, the node answers on this interface, and the page comes.
takes_over() {
  local other status=0
  for other in "${nodes[@]}"; do [ "$other" = "$1" ] || cut "$other"; done
  wait_for 5 "$1 answers alone" answered_by $vip "$1" && wait_for 5 "and the page comes" answers &&
    wait_for 2 "its kernel holds $vip on $2" node_holds "$1" "$2" || status=1
  for other in "${nodes[@]}"; do [ "$other" = "$1" ] || mend "$other"; done
  wait_for 20 "all speakers see one another" peers_seen && one_answers $vip && return $status
}
answered_by() { [ "$(answering_macs "$1")" = "$(mac_of "$2")" ]; }

# settles NODE: the node, which was changed, takes part again and one node answers.
settles() {
  node_routes "$1" && wait_for 20 "all speakers see one another" peers_seen && wait_for 5 "$1 may announce" may_announce "$1" null &&
    wait_for 5 "an answer" answers && wait_for 5 "one node answers" one_answers $vip
}

# The owner's interface becomes a port of a bridge, which takes over its addresses; then the bridge goes again.
check_bridge() {
  local owner
  owner=$(owner_now) || return 1
  on "$owner" ip link add lan0 type bridge && on "$owner" ip link set eth0 master lan0 && on "$owner" ip link set lan0 up &&
    on "$owner" ip addr flush dev eth0 && address "$owner" lan0 "1$(node_number "$owner")" && settles "$owner" || return 1
  # What was there before the change looks settled too, until the speaker has heard of it.
  wait_for 5 "nothing of ours is left on the port" no_proxies "$owner" && takes_over "$owner" lan0 || return 1
  # A bridge of its own that goes while it holds the address.
  on "$owner" ip link del lan0 && address "$owner" eth0 "1$(node_number "$owner")" && settles "$owner" && takes_over "$owner" eth0
}

no_proxies() { [ -z "$(on "$1" ip neigh show proxy dev eth0)" ]; }

# The owner's interface is deleted and comes back with another index, and with the kernel's settings for new ones.
check_new_interface() {
  local owner
  owner=$(owner_now) || return 1
  on "$owner" ip link del eth0
  wait_for 3 "another answers" answered_by_other_than "$owner" $vip && wait_for 2 "an answer" answers || return 1
  wire "$owner" "1$(node_number "$owner")" "$(mac_of "$owner")" && settles "$owner" && takes_over "$owner" eth0 &&
    [ "$(on "$owner" cat /proc/sys/net/ipv4/neigh/eth0/proxy_delay)" = 0 ]
}

# wedged WHAT STOP GO: one command stops something of the owner's speaker, another lets it go on. Meanwhile its kernel
# becomes silent and another node answers; afterwards the speaker takes part again, and one node answers all the time.
wedged() {
  local owner pid status=0
  owner=$(owner_now) || return 1
  pid=$(cat "$state/speaker-$owner.pid")
  $2 "$pid" || return 1
  wait_for 6 "$1: the kernel of $owner is silent" not node_holds "$owner" &&
    wait_for 3 "$1: another answers" answered_by_other_than "$owner" $vip && wait_for 2 "$1: the page comes" answers || status=1
  $3 "$pid"
  wait_for 20 "$1: all speakers see one another" peers_seen && not node_holds "$owner" && one_answers $vip && return $status
}
not() { ! "$@"; }
stop_process() { kill -STOP "$1"; }
continue_process() { kill -CONT "$1"; }
hang_event_loops() {
  "$root/hack/lib/hang-threads.py" "$1" NIO-ELT &
  hanging=$!
  wait_for 2 "the event loops stand" event_loops_stand "$1"
}
# State t: stopped by a tracer.
event_loops_stand() {
  local thread
  for thread in /proc/"$1"/task/*; do
    grep -q '^NIO-ELT' "$thread/comm" || continue
    grep -q '^State:.t' "$thread/status" || return 1
  done
}
release_event_loops() { kill $hanging && { wait $hanging || true; }; }

check_wedged() {
  wedged "event loops hang" hang_event_loops release_event_loops && wedged "process stopped" stop_process continue_process
}
