# shellcheck shell=bash
# The owner's cable is cut, or its node dies: how long a packet a millisecond gets no answer. Medians of nine.
source "$root/hack/lib/lab-bench.sh"

rounds=${TOONO_BENCH_ROUNDS:-9}

# kill_node NODE: every process of the node and of its pods, at once.
kill_node() {
  local host
  for host in "$1" "pods$(node_number "$1")"; do ip netns pids "$(netns "$host")"; done | xargs -r kill -KILL
}

# outage EVENT ADDRESS MILLIS REVIVE: one fault of the node that has the address; prints the outage in ms.
outage() {
  local event=$1 address=$2 millis=$3 revive=$4 owner
  on client ping -c 1 -W 1 "$address" >/dev/null
  owner=$(owner_at_client "$address")
  stream "$address" "$millis" "$state/stream.json"
  sleep 0.8
  # The cable first: a process that sees its parent die must not say goodbye to the others, as no dead node does.
  cut "$owner"
  [ "$event" = link-cut ] || kill_node "$owner"
  wait "$stream_pid"
  [ "$event" = link-cut ] || { $revive "$owner"; }
  mend "$owner"
  jq '.longestOutageMillis' "$state/stream.json"
}

revive_toono() {
  local number
  number=$(node_number "$1")
  start "pods$number" "pods$number" "$bin/toono-lab-node" web --node-name "$1" --listen 0.0.0.0:80
  start_echo "$1"
  start "proxy-$1" "$1" "$bin/toono-lab-node" proxy --node-name "$1" --kubeconfig "$kubeconfig"
  start_speaker "$1"
}
revive_keepalived() {
  # What the dead process left on the interface would answer beside the new owner for ever.
  on "$1" ip addr del $peer_vip/32 dev eth0 2>/dev/null
  keepalived_on "$1"
  start "peer-echo$(node_number "$1")" "$1" "$bin/toono-lab-node" echo --listen "0.0.0.0:$echo_port"
}

# outages WHO EVENT MILLIS: nine of them, one a line.
outages() {
  local who=$1 event=$2 millis=$3 round
  for round in $(seq "$rounds"); do
    if [ "$who" = toono ]; then
      outage "$event" $vip "$millis" revive_toono || return 1
      wait_for 30 "all speakers see one another" peers_seen && wait_for 20 "$vip answers" answers || return 1
    else
      outage "$event" $peer_vip "$millis" revive_keepalived || return 1
      sleep 0.5
      wait_for 20 "keepalived has $peer_vip" peer_answers || return 1
    fi
  done
}

# row CASE BAR SHARE WORST OURS PEER: the bar, or this share of the peer's figure if that is less.
failover_row() {
  local name=$1 bar=$2 share=$3 limit=$4 ours=$5 theirs=$6
  # shellcheck disable=SC2086
  jq -nc --arg case "$name" --argjson toono "$(median $ours)" --argjson worst "$(worst $ours)" --argjson limit "$limit" \
    --argjson peer "$(median $theirs)" --argjson bar "$bar" --argjson share "$share" '
      ([$bar, $peer * $share] | min) as $bar | {case: $case, unit: "ms", toono: $toono, peer: "keepalived", peerValue: $peer,
      bar: $bar, ok: ($toono <= $bar and $worst <= $limit), worst: $worst}'
}

# measure SUFFIX WHO MILLIS PREFIX: outages by both events; each figure is told as well, for a bench that is cut short.
measure() {
  local event
  for event in link-cut node-death; do
    measured[$4$event$1]=$(outages "$2" $event "$3") || return 1
    say "$2 $event${1:-"-default"}:" ${measured[$4$event$1]}
  done
}

bench_failover() {
  local event node
  bench_lab_up >&2 || return 1
  declare -A measured
  measure "" toono 2500 "" || return 1
  restart_speakers --hello-interval 10ms >&2 || return 1
  measure -10ms toono 1500 "" || return 1
  for node in "${nodes[@]}"; do stop "speaker-$node"; done
  start_keepalived 1 >&2 || return 1
  measure "" keepalived 5000 peer- || return 1
  stop_keepalived
  start_keepalived 0.01 >&2 || return 1
  measure -10ms keepalived 1500 peer- || return 1
  stop_keepalived
  for event in link-cut node-death; do
    failover_row "$event default" 300 0.1 350 "${measured[$event]}" "${measured[peer-$event]}"
    failover_row "$event 10ms" 35 1 60 "${measured[$event-10ms]}" "${measured[peer-$event-10ms]}"
  done
}
bench_failover
