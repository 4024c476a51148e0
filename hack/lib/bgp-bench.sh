# shellcheck shell=bash
# What the benches of BGP and BFD share: a speaker's and a router's namespace with a switch in between, and the daemons
# that speak in turn. As in lab-bench.sh, all of it goes when the bench ends.

need_root
need_build_packages
need_lab_packages
need_router_packages bird2 gobgpd frr

space=toono-bench-$$
speaker_at=10.9.0.1
router_at=10.9.0.2
declare -A daemons=()

# in_space HOST COMMAND…: HOST is speaker, router or switch.
in_space() {
  local host=$1
  shift
  ip netns exec "$space-$host" "$@"
}

spaces_up() {
  folder=$(mktemp -d)
  trap spaces_down EXIT
  local host
  for host in switch speaker router; do
    ip netns add "$space-$host" && ip -n "$space-$host" link set lo up || return 1
  done
  ip -n "$space-switch" link add br0 type bridge forward_delay 0
  ip -n "$space-switch" link set br0 up
  for host in speaker router; do
    ip link add eth0 netns "$space-$host" type veth peer name "$host" netns "$space-switch"
    ip -n "$space-switch" link set "$host" master br0 up
    ip -n "$space-$host" link set eth0 up
  done
  ip -n "$space-speaker" addr add $speaker_at/24 dev eth0
  for host in $(seq 2 11); do ip -n "$space-router" addr add "10.9.0.$host/24" dev eth0; done
}

spaces_down() {
  local host
  for host in switch speaker router; do
    # whoever is there was started here, though maybe by a subshell
    ip netns pids "$space-$host" 2>/dev/null | xargs -r kill -KILL
    ip netns del "$space-$host" 2>/dev/null
  done
  rm -rf "$folder"
}

# start_daemon NAME HOST COMMAND…: in the background, with its words in a file.
start_daemon() {
  local name=$1 host=$2
  shift 2
  ip netns exec "$space-$host" "$@" >"$folder/$name.log" 2>&1 </dev/null &
  daemons[$name]=$!
}

# stop_daemon NAME [SIGNAL]: and waits until it is gone.
stop_daemon() {
  local pid=${daemons[$1]:-}
  [ -n "$pid" ] || return 0
  unset "daemons[$1]"
  kill "-${2:-TERM}" "$pid" 2>/dev/null
  wait "$pid" 2>/dev/null
  return 0
}

# until_so SECONDS WHAT COMMAND…: until the command succeeds.
until_so() {
  local limit=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$limit" ] || {
      say "timed out: $what"
      tail -n 15 "$folder"/*.log "$folder"/*.words >&2
      return 1
    }
    sleep 0.02
  done
}
