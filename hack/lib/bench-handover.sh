# shellcheck shell=bash
# What a packet a millisecond through a VIP notices of restarts, upgrades and planned moves. The worst of three rounds.
source "$root/hack/lib/lab-bench.sh"

rounds=${TOONO_BENCH_ROUNDS:-3}

owner() { on client arping -c 1 -w 1 -I eth0 $vip >/dev/null; answers; owner_at_client $vip; }

speaker_kill_start() { stop "speaker-$1" KILL; start_speaker "$1"; }
speaker_term_start() { stop "speaker-$1"; start_speaker "$1"; }
rolling_restart() {
  local node
  for node in "${nodes[@]}"; do
    stop "speaker-$node"
    start_speaker "$node"
    wait_for 10 "all speakers see one another" peers_seen
  done
}
drain() { kubectl_lab annotate node "$1" toono.io/drain=true >/dev/null; }
undrain() { kubectl_lab annotate node "$1" toono.io/drain- >/dev/null; }
exclude_label() { kubectl_lab label node "$1" node.kubernetes.io/exclude-from-external-load-balancers=true >/dev/null; }
unexclude() { kubectl_lab label node "$1" node.kubernetes.io/exclude-from-external-load-balancers- >/dev/null; }
# The address becomes the node's own, as when kube-proxy goes over to IPVS: the proxy entry is not asked any more.
method_switch() { on "$1" ip link add own0 type ifb && on "$1" ip link set own0 up && on "$1" ip addr add $vip/32 dev own0; }
unswitch() { on "$1" ip link del own0; }
speaker_stop() {
  local pid
  pid=$(cat "$state/speaker-$1.pid")
  kill -STOP "$pid"
  local start=$EPOCHREALTIME
  while [ -n "$(on "$1" ip route show "$vip/32")" ]; do sleep 0.05; done
  silent_after=$(jq -n "$EPOCHREALTIME - $start")
}
continue_speaker() { kill -CONT "$(cat "$state/speaker-$1.pid")"; }

# lost EVENT UNDO MILLIS: packets lost in one round.
lost() {
  local event=$1 undo=$2 millis=$3 owner
  owner=$(owner)
  stream $vip "$millis" "$state/stream.json"
  sleep 0.7
  $event "$owner" >&2
  wait "$stream_pid"
  jq '.lost' "$state/stream.json"
  [ "$undo" = - ] || $undo "$owner" >&2
  wait_for 30 "all speakers see one another" peers_seen && wait_for 20 "$vip answers" answers
}

handover_row() {
  local name=$1 event=$2 undo=$3 millis=$4 bar=$5 values=() round
  for round in $(seq "$rounds"); do lost "$event" "$undo" "$millis" >"$state/lost" || return 1; values+=("$(cat "$state/lost")"); done
  bench_row "$name" "lost packets" "$(worst "${values[@]}")" "$bar"
}

bench_handover() {
  silent_after=0
  bench_lab_up >&2 || return 1
  handover_row speaker-kill-start speaker_kill_start - 4000 0 || return 1
  handover_row speaker-term-start speaker_term_start - 4000 0 || return 1
  handover_row rolling-restart rolling_restart - 12000 0 || return 1
  handover_row drain drain undrain 4000 0 || return 1
  handover_row exclude-label exclude_label unexclude 4000 0 || return 1
  handover_row method-switch method_switch unswitch 4000 0 || return 1
  handover_row speaker-stop speaker_stop continue_speaker 9000 5 || return 1
  bench_row "stopped speaker's kernel silent" s "$silent_after" 6
}
bench_handover
