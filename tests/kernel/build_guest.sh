#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Makes the Linux guest of the kernel tests: Debian's kernel with its NVDIMM drivers, ndctl, busybox
# and the tools of ext4, in a file system that lives in memory. Prints the folder that holds
# `vmlinuz` and `initramfs`. Packages are downloaded by name, unpacked without being installed, and
# kept, so that later runs need no network. Where a guest is not to be had, says why and exits 77,
# which CTest takes for "skipped".
#
#   NDMEDIC_KERNEL_CACHE  where all of it is kept (default: ~/.cache/ndmedic/kernel)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${NDMEDIC_KERNEL_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/ndmedic/kernel}
PATH=$PATH:/usr/sbin:/sbin

skip() {
  echo "kernel tests skipped: $*" >&2
  exit 77
}

# The flavour for virtual machines has the NVDIMM drivers of the full one and a third of its size.
kernel_meta=linux-image-cloud-amd64
packages=(
  busybox-static ndctl libndctl6 libdaxctl1 libiniparser1 libjson-c5 libkeyutils1 libkmod2
  libuuid1 libudev1 libcap2 libzstd1 liblzma5 libssl3 libc6
  e2fsprogs libext2fs2 libcom-err2 libss2 libblkid1 util-linux
)
programs=(usr/bin/ndctl sbin/mke2fs sbin/e2fsck sbin/blockdev)
modules=(nfit nd_pmem nd_btt dax_pmem device_dax ext4 virtio_pci virtio_blk)

[[ $(uname -m) == x86_64 ]] || skip "the guest is one for x86-64"
for tool in qemu-system-x86_64 apt-get dpkg-deb cpio zstd depmod modprobe readelf tar debugfs; do
  command -v "$tool" >/dev/null || skip "no $tool (scripts/setup.sh kernel)"
done

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
key=$(cat "$here/build_guest.sh" "$here/guest_init.sh" | sha256sum | cut -c 1-16)
guest=$cache/guest-$key
if [[ -f $guest/initramfs ]]; then
  touch "$guest"
  echo "$guest"
  exit 0
fi
work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

# download: fills $cache/debs with one package of each name.
download() {
  local kernel
  kernel=$(apt-cache depends "$kernel_meta" 2>/dev/null |
    sed -n 's/^ *Depends: *\(linux-image-[0-9].*\)/\1/p' | head -n 1)
  [[ -n $kernel ]] || return 1
  mkdir "$work/debs"
  (cd "$work/debs" && apt-get -qq -o APT::Sandbox::User=root download "$kernel" "${packages[@]}") \
    >"$work/apt.log" 2>&1 || return 1
  rm -rf "$cache/debs"
  mv "$work/debs" "$cache/debs"
}

is_complete() {
  local package
  for package in 'linux-image-[0-9]*' "${packages[@]}"; do
    compgen -G "$cache/debs/${package}_*.deb" >/dev/null || return 1
  done
}

if ! is_complete && ! download; then
  rm -rf "$work/debs"
  if [[ $(id -u) -eq 0 ]]; then apt-get -qq update >/dev/null 2>&1 || true; fi
  download || skip "packages cannot be downloaded: $(tail -n 1 "$work/apt.log" 2>/dev/null)"
fi

mkdir "$work/pkg" "$work/guest"
for deb in "$cache"/debs/*.deb; do dpkg-deb -x "$deb" "$work/pkg"; done
release=$(basename "$work"/pkg/lib/modules/*)
cp "$work/pkg/boot/vmlinuz-$release" "$work/guest/vmlinuz"

root=$work/root
mkdir -p "$root"/{bin,sbin,usr/bin,lib,lib64,etc/ndctl.conf.d,etc/ndctl/keys} \
  "$root"/{proc,sys,dev,tmp,run,mnt,job,out}

# add_libraries FILE: the shared libraries that FILE needs, and those that they need.
add_libraries() {
  local name path
  for name in $(readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
    if [[ ! -e $root/lib/$name ]]; then
      path=$(find "$work/pkg/lib" "$work/pkg/usr/lib" -name "$name" -print -quit)
      [[ -n $path ]] || { echo "build_guest: no $name for $1" >&2; exit 1; }
      cp -L "$path" "$root/lib/$name"
      add_libraries "$root/lib/$name"
    fi
  done
}
cp "$work/pkg/bin/busybox" "$root/bin/"
cp -L "$work/pkg/lib64/ld-linux-x86-64.so.2" "$root/lib64/"
for program in "${programs[@]}"; do
  cp -L "$work/pkg/$program" "$root/$program"
  add_libraries "$root/$program"
done
cp "$work/pkg/etc/mke2fs.conf" "$root/etc/"

# Modules in an order in which each finds what it needs; those that are built in are no files.
depmod -b "$work/pkg" "$release"
for module in "${modules[@]}"; do
  modprobe -C /dev/null -d "$work/pkg" -S "$release" --show-depends "$module" 2>/dev/null || true
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$work/modules"
while read -r path; do
  cp "$path" "$root/lib/"
  echo "/lib/$(basename "$path")" >>"$root/etc/modules"
done <"$work/modules"
grep -q nfit.ko "$root/etc/modules" || { echo "build_guest: no driver nfit" >&2; exit 1; }

install -m 755 "$here/guest_init.sh" "$root/init"
(cd "$root" && find . -print0 | LC_ALL=C sort -z | cpio --quiet -0 -o -H newc -R 0:0) |
  zstd -q -9 -T0 >"$work/guest/initramfs"
# Other checkouts have guests of their own here; those that nobody used for a month go.
find "$cache" -maxdepth 1 -name 'guest-*' -mtime +30 -exec rm -rf {} +
mv "$work/guest" "$guest"
echo "$guest"
