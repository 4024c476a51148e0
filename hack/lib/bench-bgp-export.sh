# shellcheck shell=bash
# N addresses told to one router and taken back, beside BIRD and GoBGP that tell the same to the same router: a receiver
# that only counts. A time is from the command to the last route: for ours a line to a socket, whereupon the routes enter
# the table that sessions read; for BIRD `enable` and `disable` of a static protocol that has them, by its own socket; for
# GoBGP the same, of a BIRD that tells them to it. Memory is what is resident once the routes are told, in BIRD's case and
# in ours with the list of what is wanted; beside it stands what of it is no file's, without programs and libraries. Medians.
source "$root/hack/lib/bgp-bench.sh"

rounds=${TOONO_BENCH_ROUNDS:-9}
feeder_at=10.98.0.1

# receive COUNT SESSIONS ROUNDS DAEMON ANNOUNCE WITHDRAW SOCKET: the figures of one speaker, which is started already.
receive() {
  in_space router timeout 240 "$program" receive --count "$1" --sessions "$2" --rounds "$3" --pid "${daemons[$4]}" \
    --announce "$5" --withdraw "$6" --control "$7"
}

routers() { seq -f "10.9.0.%g" 2 $(($1 + 1)); }

export_by_toono() {
  local result status=0
  # shellcheck disable=SC2046
  start_daemon toono speaker "$program" speak --control "$folder/toono.socket" --count "$1" $(routers "$2")
  until_so 10 "our speaker's socket" test -S "$folder/toono.socket" || return 1
  result=$(receive "$1" "$2" "$3" toono announce withdraw "$folder/toono.socket") || status=1
  stop_daemon toono
  echo "$result"
  return $status
}

# write_bird_hosts COUNT ADDRESS SESSION…: BIRD with so many routes that are told once `hosts` is enabled.
write_bird_hosts() {
  local count=$1 address=$2
  shift 2
  {
    echo "log \"$folder/bird.words\" all; router id $address; protocol device {}"
    echo "protocol static hosts { ipv4; disabled;"
    hosts "$count" | sed 's/.*/  route & blackhole;/'
    echo "}"
    printf 'protocol bgp { local %s as 65001; neighbor %s; connect delay time 1; connect retry time 1; error wait time 1,2;
      ipv4 { import none; export where source = RTS_STATIC; next hop self; }; }\n' "$@"
  } >"$folder/bird.conf"
}

start_bird() {
  start_daemon bird speaker bird -f -c "$folder/bird.conf" -s "$folder/bird.socket" -P "$folder/bird.pid"
  until_so 10 "BIRD's socket" test -S "$folder/bird.socket"
}

export_by_bird() {
  local result status=0 sessions=() router
  for router in $(routers "$2"); do sessions+=("$speaker_at" "$router as 65000; direct"); done
  write_bird_hosts "$1" "$speaker_at" "${sessions[@]}"
  start_bird || return 1
  result=$(receive "$1" "$2" "$3" bird "enable hosts" "disable hosts" "$folder/bird.socket") || status=1
  stop_daemon bird
  echo "$result"
  return $status
}

# GoBGP has no way of its own to take in a hundred thousand routes at once and reliably: BIRD tells them to it.
export_by_gobgp() {
  local result status=0
  cat >"$folder/gobgp.toml" <<CONF
global.config = { as = 65001, router-id = "$speaker_at", port = 1790, local-address-list = ["$speaker_at"] }
[[neighbors]]
config = { neighbor-address = "$router_at", peer-as = 65000 }
timers.config = { connect-retry = 1 }
[[neighbors]]
config = { neighbor-address = "$feeder_at", peer-as = 65001 }
transport.config = { passive-mode = true }
CONF
  start_daemon gobgp speaker gobgpd -f "$folder/gobgp.toml" --api-hosts "unix://$folder/gobgp.socket" --pprof-disable
  until_so 10 "GoBGP's socket" test -S "$folder/gobgp.socket" || return 1
  write_bird_hosts "$1" "$feeder_at" "$feeder_at" "$speaker_at port 1790 as 65001; multihop"
  start_bird && until_so 20 "BIRD's session with GoBGP" feeds || return 1
  result=$(receive "$1" 1 "$2" gobgp "enable hosts" "disable hosts" "$folder/bird.socket") || status=1
  stop_daemon gobgp
  stop_daemon bird
  echo "$result"
  return $status
}
feeds() { birdc -s "$folder/bird.socket" show protocols | has Established; }

# N addresses as prefixes.
hosts() {
  awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "198." 18 + int(i / 65536) "." int(i / 256) % 256 "." i % 256 "/32" }'
}

# middle NAME RESULT: the median of a figure.
# shellcheck disable=SC2046 # a number a word
middle() { printf '%.3f' "$(median $(jq -r ".$1[]" <<<"$2"))"; }
megabytes() { jq -n "($(middle "$1Kilobytes" "$2") / 1024 * 100 | round) / 100"; }

# export_row CASE UNIT TOONO BAR BIRD GOBGP: with the second peer's figure beside.
export_row() { bench_row "$1" "$2" "$3" "$4" BIRD "$5" | jq -c --argjson other "$6" '. + {others: {GoBGP: $other}}'; }

export_rows() {
  local count=$1 ours theirs others peer
  ours=$(export_by_toono "$count" 1 "$rounds") || return 1
  theirs=$(export_by_bird "$count" 1 "$rounds") || return 1
  # a hundred thousand take it half a minute each way
  others=$(export_by_gobgp "$count" $((count < 100000 ? 3 : 1))) || return 1
  say "$count, toono: $ours" && say "$count, BIRD: $theirs" && say "$count, GoBGP: $others"
  for phase in announce withdraw; do
    peer=$(middle $phase "$theirs")
    export_row "$phase $count" ms "$(middle $phase "$ours")" "$peer" "$peer" "$(middle $phase "$others")"
  done
  peer=$(middle updates "$theirs")
  export_row "updates $count" messages "$(middle updates "$ours")" \
    "$([ "$count" = 100000 ] && echo 125 || echo "$peer")" "$peer" "$(middle updates "$others")"
  peer=$(megabytes resident "$theirs")
  export_row "resident $count" MB "$(megabytes resident "$ours")" "$peer" "$peer" "$(megabytes resident "$others")" |
    jq -c --argjson ours "$(megabytes anonymous "$ours")" --argjson theirs "$(megabytes anonymous "$theirs")" \
      '. + {anonymous: {toono: $ours, BIRD: $theirs}}'
}

# What nine sessions more cost the processor: whatever is the same for all of them is to be done once.
sharing_row() {
  local one ten bird_one bird_ten
  one=$(export_by_toono 100000 1 "$rounds") && ten=$(export_by_toono 100000 10 "$rounds") || return 1
  bird_one=$(export_by_bird 100000 1 "$rounds") && bird_ten=$(export_by_bird 100000 10 "$rounds") || return 1
  one=$(middle processorMillis "$one") ten=$(middle processorMillis "$ten")
  bird_one=$(middle processorMillis "$bird_one") bird_ten=$(middle processorMillis "$bird_ten")
  say "processor for 100000 and back, one and ten peers: toono $one and $ten ms, BIRD $bird_one and $bird_ten ms"
  bench_row "ten peers 100000" "times one peer's CPU" "$(jq -n "$ten / $one * 100 | round / 100")" 2 \
    BIRD "$(jq -n "$bird_ten / $bird_one * 100 | round / 100")"
}

bench_bgp_export() {
  local count
  program=$(bench_program toono-bench-bgp) || return 1
  spaces_up || return 1
  ip -n "$space-speaker" addr add $feeder_at/32 dev lo
  for count in 1000 10000 100000; do export_rows $count || return 1; done
  sharing_row
}
bench_bgp_export
