# shellcheck shell=bash
# Checks that are counted. Who sources this has a folder $work for what commands say.

passed=0
failed=0
# check WHAT COMMAND…: counts one.
check() {
  local what=$1
  shift
  if "$@" >"$work/said" 2>&1; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    say "FAILED: $what"
    head -n 20 "$work/said" >&2
    [ ! -f "$work/log" ] || tail -n 5 "$work/log" >&2
  fi
}
