# shellcheck shell=bash
# The lab with a stand-in for YurtHub before every node's programs: the cloud goes away and comes back, with half an
# answer at first. See docs/openyurt.md, "Behind YurtHub".

hub_address=127.0.0.1:10261
# Milliseconds: one probe, and the three ways in which the cloud is not quite back yet.
hub_options=(--probe-interval 500 --stale-tokens 1000 --warming 2000 --emptiness 10000)

start_hub() {
  start "hub-$1" "$1" "$bin/toono-lab-hub" --listen $hub_address --upstream "http://$api_address:8080" \
    --data-dir "$state/hub-$1" --cache-agent toono-speaker --cache-agent toono-lab-proxy "${hub_options[@]}"
  wait_for 10 "the hub of $1 listens" hub_answers "$1"
}
hub_answers() { on "$1" curl -s -o /dev/null --max-time 1 "http://$hub_address/version"; }

cloud_away() { on router ip link set eth1 down; }
cloud_back() { on router ip link set eth1 up; }
# The last word of every hub about the cloud.
hubs_say() {
  local node
  for node in "${nodes[@]}"; do
    [ "$(grep -o "the cloud is [a-z]*" "$state/hub-$node.log" | tail -n 1)" = "the cloud is $1" ] || return 1
  done
}
hubs_gone() { cloud_away && wait_for 20 "every hub has given the cloud up" hubs_say gone; }
hubs_there() { cloud_back && wait_for 20 "every hub has the cloud again" hubs_say there; }

# How often speakers said that they do not announce the VIP. Of a Service that comes meanwhile some say so at first: its
# slices come after it.
withdrawals() { cat "$state"/speaker-*.log | grep -cF -- "address is not announced address=$vip " || true; }
# Names the node that announces in the status of the Service.
status_names() {
  [ "$(kubectl_lab get servicel2statuses -n metallb-system -o json |
    jq -r '[.items[] | select(.status.serviceName == "edgeapp-svc") | .status.node] | join(" ")')" = "$1" ]
}

# Restarts all speakers, in both ways, one after the other.
restart_each_speaker() {
  local node signal
  for signal in KILL TERM; do
    for node in "${nodes[@]}"; do
      stop "speaker-$node" "$signal"
      start_speaker "$node"
      wait_for 20 "all speakers see one another" peers_seen || return 1
    done
  done
}

# reboot NODE: what a power cut leaves of a node is its disk.
reboot_node() {
  stop "speaker-$1" KILL
  stop "proxy-$1" KILL
  stop "hub-$1" KILL
  on "$1" "$bin/toono-speaker" cleanup >/dev/null
  on "$1" nft flush ruleset
  start_hub "$1"
  start "proxy-$1" "$1" "$bin/toono-lab-node" proxy --node-name "$1" --kubeconfig "$node_kubeconfig"
  start_speaker "$1"
}

nothing_was_lost() { [ "$(jq .lost "$state/stream.json")" = 0 ]; }
nobody_withdrew() { [ "$(withdrawals)" = "$withdrawn" ]; }

hub_walk() {
  local seconds=$1 failed=0 owner
  kubectl_lab apply -f "$root/hack/manifests/configmap.yaml" -f "$root/hack/manifests/edgeapp.yaml" >/dev/null
  add_echo
  lab_step "behind the hubs: the Service has $vip, and it answers" wait_for 20 "$vip answers" answers || return 1
  wait_for 20 "all speakers see one another" peers_seen || return 1
  owner=$(owner_at_client $vip)
  lab_step "its status names the owner" wait_for 20 "the status" status_names "$owner" || failed=1
  for node in "${nodes[@]}"; do wait_for 10 "$node remembers" test -s "$state/memory-$node/ownership.state"; done
  withdrawn=$(withdrawals)

  # From here a packet each millisecond, until after the cloud is back for good.
  stream $vip $(((seconds + 60) * 1000)) "$state/stream.json"
  lab_step "the cloud is away" hubs_gone || failed=1
  lab_step "every speaker restarts meanwhile, killed and stopped" restart_each_speaker || failed=1
  sleep "$seconds"
  lab_step "the cloud is back: 401, then 429, then empty lists" hubs_there || failed=1
  expose second
  lab_step "what was made meanwhile arrives: a second Service answers" wait_for 60 "an answer" second_answers || failed=1
  wait "$stream_pid"
  lab_step "of $(jq .sent "$state/stream.json") packets none was lost" nothing_was_lost || failed=1
  lab_step "nothing was withdrawn" nobody_withdrew || failed=1
  lab_step "the owner is the same" [ "$(owner_at_client $vip)" = "$owner" ] || failed=1

  lab_step "the cloud is away again" hubs_gone || failed=1
  cut "$owner"
  lab_step "the owner's cable is out: another answers" wait_for 3 "another" answered_by_other_than "$owner" $vip || failed=1
  lab_step "through its kube-proxy" wait_for 5 "an answer" answers || failed=1
  mend "$owner"
  wait_for 20 "all speakers see one another" peers_seen || failed=1
  for node in "${nodes[@]}"; do reboot_node "$node"; done
  lab_step "all nodes boot: $vip answers" wait_for 20 "an answer" answers || failed=1
  rm -rf "$state/memory-edge1"
  reboot_node edge1
  lab_step "a node without memory takes part, out of its hub's cache" \
    wait_for 20 "edge1 is a candidate" may_announce edge1 null || failed=1
  hubs_there || failed=1
  lab_step "the cloud is back: the status names the new owner, and no other node" \
    wait_for 90 "the status" status_names "$(owner_at_client $vip)" || failed=1
  kubectl_lab delete service second >/dev/null
  lab_step "a Service that goes is withdrawn" wait_for 60 "silence" nobody_answers 192.168.122.91 || failed=1
  return $failed
}

# The whole of it, then everything is removed.
hub_lab() {
  local status=0 seconds=20 json=
  while [ $# -gt 0 ]; do
    case $1 in
      --minutes) [[ ${2:-} =~ ^[1-9][0-9]{0,3}$ ]] || die "--minutes wants a whole number from 1" && seconds=$(($2 * 60)) && shift 2 ;;
      --json) json=1 && shift ;;
      *) die "$1: unknown; hack/lab --hub [--minutes N] [--json]" ;;
    esac
  done
  node_kubeconfig=$state/hub.kubeconfig
  before_node() {
    # Once: the programs of the first node read it while those of the next are started.
    [ -e "$node_kubeconfig" ] || write_kubeconfig "http://$hub_address" "$node_kubeconfig"
    start_hub "$1"
  }
  trap lab_remove EXIT
  up
  hub_walk "$seconds" || status=1
  [ $status = 0 ] || tail -n 20 "$state"/speaker-*.log "$state"/hub-*.log >&2
  [ -z "$json" ] || jq -cn --argjson ok "$([ $status = 0 ] && echo true || echo false)" --argjson seconds "$seconds" \
    --argjson stream "$(cat "$state/stream.json" 2>/dev/null || echo '{}')" \
    '{hub: {seconds: $seconds, packets: $stream.sent, lost: $stream.lost, ok: $ok}}'
  trap - EXIT
  lab_remove
  return $status
}
