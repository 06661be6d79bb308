#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# bench/instructions.sh BENCH_COUNT: instructions that a write and a read of a 512-byte sector take,
# by callgrind, as rows for bench/RESULTS.md: the difference of 20,000 and 10,000 calls, so that
# nothing else counts. No times: the figures are the same on a busy machine.
set -euo pipefail
bench_count=$1
if ! command -v valgrind >/dev/null; then
  echo "instructions: valgrind is not installed (Debian package valgrind): not counted" >&2
  exit 77
fi
scratch=$(mktemp -d -p "${NDMEDIC_BENCH_MEMORY:-/dev/shm}")
trap 'rm -rf "$scratch"' EXIT

# instructions WHO WORK CALLS
instructions() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench_count" "$1" "$2" "$3" \
    "$scratch/file" 2>"$scratch/log" || { cat "$scratch/log" >&2; return 1; }
  awk '/Collected/ {print $NF}' "$scratch/log"
}
# per_call WHO WORK
per_call() {
  local few many
  few=$(instructions "$1" "$2" 10000) || return 1
  many=$(instructions "$1" "$2" 20000) || return 1
  echo $(((many - few) / 10000))
}

echo "| instructions a call | engine | libpmemblk |"
echo "|---|---:|---:|"
for work in write read; do
  ours=$(per_call engine "$work")
  theirs=$(per_call libpmemblk "$work" 2>/dev/null || true)
  echo "| $work of 512 bytes | $ours | $theirs |"
done
