# shellcheck shell=bash
# What hack/image builds images with.

# The largest that an image may be, unpacked, in bytes.
image_bar=60000000

need_root_for_images() { [ "$(id -u)" = 0 ] || die "this needs root: files of an image belong to root"; }

# Builds both programs for release with the language's libraries inside; prints the folder that they are in.
image_programs() {
  local log status=0
  need_build_packages
  log=$(mktemp)
  say "building toono-controller and toono-speaker for release (about ten minutes the first time)"
  (cd "$root" && TOONO_ONLY=toono-controller,toono-speaker swift build -c release --static-swift-stdlib \
    --scratch-path .build-image) >"$log" 2>&1 || status=$?
  [ $status = 0 ] || grep 'error:' "$log" >&2 || tail -n 30 "$log" >&2
  rm -f "$log"
  [ $status = 0 ] && echo "$root/.build-image/release"
}

# package_of FILE: the Debian package that a file is from, as dpkg knows it with or without /usr before its path.
package_of() {
  local path
  for path in "$1" "/usr$1" "${1#/usr}" "$(realpath "$1")"; do
    dpkg-query -S "$path" 2>/dev/null | sed -n '1s/\(:[a-z0-9]*\)\{0,1\}: .*//p' | grep . && return 0
  done
  return 1
}

toolchain() { dirname "$(dirname "$(dirname "$(realpath "$(command -v swift)")")")"; }

# image_tree PROGRAM FOLDER TREE: lays out the files of an image.
image_tree() {
  local program=$1 folder=$2 tree=$3 library package
  mkdir -p "$tree"/{etc,usr/bin,usr/lib,usr/lib64,usr/share/doc/toono,var/lib/dpkg/status.d,var/lib/toono,proc,sys,dev,run,tmp}
  chmod 1777 "$tree/tmp"
  # As Debian has it, so that both ways to write a library's path lead to it.
  ln -s usr/lib "$tree/lib"
  ln -s usr/lib64 "$tree/lib64"
  install -m 755 "$folder/$program" "$tree/usr/bin/$program"
  strip --strip-all "$tree/usr/bin/$program"
  # "NAME => PATH (ADDRESS)", and the loader without an arrow.
  while IFS= read -r library; do
    install -D -m 755 "$library" "$tree$library"
    if package=$(package_of "$library"); then
      image_package "$package" "$tree"
    elif [[ $library == "$(toolchain)"/* ]]; then
      : # its licence is there in any case: the program holds parts of it
    else
      die "$library is of no Debian package: its licence is not known"
    fi
  done < <(ldd "$folder/$program" | sed -nE 's/^.* => (\/[^ ]+) .*$/\1/p; s/^[[:space:]]*(\/[^ ]+) \(.*$/\1/p')
  image_licences "$folder" "$tree"
  printf 'root:x:0:0:root:/:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n' >"$tree/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$tree/etc/group"
  printf 'hosts: files dns\n' >"$tree/etc/nsswitch.conf"
  # What scanners of images take for the system's name and version.
  install -m 644 "$(realpath /etc/os-release)" "$tree/etc/os-release"
  find "$tree" -type d -exec chmod go-w,a+rx {} +
  chmod 1777 "$tree/tmp"
  [ -e "$tree/usr/lib64/$(basename "$(image_loader "$tree/usr/bin/$program")")" ] ||
    [ -e "$tree$(image_loader "$tree/usr/bin/$program")" ] || die "$program has no loader in its image"
}

image_loader() { readelf -l "$1" | sed -n 's/.*program interpreter: \(.*\)\]$/\1/p'; }

# image_package PACKAGE TREE: the package's copyright file, and its record where scanners look for it.
image_package() {
  local package=$1 tree=$2
  [ -e "$tree/var/lib/dpkg/status.d/$package" ] && return 0
  install -D -m 644 "/usr/share/doc/$package/copyright" "$tree/usr/share/doc/$package/copyright" ||
    die "the Debian package $package has no copyright file here"
  dpkg-query -s "$package" | grep -vE '^Status:' >"$tree/var/lib/dpkg/status.d/$package"
}

# image_licences FOLDER TREE: of Toono, of the language's libraries, and of the packages that were built in, whose sources are
# beside the build.
image_licences() {
  local folder tree=$2 into=$2/usr/share/doc/toono sources file
  folder=$(realpath "$1")
  install -m 644 "$root/LICENSE" "$into/LICENSE"
  install -D -m 644 "$(toolchain)/usr/share/swift/LICENSE.txt" "$into/swift/LICENSE.txt"
  # Texts that copyright files of Debian packages name rather than repeat.
  mkdir -p "$tree/usr/share/common-licenses"
  cp -L /usr/share/common-licenses/{Apache-2.0,GPL-2,GPL-3,LGPL-2,LGPL-2.1,LGPL-3} "$tree/usr/share/common-licenses/"
  for sources in "$folder"/../checkouts "$folder"/../../checkouts "$root/.build/checkouts" ""; do
    [ -n "$sources" ] || die "no sources of the packages built in beside $folder: their licences are not known"
    [ ! -d "$sources" ] || break
  done
  while IFS= read -r file; do
    install -D -m 644 "$sources/$file" "$into/packages/$file"
  done < <(cd "$sources" && find . -mindepth 2 -maxdepth 4 -type f \( -iname 'LICENSE*' -o -iname 'NOTICE*' \) -printf '%P\n')
}

# buildah_here COMMAND…: buildah with a store of its own, so that the machine's images are not touched.
buildah_here() {
  buildah --root "$work/store" --runroot "$work/run" --storage-driver vfs "$@"
}

# image_build PROGRAM FOLDER OUTPUT BAR: prints the image's row. Without a bar any size is good.
image_build() {
  local program=$1 folder=$2 output=$3 bar=$4 tree=$work/$1 container version time user archive bytes digest packed
  say "image of $program"
  image_tree "$program" "$folder" "$tree"
  version=$(sed -n 's/^appVersion: *//p' "$root/charts/toono/Chart.yaml")
  time=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
  # A capability is effective for root alone, unless the kubelet learns to hand it to others.
  user=65534:65534
  [ "$program" != toono-speaker ] || user=0:0
  container=$(buildah_here from scratch)
  buildah_here copy -q "$container" "$tree" / >/dev/null
  buildah_here config --user "$user" --workingdir / --entrypoint "[\"/usr/bin/$program\"]" --cmd '' \
    --env PATH=/usr/bin --created-by hack/image \
    --label "org.opencontainers.image.title=$program" \
    --label "org.opencontainers.image.version=$version" \
    --label "org.opencontainers.image.licenses=Apache-2.0" "$container"
  archive=$output/$program.tar
  rm -f "$archive"
  buildah_here commit -q --rm --timestamp "$time" --disable-compression=false --format oci "$container" \
    "oci-archive:$archive:localhost/$program:$version" >/dev/null
  bytes=$(find "$tree" -type f -printf '%s\n' | awk '{ n += $1 } END { print n }')
  packed=$(stat -c %s "$archive")
  digest=$(tar -xOf "$archive" index.json | jq -r '.manifests[0].digest')
  jq -nc --arg image "localhost/$program:$version" --arg archive "$archive" --arg digest "$digest" --argjson bytes "$bytes" \
    --argjson packed "$packed" --argjson bar "${bar:-null}" \
    '{image: $image, archive: $archive, digest: $digest, bytes: $bytes, compressedBytes: $packed, bar: $bar,
      ok: ($bar == null or $bytes <= $bar)}'
}
