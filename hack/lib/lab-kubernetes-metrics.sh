# shellcheck shell=bash
# A Prometheus in the lab on real servers, which scrapes Toono's pods and evaluates the chart's alerts.
source "$root/hack/lib/prometheus.sh"

# Pods by the port that the chart names, as its PodMonitor has an operator write it: Debian's Prometheus does not ask API
# servers by itself.
write_prometheus_configuration() {
  kubectl_lab get pods -n metallb-system -o json | jq --arg state "$state" '{
    global: {scrape_interval: "1s", evaluation_interval: "1s"},
    rule_files: [$state + "/alerts.yaml"],
    scrape_configs: [{job_name: "toono", static_configs: [.items[] as $pod | $pod.spec.containers[] as $container
      | $container.ports[]? | select(.name == "metrics") | {targets: ["\($pod.status.podIP):\(.containerPort)"],
        labels: {namespace: $pod.metadata.namespace, pod: $pod.metadata.name, container: $container.name}}]}]}' >"$state/prometheus.yaml"
  "$root/hack/render" "$root/charts/toono" --namespace metallb-system --set prometheus.prometheusRule.enabled=true |
    /usr/bin/python3 "$root/hack/lib/yaml-to-json.py" | jq 'select(.kind == "PrometheusRule").spec' >"$state/alerts.yaml"
}
prometheus_asked() { on cloud curl -sfG "http://127.0.0.1:9090/api/v1/$1" "${@:2}"; }
# Controller and three speakers.
all_are_scraped() {
  prometheus_asked targets | jq -e '.data.activeTargets | length == 4 and all(.health == "up" and .lastError == "")' >/dev/null
}
# query EXPRESSION: its only value.
query() { prometheus_asked query --data-urlencode "query=$1" | jq -r '.data.result[0].value[1] // ""'; }
query_is() { [ "$(query "$1")" = "$2" ]; }
alerts_are_evaluated() {
  prometheus_asked rules | jq -e '[.data.groups[].rules[]] | length > 10 and all(.health == "ok")' >/dev/null
}

check_prometheus() {
  need_prometheus || return 1
  write_prometheus_configuration
  "$prometheus_bin/promtool" check config "$state/prometheus.yaml" >/dev/null || return 1
  start prometheus cloud "$prometheus_bin/prometheus" --config.file="$state/prometheus.yaml" --storage.tsdb.path="$state/prometheus" \
    --web.listen-address=127.0.0.1:9090
  wait_for 30 "controller and speakers are scraped" all_are_scraped || return 1
  expose measured && wait_for 10 "it is announced" has_address measured || return 1
  wait_for 10 "its announcement is counted" query_is "sum(toono_address_owned{address=\"$(service_ip measured)\"})" 1 &&
    wait_for 10 "so is its address" query_is 'sum(toono_controller_services_allocated)' "$(services_with_addresses)" &&
    wait_for 10 "all alerts are evaluated" alerts_are_evaluated || return 1
  stop prometheus
  kubectl_lab delete service measured >/dev/null
}
services_with_addresses() {
  kubectl_lab get services -A -o json | jq '[.items[] | select(.status.loadBalancer.ingress | length > 0)] | length'
}
