# shellcheck shell=bash
# The speakers' DaemonSet is deleted, or is not, when they are told to end.

# traces NODE: whatever of Toono's the kernel of a node holds.
traces() {
  local tag=77
  on "$1" ip -o link show dev toono0 2>/dev/null
  on "$1" ip route show table all proto $tag
  on "$1" ip -6 route show table all proto $tag
  on "$1" ip neigh show proxy
  on "$1" ip -6 neigh show proxy
  on "$1" ip -o addr show 2>/dev/null | grep -E "192\.168\.122\.(9[0-9]|100)/|fd00:122::9[0-9]/|169\.254\.77\.1/"
}
no_traces() {
  local node
  for node in "${nodes[@]}"; do [ -z "$(traces "$node")" ] || return 1; done
}
see_their_set() {
  local node
  for node in "${nodes[@]}"; do grep -q "the speaker's DaemonSet is seen" "$state/speaker-$node.log" || return 1; done
}

# How often the speakers of a node have seen their DaemonSet: its log has those of earlier processes too.
sightings() { grep -c "the speaker's DaemonSet is seen" "$state/speaker-$1.log"; }
sees_again() { [ "$(sightings "$1")" -gt "$2" ]; }

# With the DaemonSet there a speaker that ends leaves the kernel answering; with it deleted nothing is left on any node.
check_removal() {
  local node owner seen pids=() took status=0
  local speaker_options=(--daemon-set toono-speaker)
  kubectl_lab apply -f - >/dev/null <<'YAML'
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: toono-speaker, namespace: metallb-system }
spec:
  selector: { matchLabels: { app: toono-speaker } }
  template:
    metadata: { labels: { app: toono-speaker } }
    spec: { containers: [{ name: speaker, image: speaker }] }
YAML
  resource IPAddressPool six 'addresses: ["fd00:122::90/128"]'
  resource L2Advertisement six 'ipAddressPools: [six]'
  expose six 'ipFamilies: [IPv6]'
  restart_speakers && wait_for 10 "the speakers see their DaemonSet" see_their_set &&
    wait_for 10 "fd00:122::90 answers" one_answers fd00:122::90 || return 1
  owner=$(owner_now) || return 1
  stop "speaker-$owner"
  { node_holds "$owner" && answers && [ "$(owner_at_client $vip)" = "$owner" ]; } || {
    say "    $owner, whose DaemonSet is there, did not leave its kernel announcing"
    status=1
  }
  seen=$(sightings "$owner")
  start_speaker "$owner"
  wait_for 20 "all speakers see one another" peers_seen || return 1
  wait_for 10 "$owner sees its DaemonSet again" sees_again "$owner" "$seen" || return 1

  kubectl_lab delete daemonset toono-speaker -n metallb-system >/dev/null
  for node in "${nodes[@]}"; do pids+=("$(cat "$state/speaker-$node.pid")"); done
  kill -TERM "${pids[@]}"
  took=$(millis_until 40 "no trace of Toono in any kernel" no_traces) || {
    for node in "${nodes[@]}"; do traces "$node" | sed "s/^/    $node: /" >&2; done
    return 1
  }
  say "    no trace of Toono in any kernel after $took ms"
  for node in "${nodes[@]}"; do stop "speaker-$node"; done
  no_traces || {
    say "    traces came back"
    status=1
  }

  speaker_options=()
  kubectl_lab delete service six >/dev/null
  kubectl_lab delete -n metallb-system ipaddresspool/six l2advertisement/six >/dev/null
  for node in "${nodes[@]}"; do start_speaker "$node"; done
  wait_for 20 "$vip answers again" answers && wait_for 20 "all speakers see one another" peers_seen && return $status
}
