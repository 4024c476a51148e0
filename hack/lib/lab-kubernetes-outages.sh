# shellcheck shell=bash
# How Toono does when a real API server is restarted, forgets, hangs, refuses or lacks something. Each is a function that
# succeeds or fails, on a lab that is up.

restart_server() { stop api KILL && wait_for 10 "its port is free" api_port_is_free && start_api; }
# A process that is killed holds its sockets for a moment after it is gone from /proc.
api_port_is_free() { [ -z "$(on cloud ss -Hltn "sport = 6443")" ]; }

# owner_moves: how often speakers told of a change of the VIP; two equal figures mean that nothing moved.
owner_moves() { cat "$state"/speaker-*.log | grep -E 'address changed its state|address is not announced' | grep -cF "$vip" || true; }
# undisturbed COMMAND…: true if the command succeeds, every request meanwhile is answered and no address changes its state.
undisturbed() {
  local before asker status=0
  before=$(owner_moves)
  touch "$state/asking-page"
  rm -f "$state/unanswered"
  while [ -e "$state/asking-page" ]; do
    answers || date +%T.%3N >>"$state/unanswered"
    sleep 0.05
  done &
  asker=$!
  "$@" || status=1
  rm -f "$state/asking-page"
  wait $asker
  [ ! -s "$state/unanswered" ] || { say "  requests without an answer:" "$(cat "$state/unanswered")" && return 1; }
  [ "$(owner_moves)" = "$before" ] || { say "  addresses moved" && return 1; }
  return $status
}

# A definition that is not there is no reason to stop, and one that comes later is taken up.
check_missing_definition() { undisturbed definition_goes_and_comes; }
definition_goes_and_comes() {
  local gone connected
  gone=$(reported 'not served.*bfdprofiles')
  connected=$(reported 'connected.*bfdprofiles')
  kubectl_lab delete crd bfdprofiles.metallb.io >/dev/null
  wait_for 60 "the speakers find it gone" more_reported 'not served.*bfdprofiles' "$gone" || return 1
  kubectl_lab apply --validate=false -f "$root/charts/toono/crds/metallb.io_bfdprofiles.yaml" >/dev/null
  wait_for 60 "and there again" more_reported 'connected.*bfdprofiles' "$connected"
}
# How often all speakers together have said so.
reported() { cat "$state"/speaker-*.log | grep -c "$1" || true; }
more_reported() { [ "$(reported "$1")" -ge $(($2 + 3)) ]; }

# Where EndpointSlices are off, Endpoints are read: here by speakers that start and remember nothing.
check_without_slices() {
  local node status=0
  api_options=(--runtime-config="$(slices_off)")
  restart_server || return 1
  for node in "${nodes[@]}"; do
    stop "speaker-$node" KILL
    on "$node" "$bin/toono-speaker" cleanup >/dev/null
    rm -rf "$state/files-$node/var/lib/toono"/*
  done
  wait_for 60 "the speakers hear the server" connected && wait_for 20 "one node answers for $vip" one_answers $vip && answers &&
    [ "$(said '.user.username == "system:serviceaccount:metallb-system:toono-speaker" and .verb == "list" and .objectRef.resource == "endpoints"
      and .responseStatus.code == 200')" -ge 3 ] || status=1
  api_options=()
  restart_server && wait_for 60 "the speakers hear the server again" connected && return $status
}
slices_off() {
  local version
  for version in v1alpha1 v1beta1 $([ "$variant" = released ] || echo v1); do printf 'discovery.k8s.io/%s=false,' $version; done
}

# With a new certificate of the same authority. Lists that follow tell nothing anew.
check_restart() {
  local before
  before=$(told_of_edgeapp)
  undisturbed restart_with_new_certificate && [ "$(told_of_edgeapp)" = "$before" ]
}
restart_with_new_certificate() { write_serving_certificate && restart_server && wait_for 40 "all hear the server again" connected; }
told_of_edgeapp() {
  kubectl_lab get events -o json | jq '[.items[] | select(.involvedObject.name == "edgeapp-svc") | .count // 1] | add'
}

# What changed while the speakers heard nothing is gone from the server's memory (410): they list, and see it.
check_compaction() {
  local number revision
  expose gone && wait_for 10 "it has an address" has_address gone && wait_for 10 "and is announced" one_answers "$(service_ip gone)" || return 1
  local ip lists
  ip=$(service_ip gone)
  lists=$(service_lists)
  on router ip link set eth1 down
  kubectl_lab delete service gone --wait=false >/dev/null
  for number in $(seq 30); do kubectl_lab annotate namespace default "count=$number" --overwrite >/dev/null; done
  revision=$(etcdctl_lab endpoint status --write-out json | jq '.[0].Status.header.revision')
  etcdctl_lab compact "$revision" >/dev/null && restart_server || return 1
  on router ip link set eth1 up
  wait_for 60 "the speakers hear the server again" connected && wait_for 20 "$ip is silent" nobody_answers "$ip" && answers &&
    [ "$(service_lists)" -ge $((lists + 3)) ]
}
service_lists() { said '.user.username == "system:serviceaccount:metallb-system:toono-speaker" and .verb == "list" and .objectRef.resource == "services"'; }

# A server that hangs for ten seconds in the middle of everything.
check_slow() { undisturbed hang_server; }
hang_server() {
  local pid
  pid=$(cat "$state/api.pid")
  kill -STOP "$pid"
  sleep 10
  kill -CONT "$pid"
  expose slow && wait_for 40 "a new Service is served" has_address slow && kubectl_lab delete service slow >/dev/null
}

# A server that takes one request of Toono's at a time and refuses the others (429 with Retry-After) while many ask.
check_throttled() { undisturbed throttle_server; }
throttle_server() {
  local status=0
  api_options=(--max-requests-inflight=20 --max-mutating-requests-inflight=10)
  write_flow_schema | kubectl_lab apply -f - >/dev/null && restart_server || return 1
  touch "$state/asking"
  for _ in 1 2 3 4; do ask_server & done
  wait_for 60 "Toono is refused" is_throttled || status=1
  expose slow
  wait_for 90 "a new Service is served all the same" has_address slow || status=1
  rm -f "$state/asking"
  api_options=()
  write_flow_schema | kubectl_lab delete -f - >/dev/null
  kubectl_lab delete service slow >/dev/null
  restart_server && wait_for 60 "all hear the server" connected && return $status
}
write_flow_schema() {
  cat <<YAML
apiVersion: flowcontrol.apiserver.k8s.io/v1beta1
kind: PriorityLevelConfiguration
metadata: { name: narrow }
spec: { type: Limited, limited: { assuredConcurrencyShares: 1, limitResponse: { type: Reject } } }
---
apiVersion: flowcontrol.apiserver.k8s.io/v1beta1
kind: FlowSchema
metadata: { name: narrow }
spec:
  priorityLevelConfiguration: { name: narrow }
  matchingPrecedence: 100
  rules:
    - subjects: [{ kind: Group, group: { name: "system:serviceaccounts:metallb-system" } }]
      resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"] }]
YAML
}
# Asks as a speaker does, over and over.
ask_server() {
  local token
  token=$(cat "$(dirname "$state"/volumes-edge1/*/hello-key)"/*/token)
  while [ -e "$state/asking" ]; do
    on cloud curl -s --cacert "$state/ca.crt" -o /dev/null -H "Authorization: Bearer $token" "$api_url/api/v1/services?[1-20]" || true
  done
}
# By another request than those that are there to fill the queue.
is_throttled() { [ "$(said '.responseStatus.code == 429 and (.userAgent | startswith("toono-"))')" -ge 1 ]; }

# A speaker's token has expired: it goes on announcing, and hears the server again with a new one.
check_token() {
  local token status=0
  token=$(echo "$(dirname "$state"/volumes-edge1/*/hello-key)"/*/token)
  [ -s "$token" ] || return 1
  # The kubelet would put a good one back.
  kill -STOP "$(cat "$state/kubelet-edge1.pid")"
  expired_token "$token" >"$state/expired" && cat "$state/expired" >"$token"
  undisturbed refuse_edge1 || status=1
  kill -CONT "$(cat "$state/kubelet-edge1.pid")"
  wait_for 60 "edge1 hears the server with a new token" connected && return $status
}
refuse_edge1() { restart_server && wait_for 40 "edge1 is refused" edge1_is_refused; }
edge1_is_refused() {
  on edge1 curl -sf http://127.0.0.1:7472/state | jq -e '.isConnected | not' >/dev/null && grep -qi 'unauthorized' "$state/speaker-edge1.log"
}
# The same token, signed by the server's key, with its end an hour ago.
expired_token() {
  local head body
  head=$(cut_field 1 "$1")
  body=$(cut_field 2 "$1" | from_base64url | jq -c '.exp = (now - 3600 | floor) | .iat = .exp - 3600 | .nbf = .iat' | to_base64url)
  printf '%s.%s.%s' "$head" "$body" "$(printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -sign "$state/accounts.key" | to_base64url)"
}
cut_field() { awk -F. -v n="$1" '{print $n}' "$2"; }
to_base64url() { base64 -w 0 | tr '+/' '-_' | tr -d '='; }
from_base64url() { jq -Rr 'gsub("-"; "+") | gsub("_"; "/") | . + ("=" * ((4 - length % 4) % 4)) | @base64d'; }
