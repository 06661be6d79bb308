#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# scripts/demo_images.sh NDMEDIC: looks into a DIMM image that Linux wrote, whole and damaged.
set -euo pipefail
ndmedic=$(realpath "$1")
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# run EXPECTED-EXIT-CODE ARGUMENT...: shows the command and what it says.
run() {
  local expected=$1 status=0
  shift
  printf '\n$ ndmedic %s\n' "$*"
  (cd "$scratch" && "$ndmedic" "$@") || status=$?
  if [[ $status -ne $expected ]]; then
    echo "demo: exit code $status instead of $expected" >&2
    exit 1
  fi
}

echo "A DIMM image of QEMU with namespaces that Linux made:"
zstd -q -d --sparse corpora/real/v12-several-namespaces/dimm.img.zst -o "$scratch/dimm.img"
run 0 show dimm.img
run 0 dump dimm.img labels/index0
run 0 dump dimm.img ns/1/arena0/flog/0
run 0 explain LBL-119

echo
echo "The same, with one byte wrong in the info block of ns/1, which Linux would now show as raw:"
cp --sparse=always "$scratch/dimm.img" "$scratch/damaged.img"
printf '\x05' | dd of="$scratch/damaged.img" bs=1 seek=$((0x4000000 + 72)) conv=notrunc status=none
run 4 show damaged.img
run 0 explain BTT-301
