#!/usr/bin/env bash
# Builds Kubernetes 1.20 servers from Debian's source package, with Debian's Go; nothing else is fetched.
#
#   hack/lib/kubernetes-build.sh [VARIANT…]     prints the folder that holds bin/ and a folder for each variant
#
# VARIANT is `released` (EndpointSlices are v1beta1 and no Service has a class, as in clusters from 1.18 to 1.20) or
# `newer` (with discovery.k8s.io/v1 and spec.loadBalancerClass of 1.21); without one both are built. Only kube-apiserver
# differs; the others are in bin/. All is kept in the cache folder, ${XDG_CACHE_HOME:-~/.cache}/toono/kubernetes, and built
# once: about ten minutes with two cores.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

release=1.20.2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/toono/kubernetes
tree=$cache/source
# The Go of the same Debian release: newer ones do not build these sources.
go_root=$cache/packages/usr/lib/go-1.19

# quietly WHAT COMMAND…: shows the end of what it said if it fails.
quietly() {
  local what=$1
  shift
  say "  $what"
  "$@" >"$cache/log" 2>&1 || {
    tail -n 30 "$cache/log" >&2
    die "$what failed"
  }
}

# This machine's own sources of packages, with those of source packages switched on, in a state of its own.
apt_state() {
  mkdir -p "$cache/apt/lists/partial" "$cache/apt/cache/archives/partial" "$cache/apt/sources"
  local file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ ! -f "$file" ] || sed -n 's/^deb \(.*\)/deb \1\ndeb-src \1/p' "$file" >"$cache/apt/sources/$(basename "$file" .list).list"
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    [ ! -f "$file" ] || sed 's/^Types: deb$/Types: deb deb-src/' "$file" >"$cache/apt/sources/$(basename "$file")"
  done
  cat >"$cache/apt/conf" <<CONF
Dir::Etc::sourcelist "-";
Dir::Etc::sourceparts "$cache/apt/sources";
Dir::State::lists "$cache/apt/lists";
Dir::Cache "$cache/apt/cache";
APT::Sandbox::User "root";
CONF
}
apt_get() { APT_CONFIG=$cache/apt/conf apt-get -q "$@"; }

fetch_packages() {
  cd "$cache" && rm -rf download && mkdir -p download && cd download
  apt_get download golang-1.19-go golang-1.19-src golang-github-modern-go-reflect2-dev etcd-server etcd-client
  local package
  for package in *.deb; do dpkg-deb -x "$package" "$cache/packages"; done
}
fetch_source() {
  cd "$cache/download" && apt_get source --only-source kubernetes
  local folder=(kubernetes-*/)
  # reflect2 1.0.1 corrupts memory when it is built with Go 1.18 or newer; Debian has 1.0.2 as a package.
  rm -f "${folder[0]}"/vendor/github.com/modern-go/reflect2/*
  cp -r "$cache"/packages/usr/share/gocode/src/github.com/modern-go/reflect2/. "${folder[0]}/vendor/github.com/modern-go/reflect2/"
  rm -rf "$tree" && mv "${folder[0]}" "$tree"
  rm -rf "$cache/download"
}
fetch() {
  [ -d "$tree" ] && return 0
  need_packages dpkg-dev rsync make python3
  apt_state
  quietly "fetching lists of packages" apt_get update
  quietly "fetching Go and etcd" fetch_packages
  quietly "fetching the sources" fetch_source
}

# The tree stands where a GOPATH expects it; the cache of Go goes by content and serves both variants.
in_tree() {
  mkdir -p "$cache/go/src/k8s.io" "$cache/home"
  ln -sfn "$tree" "$cache/go/src/k8s.io/kubernetes"
  cd "$cache/go/src/k8s.io/kubernetes"
  env PATH="$go_root/bin:$PATH" HOME="$cache/home" GOCACHE="$cache/go-build" CGO_ENABLED=0 GOFLAGS= GOPROXY=off \
    GOMAXPROCS="$(nproc)" "$@"
}
# compile FOLDER PROGRAM…
compile() {
  local folder=$1 program package flags="-s -w"
  shift
  # The server tells the one's version, and programs of themselves the other's.
  for package in client-go/pkg component-base; do
    package=k8s.io/kubernetes/vendor/k8s.io/$package/version
    flags+=" -X $package.gitVersion=v$release -X $package.gitMajor=1 -X $package.gitMinor=${release:2:2}"
  done
  mkdir -p "$folder"
  for program in "$@"; do
    in_tree GO111MODULE=off GOPATH="$cache/go" go build -trimpath -ldflags "$flags" -o "$folder/$program.new" \
      "k8s.io/kubernetes/cmd/$program"
    mv "$folder/$program.new" "$folder/$program"
  done
}
# What the API server says of its kinds is generated from the sources.
generate() { in_tree UPDATE_API_KNOWN_VIOLATIONS=true make generated_files; }

programs() {
  local program missing=()
  for program in kube-controller-manager kube-scheduler kube-proxy; do
    [ -x "$cache/bin/$program" ] || missing+=("$program")
  done
  [ ${#missing[@]} = 0 ] || quietly "building ${missing[*]}" compile "$cache/bin" "${missing[@]}"
  cp "$cache"/packages/usr/bin/etcd* "$cache/bin/"
}
released() {
  [ -x "$cache/released/kube-apiserver" ] && return 0
  [ ! -e "$cache/changing" ] && [ ! -e "$cache/changed" ] || die "the sources in $cache are not as released any more: remove the folder"
  quietly "generating code" generate
  quietly "building kube-apiserver as released" compile "$cache/released" kube-apiserver
}
newer() {
  [ -x "$cache/newer/kube-apiserver" ] && return 0
  # One tree serves both, so the one as released comes first.
  released
  if [ ! -e "$cache/changed" ]; then
    touch "$cache/changing"
    quietly "adding what is newer" python3 "$root/hack/lib/kubernetes-newer.py" "$tree"
    mv "$cache/changing" "$cache/changed"
  fi
  quietly "generating code again" generate
  quietly "building kube-apiserver with it" compile "$cache/newer" kube-apiserver
}

variants=("$@")
[ $# != 0 ] || variants=(released newer)
for variant in "${variants[@]}"; do
  case $variant in released | newer) ;; *) sed -n '4,11p' "${BASH_SOURCE[0]}" >&2 && exit 64 ;; esac
done
complete() {
  local variant program
  for program in etcd etcdctl kube-controller-manager kube-scheduler kube-proxy; do [ -x "$cache/bin/$program" ] || return 1; done
  for variant in "${variants[@]}"; do [ -x "$cache/$variant/kube-apiserver" ] || return 1; done
}
mkdir -p "$cache"
# Two labs that start at once build once.
exec 9>"$cache/lock"
flock 9
if ! complete; then
  say "building Kubernetes $release (about ten minutes the first time)"
  fetch
  programs
  for variant in "${variants[@]}"; do "$variant"; done
  # Gigabytes, with nothing left to build from them.
  [ ! -x "$cache/newer/kube-apiserver" ] || rm -rf "$cache"/{source,go,go-build,home,packages,apt,log,changed}
fi
echo "$cache"
