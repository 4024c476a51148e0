# shellcheck shell=bash
# The lab's network, in namespaces: a switch, three edge nodes with a pod sandbox each, a client, a router, a cloud.
#
#   cloud 10.77.0.10 ── router 192.168.122.1 ─┬─ edge1 .11 ── pods 10.244.1.2..9
#    (API, controller)                        ├─ edge2 .12 ── pods 10.244.2.2..9
#                                             ├─ edge3 .13 ── pods 10.244.3.2..9
#                                             └─ client .50
#
# In IPv6 the LAN is fd00:122::/64 with the same last parts (::11), pods are fd00:244:NUMBER::2 to ::9.

lab=${TOONO_LAB_NAME:-toono}
nodes=(edge1 edge2 edge3)
api_address=10.77.0.10
lans=(lan)
# The LAN that a host is on, the number in its subnets, and the node pool of a node. A lab of several sites says otherwise.
lan_of() { printf lan; }
net_of() { printf 122; }
pool_of() { printf shop; }

netns() { printf '%s-%s' "$lab" "$1"; }
# on NODE COMMAND…: runs a command in a namespace of the lab.
on() {
  local host=$1
  shift
  ip netns exec "$(netns "$host")" "$@"
}

add_host() {
  ip netns add "$(netns "$1")"
  on "$1" ip link set lo up
  # Addresses are usable at once: nobody else is on these links.
  on "$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
}

# wire HOST NUMBER MAC: plugs a host's eth0 into a port of the switch that is named like the host.
wire() {
  local lan
  lan=$(lan_of "$1")
  ip link add eth0 netns "$(netns "$1")" address "$3" type veth peer name "$1" netns "$(netns "$lan")"
  on "$lan" ip link set "$1" master br0 up
  address "$1" eth0 "$2"
  on "$1" ip link set eth0 up
}

# address HOST INTERFACE NUMBER: the host's addresses on the LAN.
address() {
  on "$1" ip addr replace "192.168.$(net_of "$1").$3/24" dev "$2"
  on "$1" ip addr replace "fd00:$(net_of "$1")::$3/64" dev "$2" nodad
}

node_number() { printf '%s' "${1#edge}"; }

network_up() {
  local lan
  for lan in "${lans[@]}"; do
    add_host "$lan"
    on "$lan" ip link add br0 type bridge
    on "$lan" ip link set br0 up
  done
  add_host cloud && add_host router && add_host client
  wire router 1 52:54:00:7a:00:01
  wire client 50 52:54:00:7a:00:50
  on client ip route add default via 192.168.122.1
  on client ip -6 route add default via fd00:122::1
  ip link add eth0 netns "$(netns cloud)" type veth peer name eth1 netns "$(netns router)"
  on cloud ip addr add $api_address/24 dev eth0
  on cloud ip link set eth0 up
  on cloud ip route add default via 10.77.0.1
  on router ip addr add 10.77.0.1/24 dev eth1
  on router ip link set eth1 up
  on router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  local node
  for node in "${nodes[@]}"; do node_up "$node"; done
  for node in "${nodes[@]}"; do node_routes "$node"; done
}

node_up() {
  local number
  number=$(node_number "$1")
  add_host "$1"
  on "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  wire "$1" "1$number" "52:54:00:7a:00:1$number"
  add_host "pods$number"
  ip link add pods netns "$(netns "$1")" type veth peer name eth0 netns "$(netns "pods$number")"
  on "$1" ip addr add "10.244.$number.1/24" dev pods
  on "$1" ip addr add "fd00:244:$number::1/64" dev pods nodad
  on "$1" ip link set pods up
  on "pods$number" ip link set eth0 up
  local host
  for host in 2 3 4 5 6 7 8 9; do
    on "pods$number" ip addr add "10.244.$number.$host/24" dev eth0
    on "pods$number" ip addr add "fd00:244:$number::$host/64" dev eth0 nodad
  done
  on "pods$number" ip route add default via "10.244.$number.1"
  on "pods$number" ip -6 route add default via "fd00:244:$number::1"
}

# node_routes NODE: the ways out of a node; those that an interface which was down took along are put back.
node_routes() {
  local other number net
  net=$(net_of "$1")
  on "$1" ip route replace default via "192.168.$net.1"
  on "$1" ip -6 route replace default via "fd00:$net::1"
  for other in "${nodes[@]}"; do
    [ "$other" != "$1" ] && [ "$(lan_of "$other")" = "$(lan_of "$1")" ] || continue
    number=$(node_number "$other")
    on "$1" ip route replace "10.244.$number.0/24" via "192.168.$net.1$number"
    on "$1" ip -6 route replace "fd00:244:$number::/64" via "fd00:$net::1$number"
  done
}

# The cable between a node and the switch.
cut() { on "$(lan_of "$1")" ip link set "$1" down; }
mend() { on "$(lan_of "$1")" ip link set "$1" up; }

# owner_at HOST ADDRESS: the node that the host's neighbour table names for an address, by MAC.
owner_at() {
  local mac
  mac=$(on "$1" ip -j neigh show "$2" dev eth0 | jq -r '.[0].lladdr // empty')
  case $mac in
    52:54:00:7a:00:1[1-9]) printf 'edge%s' "${mac: -1}" ;;
    *) printf '%s' "$mac" ;;
  esac
}

owner_at_client() { owner_at client "$1"; }

network_down() {
  local name
  ip netns list | awk -v p="$lab-" 'index($1, p) == 1 { print $1 }' | while read -r name; do ip netns del "$name"; done
}
