# shellcheck shell=bash
# Gratuitous ARP for 10,000 VIPs, in both forms, out of an interface; every frame has to arrive at the other end.
need_root
need_build_packages
need_lab_packages

space=toono-bench-$$

bench_garp() {
  local program values=() result before after
  program=$(bench_program toono-bench-kernel) || return 1
  trap 'ip netns del "$space" 2>/dev/null' EXIT
  ip netns add "$space"
  ip -n "$space" link add eth0 type veth peer name eth1
  ip -n "$space" link set eth0 up && ip -n "$space" link set eth1 up
  received() { ip -n "$space" -j -s link show eth1 | jq '.[0].stats64.rx.packets'; }
  for _ in 1 2 3 4 5; do
    before=$(received)
    result=$(ip netns exec "$space" "$program" announce --count 10000) || return 1
    after=$(received)
    [ $((after - before)) -ge 20000 ] && [ "$(jq .dropped <<<"$result")" = 0 ] ||
      { say "of 20000 frames $((after - before)) arrived: $result" && return 1; }
    values+=("$(jq .sendMillis <<<"$result")")
  done
  bench_row "send 10000" ms "$(median "${values[@]}")" 50
}
bench_garp
