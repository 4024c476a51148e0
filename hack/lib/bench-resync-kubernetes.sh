# shellcheck shell=bash
# Controller and speakers on a real API server with 200 Services, 2,000 slices of ten endpoints and 50 nodes: what a start
# asks for, what a speaker takes of memory, and what they ask for when nothing happens.
export TOONO_LAB_NAME=${TOONO_LAB_NAME:-bench}
source "$root/hack/lib/lab-network.sh"
source "$root/hack/lib/lab-cluster.sh"
source "$root/hack/lib/lab-walk.sh"
source "$root/hack/lib/lab-checks.sh"
source "$root/hack/lib/lab-kubernetes.sh"
source "$root/hack/lib/lab-kubernetes-checks.sh"
source "$root/hack/lib/lab-kubernetes-outages.sh"
source "$root/hack/lib/lab-kubernetes-rbac.sh"

services=200
slices=2000
nodes_all=50
# How long nothing happens: the watches' own ends are in it.
quiet=${TOONO_BENCH_QUIET:-180}

# Everything carries the label by which kube-proxy passes it over: its rules are not what is measured.
write_objects() {
  jq -n --argjson services $services --argjson slices $slices --argjson nodes $((nodes_all - 4)) '
    def passed: {"service.kubernetes.io/service-proxy-name": "none"};
    (range($nodes) | {apiVersion: "v1", kind: "Node", metadata: {name: "far\(.)", labels: {"kubernetes.io/os": "linux"}}}),
    (range($services) | {apiVersion: "v1", kind: "Service", metadata: {name: "s\(.)", labels: passed},
      spec: {type: "LoadBalancer", ports: [{port: 80}]}}),
    (range($slices) as $n | {apiVersion: "discovery.k8s.io/v1beta1", kind: "EndpointSlice", addressType: "IPv4",
      metadata: {name: "e\($n)", labels: (passed + {"kubernetes.io/service-name": "s\($n % $services)"})}, ports: [{name: "", port: 80}],
      endpoints: [range(10) | {addresses: ["10.\(100 + .).\($n / 250 | floor).\($n % 250 + 1)"], conditions: {ready: true},
        topology: {"kubernetes.io/hostname": (if . < 3 then "edge\(. + 1)" else "far\(.)" end)}}]})' |
    jq -sc '{apiVersion: "v1", kind: "List", items: .}'
}
all_have_addresses() {
  [ "$(kubectl_lab get services -o json | jq '[.items[] | select(.status.loadBalancer.ingress | length > 0)] | length')" = $services ]
}
# requests_since LINES ACCOUNT FILTER: how many requests of the account the log has since.
requests_since() {
  tail -n "+$(($1 + 1))" "$state/audit.log" |
    jq -s --arg user "system:serviceaccount:metallb-system:toono-$2" "[.[] | select(.user.username == \$user and .stage == \"ResponseComplete\" and ($3))] | length"
}
# Nothing was asked for in ten seconds, but for the lease by which one of several controllers works.
log_is_still() {
  local before
  before=$(log_lines)
  sleep 10
  [ "$(requests_since "$before" controller '.verb != "watch" and .objectRef.resource != "leases"')" = 0 ] &&
    [ "$(requests_since "$before" speaker '.verb != "watch"')" = 0 ]
}

bench_resync_kubernetes() {
  local start speaker
  need_root
  need_build_packages
  need_lab_packages
  need_servers || return 1
  # TOONO_BENCH_BIN: a folder that has the programs already.
  bin=${TOONO_BENCH_BIN:-$(bench_programs toono-speaker toono-controller toono-lab-node)}
  [ -n "$bin" ] || return 1
  trap lab_remove EXIT
  lab_remove
  network_up
  cluster_up >&2 || return 1
  kubectl_lab apply -f - >/dev/null <<YAML
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: many, namespace: metallb-system }
spec: { addresses: [192.168.122.128-192.168.122.254, 198.51.100.0/24] }
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: { name: many, namespace: metallb-system }
YAML
  write_objects >"$state/objects.json"
  kubectl_lab create -f "$state/objects.json" >/dev/null || return 1
  wait_for 120 "all Services have addresses" all_have_addresses || return 1
  # A speaker that starts with all of it there.
  start=$(log_lines)
  stop speaker-edge1
  sleep 2
  wait_for 60 "the speaker is back" connected || return 1
  wait_for 120 "the log is still" log_is_still || return 1
  speaker=$(cat "$state/speaker-edge1.pid")
  bench_row "lists of a speaker's start" requests "$(requests_since "$start" speaker '.verb == "list"')" 12
  start=$(log_lines)
  stop controller-cloud
  sleep 2
  wait_for 60 "the controller is back" controller_is_ready || return 1
  wait_for 120 "the log is still" log_is_still || return 1
  bench_row "list pages of the controller's start" requests "$(requests_since "$start" controller '.verb == "list"')" 12
  start=$(log_lines)
  sleep "$quiet"
  bench_row "speaker resident" MB "$(awk '/VmRSS/ {printf "%.1f", $2 / 1024}' "/proc/$speaker/status")" 40
  bench_row "other than watches of all speakers, when nothing happens" "requests a minute" \
    "$(per_minute "$(requests_since "$start" speaker '.verb != "watch"')")" 0
  # Of ten kinds each, on three nodes. A server of that age says nothing in a watch while nothing changes, and a watch that is
  # silent for 90 s is opened anew: its connection may be dead.
  bench_row "watches of all speakers, when nothing happens" "requests a minute" "$(per_minute "$(requests_since "$start" speaker '.verb == "watch"')")" 9
  # What renews the lease by which one of several controllers works.
  bench_row "other than watches of the controller, when nothing happens" "requests a minute" \
    "$(per_minute "$(requests_since "$start" controller '.verb != "watch" and .objectRef.resource != "leases"')")" 0
}
per_minute() { jq -n "$1 * 60 / $quiet"; }
controller_is_ready() { on cloud curl -sf "http://10.244.0.$(controller_last):7472/readyz"; }
controller_last() { kubectl_lab get pods -n metallb-system -l app.kubernetes.io/component=controller -o json | jq -r '.items[0].status.podIP | split(".")[3]'; }
bench_resync_kubernetes
