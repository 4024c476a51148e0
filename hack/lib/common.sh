# shellcheck shell=bash
# What every script under hack/ shares: where the project is, what it installs, how it builds.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() {
  say "error: $*"
  exit 1
}

# has [OPTION] PATTERN: whether a line of the input matches, as grep says, but only when all of it was read: grep -q leaves at
# the first match, and a program that writes its lines one by one (ip does) is killed by the next, which fails the pipeline.
has() {
  local text
  text=$(cat)
  grep -q "$@" <<<"$text"
}

# holds CONDITION: one about numbers, fractions too, as jq writes it.
holds() { jq -en "$1" >/dev/null; }

# median NUMBER…
median() { printf '%s\n' "$@" | sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

need_root() { [ "$(id -u)" = 0 ] || die "this needs root: it makes network namespaces"; }

# Installs the Debian packages that are missing, once and quietly.
need_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | has 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return 0
  say "installing ${missing[*]}"
  local log
  log=$(mktemp)
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    die "cannot install ${missing[*]}"
  fi
  rm -f "$log"
}

# What the package is built with.
need_build_packages() { need_packages pkg-config libmnl-dev libnl-3-dev libnl-route-3-dev libyaml-dev zlib1g-dev; }

# What the lab and the tests in namespaces run with.
need_lab_packages() {
  need_packages iproute2 nftables arping ndisc6 iputils-ping tcpdump curl jq procps python3
  command -v kubectl >/dev/null || need_packages kubernetes-client
}

# Routers that tests hold sessions with. While they are installed a policy keeps Debian from starting their services,
# which would take the ports of this machine; a policy that is there already is left alone.
need_router_packages() {
  local policy=/usr/sbin/policy-rc.d ours=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && ours=1
  fi
  (need_packages "$@")
  local status=$?
  [ -z "$ours" ] || rm -f "$policy"
  [ "$status" = 0 ] || exit "$status"
}

# One build for lab and tests alike: the same flags, so that nothing is compiled twice. Quiet unless it fails.
swift_build() {
  local log status=0
  log=$(mktemp)
  say "building (about six minutes the first time)"
  (cd "$root" && swift build --explicit-target-dependency-import-check error "$@") >"$log" 2>&1 || status=$?
  [ $status = 0 ] || grep 'error:' "$log" >&2 || tail -n 30 "$log" >&2
  rm -f "$log"
  return $status
}

binaries() { (cd "$root" && swift build --show-bin-path); }
