# shellcheck shell=bash
# 10,000 VIPs into the kernel and out again, each a route and a proxy neighbour entry, beside `ip -batch` doing the same.
need_root
need_build_packages
need_lab_packages

count=10000
rounds=5
space=toono-bench-$$

# timed COMMAND…: milliseconds.
timed() {
  local start=$EPOCHREALTIME
  "$@" || return 1
  jq -n "($EPOCHREALTIME - $start) * 1000"
}
batch() { ip netns exec "$space" ip -batch "$1" >&2; }

bench_program_kernel() {
  local program ours=() theirs=() removed=() peer_removed=() adopted=() changes=() round result
  program=$(bench_program toono-bench-kernel) || return 1
  folder=$(mktemp -d)
  trap 'ip netns del "$space" 2>/dev/null; rm -rf "$folder"' EXIT
  ip netns add "$space"
  ip -n "$space" link add eth0 type veth peer name eth1
  ip -n "$space" link set eth0 up && ip -n "$space" link set eth1 up && ip -n "$space" addr add 10.64.255.254/8 dev eth0
  ip -n "$space" link add sink type ifb && ip -n "$space" link set sink up
  awk -v n=$count 'BEGIN { for (i = 0; i < n; i++) { a = "10.64." int(i / 256) "." i % 256
    print "route add " a "/32 dev sink proto 77"; print "neigh add proxy " a " dev eth0 protocol 77" } }' >"$folder/add"
  sed 's/ add / del /' "$folder/add" >"$folder/del"
  for round in $(seq $rounds); do
    result=$(ip netns exec "$space" "$program" program --count $count) || return 1
    jq -e '.refused == 0 and .left == 0' <<<"$result" >/dev/null || { say "not all was programmed: $result" && return 1; }
    ours+=("$(jq .programMillis <<<"$result")") removed+=("$(jq .removeMillis <<<"$result")")
    adopted+=("$(jq .adoptMillis <<<"$result")") changes+=("$(jq .adoptChanges <<<"$result")")
    theirs+=("$(timed batch "$folder/add")") && peer_removed+=("$(timed batch "$folder/del")") || return 1
  done
  local peer peer_off
  peer=$(median "${theirs[@]}")
  peer_off=$(median "${peer_removed[@]}")
  bench_row "program $count" ms "$(median "${ours[@]}")" "$(jq -n "$peer / 2")" "ip -batch" "$peer"
  bench_row "remove $count" ms "$(median "${removed[@]}")" "$(jq -n "$peer_off / 2")" "ip -batch" "$peer_off"
  bench_row "changes when $count are adopted" changes "$(worst "${changes[@]}")" 0
}
bench_program_kernel
