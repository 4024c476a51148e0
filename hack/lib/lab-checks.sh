# shellcheck shell=bash
# What a person would try by hand, as checks: each is a function that succeeds or fails, run against a lab that is up.

service_ip() { kubectl_lab get service "$1" -o 'jsonpath={.status.loadBalancer.ingress[0].ip}'; }
service_has_ip() { [ "$(service_ip "$1")" = "$2" ]; }
service_has_no_ip() { [ -z "$(service_ip "$1")" ]; }
described() { kubectl_lab describe service "$1" | has "$2"; }
# expose NAME [FIELD]: a Service of type LoadBalancer before the pods of edgeapp, with one more field of its spec.
expose() {
  kubectl_lab apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Service
metadata: { name: $1 }
spec: { type: LoadBalancer, selector: { app: edgeapp }, ports: [{ port: 80 }]${2:+, $2} }
YAML
}

# answering_macs ADDRESS [HOST]: the MACs that answer for it at a host, the client unless told otherwise, one a line.
answering_macs() {
  local host=${2:-client} macs='([0-9a-f]{2}:){5}[0-9a-f]{2}'
  case $1 in
    *:*) on "$host" ndisc6 -q -m -r 1 -w 600 "$1" eth0 2>/dev/null | grep -ioE "$macs" | tr A-F a-f | sort -u ;;
    *) on "$host" arping -c 3 -W 0.2 -I eth0 "$1" 2>/dev/null | grep -oE "$macs" | sort -u ;;
  esac
}
nobody_answers() { [ -z "$(answering_macs "$@")" ]; }
one_answers() { [ "$(answering_macs "$@" | wc -l)" = 1 ]; }
mac_of() { printf '52:54:00:7a:00:1%s' "$(node_number "$1")"; }
answered_by_other_than() { one_answers "$2" && [ "$(answering_macs "$2")" != "$(mac_of "$1")" ]; }

check_external_ip() { kubectl_lab get svc edgeapp-svc | has "$vip"; }
check_describe() { described edgeapp-svc 'toono-controller.*Assigned IP' && described edgeapp-svc 'toono-speaker.*announcing from node'; }

second_answers() { on client curl -sf -o /dev/null --max-time 1 http://192.168.122.91/; }
check_second_service() {
  expose second
  wait_for 10 "the second Service has .91" service_has_ip second 192.168.122.91 &&
    wait_for 10 "it answers" second_answers
}

check_release() {
  kubectl_lab delete service edgeapp-svc >/dev/null
  wait_for 10 ".90 is silent" nobody_answers 192.168.122.90 || return 1
  # A freed address rests; asked for by name it is given at once.
  kubectl_lab apply -f "$root/hack/manifests/edgeapp.yaml" >/dev/null
  kubectl_lab annotate service edgeapp-svc metallb.io/loadBalancerIPs=192.168.122.90 --overwrite >/dev/null
  wait_for 10 ".90 is given again" service_has_ip edgeapp-svc 192.168.122.90 && wait_for 10 "and answers" answers
}

check_scale_to_zero() {
  kubectl_lab scale deployment edgeapp --replicas=0 >/dev/null
  wait_for 10 ".90 is withdrawn" nobody_answers $vip && wait_for 10 "and says why" described edgeapp-svc noServingEndpoint || return 1
  kubectl_lab scale deployment edgeapp --replicas=3 >/dev/null
  wait_for 10 ".90 answers again" answers
}

check_refusal() {
  expose far 'loadBalancerIP: 192.168.122.200'
  wait_for 10 "the event says why" described far 'addressNotInPool.*192.168.122.200' && service_has_no_ip far
}

check_one_mac() { one_answers $vip && [ "$(answering_macs $vip)" = "$(mac_of "$(owner_at_client $vip)")" ]; }

check_ping() { on client ping -q -c 20 -i 0.05 -W 1 $vip | has ' 0% packet loss'; }

# Refused at once, not timed out.
check_refused() {
  on client curl -s -o /dev/null --max-time 1 "http://$vip:81/"
  [ $? = 7 ]
}

# No API server, and nothing of the speakers is left on any node but their disks.
lose_api_and_nodes() {
  local node
  stop api KILL
  for node in "${nodes[@]}"; do
    stop "speaker-$node" KILL
    on "$node" "$bin/toono-speaker" cleanup >/dev/null || return 1
  done
}

# No API server, and every node rebooted: what the speakers wrote down is enough.
check_without_api() {
  local node
  lose_api_and_nodes && nobody_answers $vip || return 1
  for node in "${nodes[@]}"; do start_speaker "$node"; done
  # By ARP: a client that remembers the old owner reaches pods through it all the same.
  wait_for 10 "one node answers for $vip without the API" one_answers $vip && answers || return 1
  start_api && wait_for 40 "the speakers hear the API again" connected && answers && one_answers $vip
}
connected() {
  local node
  for node in "${nodes[@]}"; do
    state_of "$node" | jq -e .isConnected >/dev/null || return 1
  done
}

check_gratuitous_arp() {
  local old capture=$state/garp.txt watcher
  answers
  old=$(owner_at_client $vip)
  on client timeout 8 tcpdump -lnei eth0 "arp and ether broadcast" >"$capture" 2>/dev/null &
  watcher=$!
  sleep 1
  cut "$old"
  wait_for 5 "gratuitous ARP of the successor" grep -qE "Request who-has $vip.* tell $vip" "$capture"
  local status=$?
  mend "$old"
  kill $watcher 2>/dev/null
  wait_for 20 "all speakers see one another" peers_seen
  grep -qE "Reply $vip is-at" "$capture" && [ $status = 0 ]
}

# Every entry that a node holds for our addresses carries our tag, and everything with our tag is for our addresses.
holds_tagged_only() {
  local owner tag
  answers
  owner=$(owner_at_client $vip)
  tag=$(on "$owner" ip -j route show "$vip/32" | jq -r '.[0].protocol')
  # The route and the proxy entry carry the tag, the lease runs out by itself (its tag is not shown by ip 6.1; a kernel
  # test reads it), and no route with the tag is for anything but our addresses.
  case $tag in '' | null | static | boot | kernel) return 1 ;; esac
  on "$owner" ip neigh show proxy | has "^$vip dev eth0.*proto $tag" &&
    on "$owner" ip addr show toono0 | has "169.254.77.1/32.* dynamic " &&
    ! on "$owner" ip route show proto "$tag" | has -vE '^192\.168\.122\.(9[0-9]|100) dev toono0 '
}
# The check before this one moved the address, and the client may not have heard of it yet.
check_tagged() { wait_for 10 "the owner holds tagged entries only" holds_tagged_only; }

check_cleanup() {
  local node
  for node in "${nodes[@]}"; do stop "speaker-$node" KILL; done
  for node in "${nodes[@]}"; do
    on "$node" "$bin/toono-speaker" cleanup || return 1
    [ -z "$(on "$node" ip neigh show proxy)$(on "$node" ip -o link show dev toono0 2>/dev/null)" ] || return 1
    [ -z "$(on "$node" ip route show | grep -E '192\.168\.122\.(9[0-9]|100)')" ] || return 1
  done
  for node in "${nodes[@]}"; do start_speaker "$node"; done
  wait_for 20 "$vip answers again" answers && wait_for 20 "all speakers see one another" peers_seen
}

check_kill() {
  local owner
  answers
  owner=$(owner_at_client $vip)
  stop "speaker-$owner" KILL
  wait_for 6 "the kernel of $owner is silent and another answers" answered_by_other_than "$owner" $vip || return 1
  [ -z "$(on "$owner" ip route show "$vip/32")" ] || wait_for 6 "its route is gone" no_route "$owner" || return 1
  wait_for 5 "the page comes from another" answers || return 1
  start_speaker "$owner"
  wait_for 20 "all speakers see one another" peers_seen
}
no_route() { [ -z "$(on "$1" ip route show "$vip/32")" ]; }

# kube-proxy, whose health the speaker learns, dies on the owner: another takes over under a request every 10 ms. When the
# node boots with it still dead, nothing is announced from there before it is back.
check_data_plane() {
  local old probe
  answers
  old=$(owner_at_client $vip)
  start_kube_proxy_health "$old" && wait_for 10 "$old knows kube-proxy's health" test -e "$state/memory-$old/dataplane.state" ||
    return 1
  on client "$bin/toono-lab-node" probe "$vip:80" --interval 10 --timeout 200 --duration 10000 >"$state/probe.json" &
  probe=$!
  stop "kube-proxy-health-$old" KILL
  wait_for 8 "$old says why it may not announce" may_announce "$old" dataPlaneNotReady || return 1
  wait_for 5 "another answers" answered_by_other_than "$old" $vip && wait $probe || return 1
  [ "$(jq .failed "$state/probe.json")" = 0 ] || return 1
  stop "speaker-$old" KILL
  on "$old" "$bin/toono-speaker" cleanup >/dev/null && start_speaker "$old"
  wait_for 20 "after a boot $old waits for kube-proxy" may_announce "$old" dataPlaneNotReady || return 1
  start_kube_proxy_health "$old" && wait_for 5 "$old may announce again" may_announce "$old" null &&
    wait_for 20 "all speakers see one another" peers_seen
}
# Stands in for the port on which kube-proxy tells its health.
start_kube_proxy_health() {
  start "kube-proxy-health-$1" "$1" "$bin/toono-lab-node" web --node-name "$1" --listen 127.0.0.1:10256
  wait_for 5 "kube-proxy's health at $1" on "$1" curl -sf http://127.0.0.1:10256/healthz
}

toonoctl_lab() { on cloud "$bin/toonoctl" "$@" --kubeconfig "$kubeconfig"; }
# explains SERVICE PATTERN: the first line of the explanation matches.
explains() {
  local first
  first=$(toonoctl_lab explain service "default/$1" | sed -n 1p) || true
  grep -qE -- "$2" <<<"$first"
}

# Drains the owner under a request every 10 ms: none is lost, another answers, and after --undo the node may again.
check_drain() {
  local old report probe
  wait_for 20 "all speakers see one another" peers_seen && answers || return 1
  old=$(owner_at_client $vip)
  on client "$bin/toono-lab-node" probe "$vip:80" --interval 10 --timeout 200 --duration 6000 >"$state/probe.json" &
  probe=$!
  sleep 1
  report=$(toonoctl_lab drain "$old" --timeout 20s) || return 1
  wait $probe
  grep -qE "default/edgeapp-svc .*moved to edge" <<<"$report" || return 1
  [ "$(jq .failed "$state/probe.json")" = 0 ] && answered_by_other_than "$old" $vip || return 1
  wait_for 5 "$old says that it is drained" may_announce "$old" quiesced || return 1
  toonoctl_lab drain "$old" --undo >/dev/null || return 1
  wait_for 5 "$old may announce again" may_announce "$old" null && answered_by_other_than "$old" $vip &&
    ! toonoctl_lab drain nobody 2>/dev/null
}
# Whoever looks on sees who announces it, and then that it moves.
check_watch() {
  local old seen=$state/watch.json watcher status=0
  old=$(owner_at_client $vip)
  toonoctl_lab watch --for 12s -o json >"$seen" &
  watcher=$!
  wait_for 5 "the view says that $old announces it" \
    watched "$seen" found ".node == \"$old\" and .method == \"layer2\" and .via == \"eth0\" and .addresses == [\"$vip\"]" || status=1
  toonoctl_lab drain "$old" --timeout 20s >/dev/null
  wait_for 5 "the view says that it moved" watched "$seen" moved ".from == [\"$old\"] and .node != \"$old\"" || status=1
  wait $watcher || status=1
  toonoctl_lab drain "$old" --undo >/dev/null && wait_for 5 "$old may announce again" may_announce "$old" null && return $status
}
# watched FILE CHANGE FILTER: such a change of the Service is in the file.
watched() { jq -es "any(.[]; .change == \"$2\" and .subject == \"default/edgeapp-svc\" and $3)" "$1"; }
# may_announce NODE REASON: what the node's speaker has against announcing the VIP itself.
may_announce() {
  [ "$(state_of "$1" | jq -r --arg vip $vip '.addresses[] | select(.address == $vip) | .reason')" = "$2" ]
}

check_status() {
  ln -sf "$bin/toonoctl" "$state/kubectl-toono"
  toonoctl_lab status >/dev/null && explains edgeapp-svc "is announced: $vip by edge" &&
    [ "$(toonoctl_lab owners -o json | jq -r '.owners[] | select(.service == "default/edgeapp-svc") | .announcers[0].node')" = "$(owner_at_client $vip)" ] &&
    toonoctl_lab pools | has '^default .*192.168.122.90-192.168.122.100' &&
    on cloud env PATH="$state:$PATH" KUBECONFIG="$kubeconfig" HOME="$state" kubectl toono pools -o yaml | has 'name: default'
}

# all_states RESULT: the controller and each speaker say this of the configuration.
all_states() {
  [ "$(kubectl_lab get configurationstates -n metallb-system -o json | jq -r --arg result "$1" \
    '[.items[] | select(.status.result == $result) | .metadata.name] | sort | join(" ")')" = "controller speaker-edge1 speaker-edge2 speaker-edge3" ]
}
check_configuration_states() {
  wait_for 10 "all say that the configuration is valid" all_states Valid || return 1
  resource IPAddressPool overlap 'addresses: [192.168.122.100-192.168.122.101]'
  wait_for 10 "all say that it is not" all_states Invalid &&
    kubectl_lab get configurationstate speaker-edge2 -n metallb-system -o 'jsonpath={.status.errorSummary}' | has overlap || return 1
  kubectl_lab delete ipaddresspool overlap -n metallb-system >/dev/null
  wait_for 10 "all say that it is valid again" all_states Valid && answers
}

resource() {
  kubectl_lab apply -f - >/dev/null <<YAML
apiVersion: metallb.io/v1beta1
kind: $1
metadata: { name: $2, namespace: metallb-system }
spec: { $3 }
YAML
}

# name and function of each check, in an order in which they follow one another
checks=(
  "kubectl get svc shows the address|check_external_ip"
  "toonoctl status, owners, pools and kubectl toono show the cluster|check_status"
  "the controller and each speaker say whether the configuration is valid|check_configuration_states"
  "kubectl describe svc shows who assigned it and who announces it|check_describe"
  "a second Service gets .91|check_second_service"
  "arping gets exactly one MAC, the owner's|check_one_mac"
  "a Service that asks for .200 gets an event with the reason|check_refusal"
  "deleting the first Service frees .90|check_release"
  "scaling the pods to 0 withdraws|check_scale_to_zero"
  "gratuitous ARP in both forms right after a take-over|check_gratuitous_arp"
  "the nodes hold tagged entries only|check_tagged"
  "the address answers ping|check_ping"
  "a port that no Service has is refused at once|check_refused"
  "with no API and all nodes rebooted the address answers again|check_without_api"
  "kill -9 of a speaker: silent in its kernel within 6 s, answered by another|check_kill"
  "toonoctl drain moves the address without a lost request, --undo lets the node announce again|check_drain"
  "toonoctl watch shows who announces an address, and that it moves|check_watch"
  "an owner whose kube-proxy dies gives its addresses away without a lost request|check_data_plane"
  "what others do to a node's kernel is mended, or another node takes over: IPv4, proxy entry|check_kernel_events_proxy"
  "the same: IPv4, address on the interface|check_kernel_events_address"
  "the same: IPv6|check_kernel_events_ipv6"
  "a node's interface gets a bridge as master, and loses it again|check_bridge"
  "a node's interface is deleted and made anew|check_new_interface"
  "a speaker whose event loop hangs, or that is stopped, is silent in its kernel and gives way|check_wedged"
  "speakers whose DaemonSet is deleted leave nothing in any kernel; those of one that is there go on|check_removal"
  "nothing is left after cleanup|check_cleanup"
  "toonoctl explain names the cause of each broken situation in its first line, and so does an event or a metric|check_situations"
)

# Runs all checks in a lab of its own; the last line is "N passed, N failed".
check_all() {
  local row name function good=0 bad=0
  trap lab_remove EXIT
  up
  kubectl_lab apply -f "$root/hack/manifests/configmap.yaml" -f "$root/hack/manifests/edgeapp.yaml" >/dev/null
  wait_for 20 "edgeapp-svc has $vip" has_external_ip && wait_for 20 "$vip answers" answers && wait_for 20 "peers" peers_seen || true
  for row in "${checks[@]}"; do
    name=${row%|*}
    function=${row#*|}
    if $function; then good=$((good + 1)) && say "  ok: $name"; else
      bad=$((bad + 1))
      say "  FAILED: $name"
      # Now: what comes later pushes it out of sight.
      tail -n 20 "$state"/speaker-*.log >&2
    fi
  done
  [ $bad = 0 ] || tail -n 12 "$state"/controller*.log >&2
  echo "$good passed, $bad failed"
  [ $bad = 0 ]
}
