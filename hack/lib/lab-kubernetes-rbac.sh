# shellcheck shell=bash
# Is each right that the chart gives used, and each rule needed? On the lab with real servers, a router among it: everything
# that Toono writes and reads is provoked, then again with one rule less, each in turn.

# What provokes every request: objects of Toono's that are gone, restarts, a configuration of each kind in both forms,
# Services that come, go and are refused.
provoke() {
  local node
  write_legacy 1 | kubectl_lab apply -f - >/dev/null
  kubectl_lab delete configurationstates -n metallb-system --all >/dev/null
  for node in "${nodes[@]}"; do stop "speaker-$node"; done
  stop controller-cloud
  kubectl_lab delete lease -n metallb-system toono-controller --ignore-not-found >/dev/null
  ask
}
# One Service for each way in which an address is given, refused and announced.
ask() {
  expose asked && expose refused 'loadBalancerIP: 192.0.2.1'
  kubectl_lab apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Service
metadata: { name: routed, annotations: { metallb.io/address-pool: routed } }
spec: { type: LoadBalancer, selector: { app: edgeapp }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: pooled, annotations: { service.openyurt.io/nodepool-labelselector: region=north } }
spec: { type: LoadBalancer, loadBalancerClass: service.openyurt.io/vip, selector: { app: edgeapp }, ports: [{ port: 80 }] }
YAML
}
# OpenYurt's kinds, the nodes' NodePool with addresses, and what makes PoolServices of Services.
openyurt_up() {
  kubectl_lab apply -f "$root/hack/manifests/openyurt-crds.yaml" >/dev/null
  wait_for 10 "the server knows OpenYurt's kinds" kubectl_lab get nodepools,poolservices -A || return 1
  kubectl_lab apply -f - >/dev/null <<YAML
apiVersion: apps.openyurt.io/v1beta1
kind: NodePool
metadata:
  name: shop
  labels: { region: north }
  annotations: { openyurt.io/address-pools: 192.168.122.110-192.168.122.115 }
spec: { type: Edge }
YAML
  start_pool_services
}
provoke_more() {
  write_legacy 2 | kubectl_lab apply -f - >/dev/null
  # What the controller made of the ConfigMap, changed by somebody else.
  kubectl_lab patch l2advertisements -n metallb-system l2advertisement1 --type merge -p '{"spec": {"ipAddressPools": ["default"]}}' >/dev/null
  # The same event twice, of the controller and of a speaker.
  kubectl_lab patch service refused --type merge -p '{"spec": {"loadBalancerIP": "192.0.2.2"}}' >/dev/null
  kubectl_lab patch service refused --type merge -p '{"spec": {"loadBalancerIP": "192.0.2.1"}}' >/dev/null
  local app count=0
  for app in nobody edgeapp nobody; do
    kubectl_lab patch service asked -p "{\"spec\": {\"selector\": {\"app\": \"$app\"}}}" >/dev/null
    [ $app = edgeapp ] || count=$((count + 1))
    wait_for 5 "asked by $app" told_of_asked $app $count || true
  done
}
# told_of_asked APP COUNT: a speaker has seen that the Service has the endpoints of the app, and told so often that it has none.
told_of_asked() {
  local told
  told=$(kubectl_lab get events --field-selector involvedObject.name=asked,reason=announceFailed -o json | jq '[.items[].count] | add // 0')
  [ "$told" -ge "$2" ] && if [ "$1" = nobody ]; then nobody_answers 192.168.122.90; else one_answers 192.168.122.90; fi
}
calm() {
  kubectl_lab delete service asked refused routed pooled --ignore-not-found >/dev/null
  kubectl_lab delete configmap -n metallb-system config --ignore-not-found >/dev/null
}
all_is_served() {
  local name
  for name in asked routed; do described $name 'toono-speaker.*announcing from node' || return 1; done
  has_address pooled && connected && [ "$(kubectl_lab get ipaddresspools,bgppeers,bfdprofiles,communities -n metallb-system -o name | grep -c legacy)" -ge 3 ]
}

# write_legacy DIGIT: a ConfigMap of MetalLB up to 0.12 with something of each kind, different for each digit.
write_legacy() {
  cat <<YAML
apiVersion: v1
kind: ConfigMap
metadata: { name: config, namespace: metallb-system }
data:
  config: |
    peers:
    - { my-asn: 64513, peer-asn: 64512, peer-address: 192.168.122.1, peer-port: 180$1, bfd-profile: legacy }
    bfd-profiles:
    - { name: legacy, receive-interval: 30$1 }
    bgp-communities: { legacy: "64513:$1" }
    address-pools:
    - { name: legacy-l2, protocol: layer2, auto-assign: false, addresses: [198.51.100.$1/32] }
    - name: legacy-bgp
      protocol: bgp
      auto-assign: false
      addresses: [198.51.101.$1/32]
      bgp-advertisements: [{ aggregation-length: 32, communities: [legacy], localpref: 10$1 }]
YAML
}

# The chart's rules, one a line: KIND NAME INDEX ACCOUNT RULE.
chart_rules() {
  /usr/bin/python3 "$root/hack/lib/yaml-to-json.py" <"$state/chart.yaml" |
    jq -r 'select(.kind == "Role" or .kind == "ClusterRole") | .kind as $kind | .metadata.name as $name | .rules | to_entries[]
      | [$kind, $name, .key, (if $name | endswith("controller") then "toono-controller" else "toono-speaker" end), (.value | tojson)] | @tsv'
}
# covered RULE: the part of jq that says whether an audited request is one that the rule allows.
covers='def covers($rule): . as $request | (.objectRef.resource + (if .objectRef.subresource then "/" + .objectRef.subresource else "" end)) as $what
  | ($rule.verbs | index($request.verb)) and ($rule.resources | index($what)) and ($rule.apiGroups | index($request.objectRef.apiGroup // ""))
    and (($rule.resourceNames == null) or ($request.objectRef.name as $n | $rule.resourceNames | index($n)));
  def by($account): .user.username == "system:serviceaccount:metallb-system:" + $account;'

log_lines() { wc -l <"$state/audit.log"; }

# Of each rule the pairs of resource and verb that no request has used.
unused_rights() {
  local kind name index account rule
  while IFS=$'\t' read -r kind name index account rule; do
    audited -r --arg account "$account" --argjson rule "$rule" --arg role "$kind $name $index" "$covers"'
      [.[] | select(by($account) and .responseStatus.code < 400 and covers($rule))
        | .verb + " " + .objectRef.resource + (if .objectRef.subresource then "/" + .objectRef.subresource else "" end)] as $used
      | [$rule.verbs[] as $verb | $rule.resources[] | $verb + " " + .] - $used | .[] | "\($role): \(.)"'
  done < <(chart_rules)
}
every_right_is_used() { [ -z "$(unused_rights | grep -v ' endpoints$')" ]; }

# refused_without ACCOUNT RULE LINES: since so many lines of the log, a request that the rule had allowed was refused.
refused_without() {
  tail -n "+$(($3 + 1))" "$state/audit.log" |
    jq -se --arg account "$1" --argjson rule "$2" "$covers"'any(.[]; by($account) and .responseStatus.code == 403 and covers($rule))' >/dev/null
}
# needed KIND NAME INDEX ACCOUNT RULE: without this one rule something is refused.
needed() {
  local lines status=0 place=(--namespace metallb-system)
  [ "$1" = Role ] || place=()
  kubectl_lab patch "${1,,}" "$2" "${place[@]}" --type json -p "[{\"op\": \"remove\", \"path\": \"/rules/$3\"}]" >/dev/null || return 1
  lines=$(log_lines)
  provoke
  wait_for 30 "a refusal" provoked_refusal "$4" "$5" "$lines" || status=1
  kubectl_lab apply -f "$state/chart.yaml" >/dev/null
  calm
  return $status
}
# Time after time the same again, for what is written when it changes only.
provoked_refusal() {
  refused_without "$@" && return
  sleep 2
  refused_without "$@" && return
  provoke_more && calm && ask && sleep 4 && refused_without "$@"
}

# Only where slices are off are Endpoints read.
needed_without_slices() {
  local status=0
  api_options=(--runtime-config="$(slices_off)")
  restart_server || return 1
  needed "$@" || status=1
  api_options=()
  restart_server && wait_for 60 "all hear the server again" connected && return $status
}

# Only where OpenYurt's kinds are missing are their definitions watched.
needed_without_openyurt() {
  local status=0
  calm
  wait_for 20 "no PoolService is left" no_pool_services || return 1
  stop pool-services
  kubectl_lab delete -f "$root/hack/manifests/openyurt-crds.yaml" >/dev/null
  needed "$@" || status=1
  openyurt_up && return $status
}
no_pool_services() { [ -z "$(kubectl_lab get poolservices -A -o name)" ]; }

rbac_lab() {
  local kind name index account rule check unused good=0 bad=0
  trap lab_remove EXIT
  up
  openyurt_up
  bgp_up
  kubectl_lab apply -f "$root/hack/manifests/resources.yaml" >/dev/null
  wait_for 20 "edgeapp-svc has an address" has_address edgeapp-svc
  provoke && wait_for 40 "all is served" all_is_served && provoke_more && sleep 2 && calm && check_conflicts
  # The rule for Endpoints has a check of its own.
  if wait_for 30 "every right is used" every_right_is_used; then good=$((good + 1)); else
    bad=$((bad + 1))
    say "never used:" "$(unused_rights)"
  fi
  if nothing_was_forbidden; then good=$((good + 1)); else bad=$((bad + 1)); fi
  while IFS=$'\t' read -r kind name index account rule <&3; do
    check=needed
    [[ $rule != *'"endpoints"'* ]] || check=needed_without_slices
    [[ $rule != *'"customresourcedefinitions"'* ]] || check=needed_without_openyurt
    if $check "$kind" "$name" "$index" "$account" "$rule"; then good=$((good + 1)) && say "  needed: $kind $name $rule"; else
      bad=$((bad + 1))
      say "  NEEDLESS: $kind $name $rule"
    fi
  done 3< <(chart_rules)
  echo "$good passed, $bad failed"
  [ $bad = 0 ]
}
