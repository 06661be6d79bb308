#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Installs the Debian 12 packages that are missing for a list, and nothing when none is.
#   scripts/setup.sh [build|clang|kernel|interop|optional]...   (default: build)
# Touches the network only when something is missing. Needs root, or sudo, only then.
set -euo pipefail

packages_build=(
  g++ make cmake ninja-build ccache pkg-config
  libboost-dev libcli11-dev libfmt-dev nlohmann-json3-dev
  doctest-dev librapidcheck-dev libvalijson-dev libbenchmark-dev
  libblkid-dev zstd
)
# The presets fuzz and tidy, and the format check.
packages_clang=(clang-19 clang-tidy-19 libclang-rt-19-dev clang-format-14)
# The kernel tests: what boots a guest, makes it of packages, and reads its file systems.
packages_kernel=(qemu-system-x86 cpio zstd kmod binutils e2fsprogs)
# The interop tests: the other implementation of libpmemblk pools.
packages_interop=(libpmemblk-dev libpmempool-dev pmdk-tools)
# Makers and readers of images to compare with; the build detects what is there.
packages_optional=(pmdk-tools libpmem2-dev time)

missing=()
collect_missing() {
  local package
  for package in "$@"; do
    if [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
      missing+=("$package")
    fi
  done
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null; then
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  else
    echo "setup: not root and no sudo; install by hand: ${missing[*]}" >&2
    return 1
  fi
}

for list in "${@:-build}"; do
  case $list in
    build) collect_missing "${packages_build[@]}" ;;
    clang) collect_missing "${packages_clang[@]}" ;;
    kernel) collect_missing "${packages_kernel[@]}" ;;
    interop) collect_missing "${packages_interop[@]}" ;;
    optional) collect_missing "${packages_optional[@]}" ;;
    *) echo "setup: unknown list '$list' (build, clang, kernel, interop, optional)" >&2; exit 16 ;;
  esac
done

if [[ ${#missing[@]} -eq 0 ]]; then
  exit 0
fi
if ! command -v dpkg-query >/dev/null; then
  echo "setup: not a Debian system; wanted, by Debian's names: ${missing[*]}" >&2
  exit 1
fi
echo "setup: installing ${missing[*]}"
as_root apt-get -q update || as_root apt-get -q update
as_root apt-get -q install -y --no-install-recommends "${missing[@]}"
