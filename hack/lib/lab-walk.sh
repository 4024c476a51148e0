# shellcheck shell=bash
# The walk-through: a Service gets its address, answers, and moves when the owner's cable is pulled.

vip=192.168.122.90
data_path="an nftables stand-in for kube-proxy"
server_version() { kubectl_lab get --raw /version | jq -r .gitVersion; }

external_ip() { kubectl_lab get service edgeapp-svc -o 'jsonpath={.status.loadBalancer.ingress[0].ip}'; }
has_external_ip() { [ "$(external_ip)" = "$vip" ]; }
http_status() { on client curl -s -o "$state/page" -w '%{http_code}' --max-time 2 "http://$(in_url "$vip")/" || true; }
# An address as a URL has it.
in_url() { case $1 in *:*) printf '[%s]' "$1" ;; *) printf '%s' "$1" ;; esac }
answers() { [ "$(http_status)" = 200 ]; }
# lab_step WHAT COMMAND…: runs one step of a walk and prints how it went.
lab_step() {
  local what=$1 status=ok
  shift
  "$@" || status=failed
  printf '%-76s %s\n' "$what" "$status"
  [ "$status" = ok ]
}
# What a node's speaker shows of itself.
state_of() { on "$1" curl -sf http://127.0.0.1:7472/state; }
# Every node sees both others, so that a cut is judged by members that know the owner.
peers_seen() {
  local node
  for node in "${nodes[@]}"; do
    [ "$(state_of "$node" | jq '[.links[].peers[] | select(.isLive)] | length')" = 2 ] || return 1
  done
}

# What a cut node takes along is gone from the data path; and everything is back after it.
answers_after_cut() { answers; }
site_is_whole() { peers_seen; }

# Pulls the owner's cable under a probe every 10 ms; prints "OLD NEW GAP".
cut_once() {
  local old new gap
  answers || return 1
  old=$(owner_at_client $vip)
  on client "$bin/toono-lab-node" probe "$vip:80" --interval 10 --timeout 200 --duration 3000 >"$state/probe.json" &
  local probe=$!
  sleep 1
  cut "$old"
  wait $probe
  answers_after_cut || return 1
  new=$(owner_at_client $vip)
  gap=$(jq '.longestGapMillis' "$state/probe.json")
  mend "$old"
  wait_for 20 "everything is as before" site_is_whole || return 1
  printf '%s %s %s\n' "$old" "$new" "$gap"
}

# One configuration from nothing to three cuts; appends "OLD NEW GAP" lines to the cuts file.
walk_configuration() {
  local name=$1
  say "configuration: $name"
  kubectl_lab apply -f "$root/hack/manifests/$name.yaml" >/dev/null
  kubectl_lab apply -f "$root/hack/manifests/edgeapp.yaml" >/dev/null
  wait_for 20 "edgeapp-svc has $vip" has_external_ip || return 1
  wait_for 20 "http://$vip/ answers" answers || return 1
  wait_for 20 "all speakers see one another" site_is_whole || return 1
  local number line
  for number in 1 2 3; do
    line=$(cut_once) || return 1
    say "  cut $number: $line"
    printf '%s %s\n' "$name" "$line" >>"$state/cuts"
  done
}

between_configurations() {
  kubectl_lab delete -f "$root/hack/manifests/edgeapp.yaml" >/dev/null
  kubectl_lab delete -f "$root/hack/manifests/configmap.yaml" >/dev/null
  wait_for 20 "the ConfigMap's pool goes with it" no_pool
}
no_pool() { [ -z "$(kubectl_lab get ipaddresspools -n metallb-system -o name)" ]; }

# What else has to hold after both configurations.
after_walk() { true; }

walk() {
  local failed=0
  trap lab_remove EXIT
  up
  { walk_configuration configmap && between_configurations && walk_configuration resources && after_walk; } || failed=1
  if [ $failed = 1 ]; then
    say "the walk-through failed; the ends of the logs:"
    tail -n 15 "$state"/*.log >&2
    kubectl_lab get services,events -A >&2 || true
    exit 1
  fi
  report "$1"
}

report() {
  local status ip owner new gap server
  server=$(server_version)
  status=$(http_status)
  ip=$(external_ip)
  read -r _ owner new _ <"$state/cuts"
  # shellcheck disable=SC2046 # a number a word
  gap=$(median $(awk '{print $4}' "$state/cuts"))
  {
    printf '\n%-12s %-16s %-8s %-8s %-8s %s\n' CONFIG ADDRESS HTTP OWNER 'TOOK OVER' 'GAP (ms)'
    while read -r config from to millis; do
      printf '%-12s %-16s %-8s %-8s %-8s  %s\n' "$config" "$ip" "$status" "$from" "$to" "$millis"
    done <"$state/cuts"
    printf '%-12s %-16s %-8s %-8s %-8s  %s\n\n' median '' '' '' '' "$gap"
    echo "server: $server; data path: $data_path; page: $(cat "$state/page")"
  } >"$state/table"
  if [ "$1" != --json ]; then
    cat "$state/table"
  else
    cat "$state/table" >&2
    jq -cn --arg ip "$ip" --argjson status "$status" --arg owner "$owner" --arg new "$new" --argjson gap "$gap" \
      --arg server "$server" --rawfile cuts "$state/cuts" '{server: $server, externalIP: $ip, httpStatus: $status, owner: $owner, newOwner: $new, gapMillis: $gap,
        configs: ["configmap", "resources"],
        cuts: [$cuts | split("\n")[] | select(. != "") | split(" ") | {config: .[0], owner: .[1], newOwner: .[2], gapMillis: (.[3] | tonumber)}]}'
  fi
  [ "$ip" = "$vip" ] && [ "$status" = 200 ] && [ "$owner" != "$new" ]
}

lab_status() {
  is_up || {
    echo "the lab is down"
    return 3
  }
  local file name pid
  for file in "$state"/*.pid; do
    name=$(basename "$file" .pid)
    pid=$(cat "$file")
    if is_ours "$pid"; then echo "$name: runs, pid $pid"; else echo "$name: dead, see $state/$name.log"; fi
  done
  kubectl_lab get nodes,services -A -o wide
}
