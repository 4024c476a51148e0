# shellcheck shell=bash
# The path between a speaker and its router is cut in the switch, so that neither loses its carrier: how long until the
# router's kernel has the route no more, with our speaker and with BIRD as the speaker, at a BIRD router and at an FRR
# router, 50 ms three times. For the speaker a cut is what a dead router is: how long until its session is down. Medians of
# nine; of our own session the worst.
source "$root/hack/lib/bgp-bench.sh"
source "$root/hack/lib/frr.sh"

rounds=${TOONO_BENCH_ROUNDS:-9}
route=198.18.0.0

bird_options="direct; bfd on; connect delay time 1; connect retry time 1; error wait time 1,2;"
bird_bfd='protocol bfd { interface "eth0" { interval 50 ms; multiplier 3; }; }'

start_bird_router() {
  cat >"$folder/router.conf" <<CONF
log "$folder/router.words" all;
router id $router_at;
protocol device {}
protocol kernel { ipv4 { import none; export where source = RTS_BGP; }; }
$bird_bfd
protocol bgp speaker { local $router_at as 65000; neighbor $speaker_at as 65001; passive; $bird_options
  ipv4 { import all; export none; }; }
CONF
  start_daemon router router bird -f -c "$folder/router.conf" -s "$folder/router.socket" -P "$folder/router.pid"
  until_so 10 "the router's socket" test -S "$folder/router.socket"
}
bird_router_guards() { birdc -s "$folder/router.socket" show bfd sessions | has ' Up .* 0\.150'; }

start_frr_router() {
  local daemon
  chmod 755 "$folder" && frr_folder "$folder/frr" || return 1
  cat >"$folder/frr/bgpd.conf" <<CONF
router bgp 65000
 bgp router-id $router_at
 no bgp ebgp-requires-policy
 neighbor $speaker_at remote-as 65001
 neighbor $speaker_at passive
 neighbor $speaker_at timers connect 1
 neighbor $speaker_at bfd profile fast
CONF
  for daemon in zebra bfdd bgpd; do
    frr_command $daemon "$folder/frr"
    start_daemon "router-$daemon" router "${frr_words[@]}"
    until_so 10 "$daemon" test -S "$folder/frr/$daemon.vty" || return 1
  done
}
frr_router_guards() { vtysh --vty_socket "$folder/frr" -d bfdd -c 'show bfd peers' | has 'Status: up'; }

start_toono_speaker() {
  start_daemon speaker speaker "$program" speak --control "$folder/speaker.socket" --count 1 --announce --bfd 50 \
    --local $speaker_at $router_at
}

start_bird_speaker() {
  cat >"$folder/speaker.conf" <<CONF
log "$folder/speaker.words" all;
router id $speaker_at;
protocol device {}
protocol static { ipv4; route $route/32 blackhole; }
$bird_bfd
protocol bgp upstream { local $speaker_at as 65001; neighbor $router_at as 65000; $bird_options
  ipv4 { import none; export where source = RTS_STATIC; next hop self; }; }
CONF
  start_daemon speaker speaker bird -f -c "$folder/speaker.conf" -s "$folder/speaker.socket" -P "$folder/speaker.pid"
}

has_route() { [ -n "$(ip -n "$space-router" route show $route)" ]; }
microseconds() { printf '%s' "${EPOCHREALTIME/[.,]/}"; }

# cut_once SPEAKER ROUTER: prints the times until the router's route and the speaker's session were gone, in ms; the second
# is empty for BIRD.
cut_once() {
  local start gone down
  "start_$1_speaker" || return 1
  until_so 30 "the router's route" has_route && until_so 30 "BFD" "$2_router_guards" || return 1
  # both ends have gone over to their intervals; and cuts come at any moment of one
  sleep "1.0$((RANDOM % 100))"
  start_daemon monitor router ip -ts monitor route
  sleep 0.2
  start=$(microseconds)
  ip -n "$space-switch" link set speaker nomaster
  until_so 20 "the route's end" grep -q "Deleted $route " "$folder/monitor.log" || return 1
  # it may be a little later than the router
  [ "$1" != toono ] || until_so 5 "the session's end" grep -q ' down ' "$folder/speaker.log" || return 1
  stop_daemon monitor
  gone=$(date -d "$(sed -n "s/^\[\(.*\)\] *Deleted $route .*/\1/p" "$folder/monitor.log" | head -n 1)" +%s%6N)
  down=$(sed -n 's/^\([0-9]*\) down .*/\1/p' "$folder/speaker.log" | head -n 1)
  # what it has to say at its end does not arrive
  stop_daemon speaker KILL
  ip -n "$space-switch" link set speaker master br0
  jq -nr "($gone - $start) / 1000"
  [ -z "$down" ] || jq -nr "($down - $start) / 1000"
}

# cuts SPEAKER ROUTER: all rounds, a line each.
cuts() {
  local result
  for _ in $(seq "$rounds"); do
    result=$(cut_once "$1" "$2") || return 1
    echo $result
  done
}

bfd_rows() {
  local router=$1 ours theirs peer
  "start_${router}_router" || return 1
  ours=$(cuts toono "$router") || return 1
  say "$router router, toono, route and session:" $ours
  theirs=$(cuts bird "$router") || return 1
  say "$router router, BIRD:" $theirs
  # shellcheck disable=SC2086
  peer=$(median $theirs)
  # shellcheck disable=SC2046
  bench_row "$router 50ms" ms "$(median $(awk '{print $1}' <<<"$ours"))" "$(jq -n "$peer * 1.1")" BIRD "$peer"
  # shellcheck disable=SC2046
  bench_row "$router dead 50ms" ms "$(worst $(awk '{print $2}' <<<"$ours"))" 200
  local name
  for name in "${!daemons[@]}"; do stop_daemon "$name" KILL; done
}

bench_bfd() {
  program=$(bench_program toono-bench-bgp) || return 1
  spaces_up || return 1
  bfd_rows bird && bfd_rows frr
}
bench_bfd
