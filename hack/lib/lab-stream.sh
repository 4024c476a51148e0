# shellcheck shell=bash
# A packet a millisecond through a VIP of the lab: what an outage of any length costs is the number of them that are lost.

echo_port=7

# One address, two protocols: the page, and an echo to send packets to.
add_echo() {
  kubectl_lab patch service edgeapp-svc --type=json -p \
    '[{"op": "add", "path": "/spec/ports/-", "value": {"name": "echo", "protocol": "UDP", "port": 7, "targetPort": 7}}]' >/dev/null
  local node
  for node in "${nodes[@]}"; do start_echo "$node"; done
}

start_echo() {
  local number
  number=$(node_number "$1")
  start "echo$number" "pods$number" "$bin/toono-lab-node" echo --listen "0.0.0.0:$echo_port"
}

# stream ADDRESS MILLIS FILE: a packet a millisecond in the background; its result goes to the file.
stream() {
  on client "$bin/toono-lab-node" stream "$1:$echo_port" --duration "$2" >"$3" &
  stream_pid=$!
}
