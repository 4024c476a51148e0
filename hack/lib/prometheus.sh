# shellcheck shell=bash
# Prometheus and promtool from the Debian package, unpacked rather than installed: installing starts a server.

# need_prometheus: sets `prometheus_bin` to the folder that holds `prometheus` and `promtool`.
need_prometheus() {
  if command -v promtool >/dev/null && command -v prometheus >/dev/null; then
    prometheus_bin=$(dirname "$(command -v promtool)")
    return 0
  fi
  local folder=$root/.build/hack/prometheus
  prometheus_bin=$folder/usr/bin
  [ -x "$prometheus_bin/promtool" ] && return 0
  say "fetching prometheus"
  local parts
  parts=$(mktemp -d)
  # Readable by the user that apt downloads as.
  chmod 755 "$parts"
  if ! (cd "$parts" && apt-get update -q && apt-get download -q prometheus) >"$parts/log" 2>&1; then
    tail -n 5 "$parts/log" >&2
    rm -rf "$parts"
    return 1
  fi
  mkdir -p "$folder"
  dpkg-deb -x "$parts"/prometheus_*.deb "$folder"
  rm -rf "$parts"
}
