# shellcheck shell=bash
# What only a real API server shows: how definitions, status, conflicts, classes, finalizers and events behave there. Each is a
# function that succeeds or fails, on a lab that is up. What comes with a server that is away or refuses is in
# lab-kubernetes-outages.sh.

service_json() { kubectl_lab get service "$1" -o json; }
has_address() { service_json "$1" | jq -e '.status.loadBalancer.ingress | length > 0' >/dev/null; }
audited() { jq -s "$@" "$state/audit.log"; }
# said FILTER: how many audited requests the filter is true of.
said() { audited "[.[] | select($1)] | length"; }

# --- the chart on the server -------------------------------------------------------------------------------------------

check_definitions() {
  kubectl_lab get crd -o json | jq -e '[.items[] | select(.spec.group == "metallb.io")] | length == 9 and all(
    [.status.conditions[] | select(.type == "Established" or .type == "NamesAccepted") | .status] == ["True", "True"]
    and all(.status.conditions[]; .type != "NonStructuralSchema" and .type != "KubernetesAPIApprovalPolicyConformant"))' >/dev/null
}
explain() { kubectl_lab explain --output=plaintext-openapiv2 "$1"; }
check_explain() {
  local field said
  for field in ipaddresspools.spec.addresses l2advertisements.spec.nodeSelectors bgppeers.spec.peerASN bfdprofiles.spec \
    bgpadvertisements.spec.communities communities.spec servicel2statuses.status configurationstates.status; do
    said=$(explain "$field" | grep -A1 '^DESCRIPTION:' | tail -n 1)
    [[ $said =~ [a-z] && ! $said =~ '<empty>' ]] || { say "no explanation of $field" && return 1; }
  done
}
# What the definitions refuse without any of Toono's processes.
refused_object() { ! kubectl_lab apply --validate=false -f - >"$state/refused" 2>&1 && grep -q "$1" "$state/refused"; }
check_schema() {
  refused_object 'spec.addresses' <<'YAML' &&
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: wrong, namespace: metallb-system }
spec: { autoAssign: true }
YAML
    refused_object 'peerPort' <<'YAML' &&
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: wrong, namespace: metallb-system }
spec: { myASN: 64512, peerASN: 64513, peerAddress: 192.0.2.1, peerPort: 70000 }
YAML
    refused_object 'detectMultiplier' <<'YAML'
apiVersion: metallb.io/v1beta1
kind: BFDProfile
metadata: { name: wrong, namespace: metallb-system }
spec: { detectMultiplier: 1000 }
YAML
}

# Every combination of values that chart-checks.sh has, applied by the server without writing.
check_matrix() {
  local kind last
  for kind in PodMonitor ServiceMonitor PrometheusRule; do foreign_definition "${kind,,}" $kind; done | kubectl_lab apply -f - >/dev/null || return 1
  for kind in lb grafana monitoring; do kubectl_lab create namespace $kind --dry-run=client -o json | kubectl_lab apply -f - >/dev/null; done
  wait_for 10 "the server knows the Prometheus operator's kinds" kubectl_lab get podmonitors,servicemonitors,prometheusrules -A || return 1
  last=$("$root/hack/lib/chart-checks.sh" --server ip netns exec "$(netns cloud)" env KUBECONFIG="$kubeconfig" HOME="$state" kubectl | tail -n 1)
  say "  combinations of values: $last"
  [[ $last =~ ^[0-9]+\ passed,\ 0\ failed$ ]]
}
# The Prometheus operator's, as far as a server needs to know them.
foreign_definition() {
  cat <<YAML
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: $1s.monitoring.coreos.com
spec:
  group: monitoring.coreos.com
  scope: Namespaced
  names: { plural: $1s, singular: $1, kind: $2 }
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
---
YAML
}

# --- Services ----------------------------------------------------------------------------------------------------------

# patch_raw PATH PATCH: a merge patch in the namespace default as kubectl of 1.20 cannot send it, or faster than it can; again
# when others wrote meanwhile.
patch_raw() {
  for _ in {1..20}; do patch_once "$1" "$2" && return 0; done
  return 1
}
patch_once() {
  on cloud curl -sf --cacert "$state/ca.crt" -H "Authorization: Bearer $(cat "$state/token/admin")" -X PATCH -o /dev/null \
    -H 'Content-Type: application/merge-patch+json' -d "$2" "$api_url/api/v1/namespaces/default/$1"
}

# The address is written through the subresource, and what is wiped there comes back as it was.
check_status_subresource() {
  kubectl_lab patch service edgeapp-svc --type merge -p '{"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}}' >/dev/null
  [ "$(external_ip)" = "$vip" ] || return 1
  patch_raw services/edgeapp-svc/status '{"status": {"loadBalancer": {"ingress": null}}}' || return 1
  wait_for 10 "$vip is written again" has_external_ip && wait_for 10 "and answers" answers &&
    [ "$(said '.objectRef.resource == "services" and (.verb | test("patch|update")) and .objectRef.subresource != "status"')" = 0 ]
}

# Others write to the same Services all the time while these get their addresses.
check_conflicts() {
  local number before writers=()
  before=$(conflicts)
  kubectl_lab apply -f - >/dev/null <<YAML
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: crowd, namespace: metallb-system }
spec: { addresses: [198.51.100.0/28], autoAssign: false }
YAML
  for number in {1..12}; do expose "crowd$number"; done
  for number in {1..12}; do write_often "crowd$number" & writers+=($!); done
  for number in {1..12}; do patch_raw "services/crowd$number" '{"metadata": {"annotations": {"metallb.io/address-pool": "crowd"}}}'; done
  wait_for 20 "all twelve have an address of the pool" crowd_is_served || return 1
  wait "${writers[@]}"
  say "  writes of addresses that conflicted: $(($(conflicts) - before))"
  # What others wrote is still there.
  crowd_is_served && kubectl_lab get services -o json | jq -e '[.items[] | select(.metadata.name | startswith("crowd"))
    | .metadata.annotations.count] | length == 12 and all(. == "40")' >/dev/null && [ "$(conflicts)" -gt "$before" ] || return 1
  kubectl_lab delete service crowd{1..12} >/dev/null && kubectl_lab delete ipaddresspool -n metallb-system crowd >/dev/null
}
conflicts() { said '.responseStatus.code == 409 and .objectRef.subresource == "status" and .objectRef.resource == "services"'; }
write_often() {
  local count
  for count in {1..40}; do patch_raw "services/$1" "{\"metadata\": {\"annotations\": {\"count\": \"$count\"}}}"; done
}
crowd_is_served() {
  kubectl_lab get services -o json | jq -e '[.items[] | select(.metadata.name | startswith("crowd"))
    | .status.loadBalancer.ingress[0].ip // "" | select(startswith("198.51.100."))] | length == 12 and (unique | length) == 12' >/dev/null
}

# A class is for good while the type stays, goes with the type, and Services of another are none of ours.
check_class() {
  kubectl_lab apply --validate=false -f - >/dev/null <<YAML || return 1
apiVersion: v1
kind: Service
metadata: { name: classed }
spec: { type: LoadBalancer, loadBalancerClass: example.com/other, selector: { app: edgeapp }, ports: [{ port: 80 }] }
YAML
  if [ "$variant" = released ]; then
    # A server without the field leaves it out, and the Service is like any other.
    service_json classed | jq -e '.spec | has("loadBalancerClass") | not' >/dev/null &&
      wait_for 10 "it has an address" has_address classed && kubectl_lab delete service classed >/dev/null
    return
  fi
  expose unclassed
  wait_for 10 "the one without a class has an address" has_address unclassed || return 1
  ! kubectl_lab patch service classed --type merge -p '{"spec": {"loadBalancerClass": null}}' >"$state/refused" 2>&1 &&
    grep -q 'may not change once set' "$state/refused" && ! has_address classed &&
    ! kubectl_lab patch service unclassed --type merge -p '{"spec": {"loadBalancerClass": "example.com/other"}}' >/dev/null 2>&1 &&
    has_address unclassed || return 1
  kubectl_lab patch service classed --type merge -p '{"spec": {"type": "ClusterIP"}}' >/dev/null &&
    service_json classed | jq -e '.spec | has("loadBalancerClass") | not' >/dev/null &&
    kubectl_lab patch service classed --type merge -p '{"spec": {"type": "LoadBalancer"}}' >/dev/null &&
    wait_for 10 "without a class it has an address" has_address classed || return 1
  # The other way round the address is free at once, for the server leaves it in the status.
  kubectl_lab patch service classed --type merge -p '{"spec": {"type": "ClusterIP"}}' >/dev/null
  wait_for 10 "the status is cleared" no_address classed && kubectl_lab delete service classed unclassed >/dev/null
}
no_address() { ! has_address "$1"; }

# With a finalizer the object stays when it is deleted: so does its address, until the object goes.
check_finalizer() {
  local ip
  expose kept
  kubectl_lab patch service kept --type merge -p '{"metadata": {"finalizers": ["example.com/wait"]}}' >/dev/null
  wait_for 10 "it has an address" has_address kept || return 1
  ip=$(service_ip kept)
  wait_for 10 "$ip is announced" one_answers "$ip" || return 1
  kubectl_lab delete service kept --wait=false >/dev/null
  service_json kept | jq -e .metadata.deletionTimestamp >/dev/null && one_answers "$ip" && service_has_ip kept "$ip" || return 1
  kubectl_lab patch service kept --type merge -p '{"metadata": {"finalizers": null}}' >/dev/null
  wait_for 10 "$ip is silent" nobody_answers "$ip" && ! service_json kept >/dev/null 2>&1
}

# The same again is one event that counts.
check_events() {
  expose far 'loadBalancerIP: 192.168.122.200'
  wait_for 10 "the event" event_count_is far 1 || return 1
  kubectl_lab patch service far --type merge -p '{"spec": {"loadBalancerIP": "192.168.122.95"}}' >/dev/null
  wait_for 10 "another address is given" service_has_ip far 192.168.122.95 || return 1
  kubectl_lab patch service far --type merge -p '{"spec": {"loadBalancerIP": "192.168.122.200"}}' >/dev/null
  wait_for 10 "the first event counts two" event_count_is far 2 && kubectl_lab delete service far >/dev/null
}
event_count_is() {
  kubectl_lab get events -o json | jq -e --arg name "$1" --argjson count "$2" '[.items[]
    | select(.involvedObject.name == $name and .type == "Warning" and .source.component == "toono-controller")]
    | length == 1 and (.[0].count // 1) == $count' >/dev/null
}

# What shows how objects behave on the server, in a minute.
brief_checks=(
  "the definitions are established|check_definitions"
  "kubectl explain explains them|check_explain"
  "their schemas refuse what is wrong|check_schema"
  "an address is written through the subresource, and written again when it is wiped|check_status_subresource"
  "writes that conflict are made again, and undo nobody's change|check_conflicts"
  "a class is for good, and goes with the type|check_class"
  "a Service that waits for its finalizer keeps its address|check_finalizer"
  "events are counted up|check_events"
  "a Prometheus scrapes controller and speakers, and evaluates the alerts|check_prometheus"
  "nothing was forbidden so far|nothing_was_forbidden"
)
checks=(
  "${brief_checks[@]}"
  "the server takes every combination of the chart's values|check_matrix"
  "the server restarts with another certificate: nothing moves, and no event is told again|check_restart"
  "a definition that goes and comes: nothing moves|check_missing_definition"
  "the server forgot what changed meanwhile (410): it is found out|check_compaction"
  "the server hangs for ten seconds: nothing moves|check_slow"
  "the server lets few in (429): nothing moves, and new Services are served|check_throttled"
  "without EndpointSlices the speakers read Endpoints|check_without_slices"
  "a speaker's token has expired: nothing moves, and a new one is taken|check_token"
)
