# shellcheck shell=bash
# What others do to the kernel's state of a node that owns the VIP, one thing after the other, and what the speaker makes
# of it. The kernel says nothing of proxy entries that go, nor of IPv4 routes that go with their link.

# How the kernel of the node is made to answer for $vip, which the checks take in turn from both families.
method=proxy

# The kernel of a node answers for the VIP: route, proxy entry and lease, or the address itself.
node_holds() {
  case $method in
    proxy)
      [ -n "$(on "$1" ip route show "$vip/32" dev toono0)" ] && on "$1" ip neigh show proxy dev "${2:-eth0}" | has "^$vip " &&
        on "$1" ip addr show toono0 | has '169.254.77.1/32'
      ;;
    address) on "$1" ip addr show dev "${2:-eth0}" | has -F " $vip/" ;;
  esac
}
owner_now() { answers && owner_at_client $vip; }

# mends WHAT MILLIS COMMAND…: five times the command is run on the owner; the owner holds the VIP again within so many
# milliseconds in the median and within 1.5 s each time, nobody else answers, and the page comes.
mends() {
  local what=$1 limit=$2 owner took times=() median
  shift 2
  owner=$(owner_now) || return 1
  for _ in 1 2 3 4 5; do
    on "$owner" "$@" >/dev/null || return 1
    took=$(millis_until 3 "$what: $owner holds $vip again" node_holds "$owner") || return 1
    times+=("$took")
  done
  median=$(printf '%s\n' "${times[@]}" | sort -n | sed -n 3p)
  say "    $what: mended after ${times[*]} ms, at most $limit in the median"
  [ "$median" -le "$limit" ] && [ "$(printf '%s\n' "${times[@]}" | sort -n | tail -n 1)" -le 1500 ] || return 1
  one_answers $vip && wait_for 2 "$what: an answer" answers && [ "$(owner_at_client $vip)" = "$owner" ]
}

# gives_up WHAT UNDO COMMAND…: after the command another node answers; after the undo this one takes part again and holds
# nothing.
gives_up() {
  local what=$1 undo=$2 owner
  shift 2
  owner=$(owner_now) || return 1
  on "$owner" "$@" >/dev/null || return 1
  wait_for 3 "$what: another answers" answered_by_other_than "$owner" $vip && wait_for 2 "$what: an answer" answers || return 1
  $undo "$owner" || return 1
  wait_for 20 "$what: all speakers see one another" peers_seen && wait_for 5 "$what: $owner may announce" may_announce "$owner" null &&
    ! node_holds "$owner" && one_answers $vip
}
readdress() { address "$1" eth0 "1$(node_number "$1")" && node_routes "$1"; }
raise() { on "$1" ip link set eth0 up && readdress "$1"; }
# Writing 1 to a switch that is on changes nothing, so the interface's own comes after that of all.
forward() { on "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.eth0.forwarding=1 net.ipv6.conf.all.forwarding=1; }

# The node's MAC address changes: the client is told at once.
check_new_mac() {
  local owner old new=52:54:00:7a:00:77
  owner=$(owner_now) || return 1
  old=$(mac_of "$owner")
  on "$owner" ip link set eth0 address $new
  wait_for 2 "the client knows the new MAC address" client_has_mac $new && answers || return 1
  on "$owner" ip link set eth0 address "$old"
  wait_for 2 "the client knows the old MAC address" client_has_mac "$old" && answers
}
# Looks only: what the client knows came by announcements.
client_has_mac() { [ "$(on client ip -j neigh show $vip dev eth0 | jq -r '.[0].lladdr')" = "$1" ]; }

# A stranger on the LAN says that the VIP is its own.
check_defence() {
  local owner status=0 stranger=52:54:00:7a:00:99
  owner=$(owner_now) || return 1
  on router ip link add stranger type veth peer name stranger-lan netns "$(netns lan)"
  on lan ip link set stranger-lan master br0 up
  on router ip link set stranger up
  claims_as_stranger $stranger
  wait_for 3 "the owner's announcement wins at the client" client_has_mac "$(mac_of "$owner")" || status=1
  wait_for 5 "an event tells of the stranger" described "$service" "$vip.*$stranger" || status=1
  on router ip link del stranger
  return $status
}
claims_as_stranger() {
  case $vip in
    *:*)
      # The kernel advertises the addresses of an interface whose MAC address changes.
      on router sysctl -qw net.ipv6.conf.stranger.ndisc_notify=1
      on router ip addr add "$vip/128" dev stranger nodad
      on router ip link set stranger address "$1"
      ;;
    *)
      on router ip link set stranger address "$1"
      # As a request and as a reply; nobody answers to them, which is arping's failure.
      on router arping -q -c 1 -U -S "$vip" -i stranger "$vip" 2>/dev/null
      on router arping -q -c 1 -P -U -S "$vip" -i stranger "$vip" 2>/dev/null
      ;;
  esac
}

# The owner of what follows is a node whose interface was down: it has to hear ARP again.
hears_after_interface_down() {
  local owner node
  owner=$(owner_now) || return 1
  for node in "${nodes[@]}"; do
    [ "$node" = "$owner" ] && continue
    on "$node" ip link set eth0 down && raise "$node" || return 1
  done
  wait_for 20 "all speakers see one another" peers_seen || return 1
  gives_up "interface down once more" raise ip link set eth0 down
}

# gives_way SWITCH FLUSH…: what a node cannot go on with, whichever way it answers.
gives_way() {
  local switch=$1
  shift
  gives_up "node's addresses flushed" readdress ip "$@" &&
    gives_up "interface down" raise ip link set eth0 down &&
    gives_up "forwarding off" forward sysctl -qw "$switch=0"
}

check_kernel_events_proxy() {
  local service=edgeapp-svc
  # Nothing tells of a proxy entry that goes: each second they are looked at.
  mends "proxy entry deleted" 1100 ip neigh del proxy $vip dev eth0 &&
    mends "VIP's route deleted" 100 ip route del "$vip/32" dev toono0 &&
    mends "sink down" 100 ip link set toono0 down &&
    mends "sink's addresses flushed" 100 ip addr flush dev toono0 &&
    mends "sink deleted" 100 ip link del toono0 &&
    mends "neighbours flushed" 100 ip neigh flush all || return 1
  check_new_mac && gives_way net.ipv4.ip_forward -4 addr flush dev eth0 &&
    gives_up "the interface's forwarding off" forward sysctl -qw net.ipv4.conf.eth0.forwarding=0 &&
    hears_after_interface_down && check_defence
}

check_kernel_events_address() {
  local method=address service=edgeapp-svc status=0
  local speaker_options=(--l2-method address)
  restart_speakers || return 1
  { mends "address deleted" 100 ip addr del "$vip/32" dev eth0 && mends "neighbours flushed" 100 ip neigh flush all &&
    check_new_mac && gives_way net.ipv4.ip_forward -4 addr flush dev eth0 && check_defence; } || status=1
  speaker_options=()
  method=proxy
  restart_speakers && return $status
}
# One after the other, each without a move.
restart_speakers() {
  local node
  for node in "${nodes[@]}"; do
    stop "speaker-$node" && start_speaker "$node"
    wait_for 20 "all speakers see one another" peers_seen || return 1
  done
  wait_for 5 "$vip answers" answers
}

check_kernel_events_ipv6() {
  local vip=fd00:122::90 method=address service=six status=0
  resource IPAddressPool six 'addresses: ["fd00:122::90/128"]'
  resource L2Advertisement six 'ipAddressPools: [six]'
  expose six 'ipFamilies: [IPv6]'
  wait_for 10 "the Service has $vip" service_has_ip six $vip && wait_for 10 "and answers" answers || return 1
  { check_ping && mends "address deleted" 100 ip addr del "$vip/128" dev eth0 &&
    mends "neighbours flushed" 100 ip -6 neigh flush all && check_new_mac &&
    gives_way net.ipv6.conf.all.forwarding -6 addr flush dev eth0 scope global && check_defence; } || status=1
  kubectl_lab delete service six >/dev/null
  kubectl_lab delete -n metallb-system ipaddresspool/six l2advertisement/six >/dev/null
  wait_for 10 "$vip is silent" nobody_answers $vip && return $status
}
