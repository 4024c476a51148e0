# shellcheck shell=bash
# What the benches share: release builds of the programs that they run, and rows.

# Builds one executable and nothing that it does not stand on; prints where it is. The first time takes minutes.
bench_program() {
  local log status=0
  log=$(mktemp)
  say "building $1 for release"
  (cd "$root" && TOONO_ONLY=$1 swift build -c release --product "$1" --scratch-path .build-bench) >"$log" 2>&1 || status=$?
  [ $status = 0 ] || grep 'error:' "$log" >&2 || tail -n 30 "$log" >&2
  rm -f "$log"
  [ $status = 0 ] && echo "$root/.build-bench/release/$1"
}

# The same for several, built together; prints the folder that they are in.
bench_programs() {
  local log status=0
  log=$(mktemp)
  say "building $* for release"
  (cd "$root" && TOONO_ONLY=$(tr ' ' , <<<"$*") swift build -c release --scratch-path .build-bench) >"$log" 2>&1 || status=$?
  [ $status = 0 ] || grep 'error:' "$log" >&2 || tail -n 30 "$log" >&2
  rm -f "$log"
  [ $status = 0 ] && echo "$root/.build-bench/release"
}

# worst NUMBER…
worst() { printf '%s\n' "$@" | sort -g | tail -n 1; }

# bench_row CASE UNIT TOONO BAR [PEER VALUE]: prints a row; it is ok if TOONO is at most BAR.
bench_row() {
  jq -nc --arg case "$1" --arg unit "$2" --argjson toono "$3" --argjson bar "$4" --arg peer "${5:-}" \
    --argjson value "${6:-null}" '{case: $case, unit: $unit, toono: $toono, peer: (if $peer == "" then null else $peer end),
      peerValue: $value, bar: $bar, ok: ($toono <= $bar)}'
}
