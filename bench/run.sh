#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs all benchmarks of the release tree and writes bench/RESULTS.md. Wants a machine at rest.
# SOURCE_DATE_EPOCH, where set, is the date. NDMEDIC_BENCH_MEMORY: a tmpfs with 9 GiB free
# (/dev/shm); NDMEDIC_BENCH_DISK: a folder on the disk with 1 GiB free (.).
set -euo pipefail
cd "$(dirname "$0")/.."

[[ -f build/release/build.ninja ]] || cmake --preset release >/dev/null
cmake --build --preset release --target release_programs -- --quiet

machine=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
memory=$(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)
epoch=${SOURCE_DATE_EPOCH:-$(date +%s)}
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT

# measure PROGRAM: rows "name,bytes a second,items a second" of the median of five runs.
measure() {
  "build/release/bench/$1" --benchmark_format=csv --benchmark_repetitions=5 \
    --benchmark_report_aggregates_only=true 2>/dev/null |
    awk -F, '/_median"/ {gsub(/"|_median/, "", $1); print $1 "," $6 "," $7}' >>"$lines"
}
measure bench_fletcher64
measure bench_decode
measure bench_label_area

value() { awk -F, -v name="$1" -v column="$2" '$1 == name {print $column}' "$lines"; }
# row TEXT NUMBER BAR UNIT
row() {
  awk -v text="$1" -v number="$2" -v bar="$3" -v unit="$4" 'BEGIN {
    printf "| %s | %.4g %s | %.4g %s | %s |\n", text, number, unit, bar, unit,
           (number >= bar ? "met" : "**missed**")}'
}
ratio() { awk -v a="$1" -v b="$2" -v scale="$3" 'BEGIN {print scale * a / b}'; }

# contest PROGRAM ARGUMENTS: its lines as a table.
contest() {
  "build/release/bench/$1" "${@:2}" | awk -F, '
    NR == 1 {print "| work | threads | engine | libpmemblk | floor | of libpmemblk | of floor |"
             print "|---|---:|---:|---:|---:|---:|---:|"
             next}
    {for (i = 4; i <= 7; ++i) if ($i == 0) $i = ""
     printf "| %s | %s | %s | %s | %s | %s | %s |\n", $1, $2, $3, $4, $5, $6, $7}'
}
memory_folder=${NDMEDIC_BENCH_MEMORY:-/dev/shm}
disk_folder=${NDMEDIC_BENCH_DISK:-.}

hot=16384
cold=268435456
{
  echo "# Benchmark results"
  echo
  echo "Written by \`bench/run.sh\`: medians of five runs."
  echo
  echo "- Machine: $machine, $(nproc) CPUs, $memory"
  echo "- System: $(uname -sr), $(c++ --version | head -n 1)"
  echo "- Date: $(date -u -d "@$epoch" +%Y-%m-%d)"
  echo
  echo "| bar | measured | wanted | |"
  echo "|---|---:|---:|---|"
  row "Fletcher64 in memory (256 MiB), of the read bandwidth" \
    "$(ratio "$(value "fletcher64/ours/$cold" 2)" "$(value "fletcher64/read_limit/$cold" 2)" 100)" \
    80 %
  row "Fletcher64 in cache (16 KiB), of a scalar loop" \
    "$(ratio "$(value "fletcher64/ours/$hot" 2)" "$(value "fletcher64/scalar/$hot" 2)" 1)" 3 times
  row "labels decoded and validated" "$(ratio "$(value decode/labels 3)" 1 1e-6)" 5 "M/s"
  row "labels of a full area of 128 KiB read and validated (200 us)" \
    "$(ratio "$(value label_area/keep/131072 3)" 1 1e-6)" 2.55 "M/s"
  row "labels of a full area of 16 MiB read and validated (20 ms)" \
    "$(ratio "$(value label_area/validate/16777216 3)" 1 1e-6)" 3.27 "M/s"
  row "the same, all records kept (35 MB)" \
    "$(ratio "$(value label_area/keep/16777216 3)" 1 1e-6)" 3.27 "M/s"
  row "info blocks decoded and validated" \
    "$(ratio "$(value decode/info_blocks 3)" 1 1e-3)" 500 "k/s"
  bench/show_1tib.sh build/release/cli/ndmedic build/release/bench/make_image
  echo
  echo "| measurement | GB/s | M items/s |"
  echo "|---|---:|---:|"
  awk -F, '{printf "| %s | %s | %s |\n", $1, $2 == "" ? "" : sprintf("%.2f", $2 / 1e9),
                   $3 == "" ? "" : sprintf("%.2f", $3 / 1e6)}' "$lines"
  echo
  echo "## Engine"
  echo
  echo "In one run, in turns: the engine, libpmemblk and the machine's floor. On memory"
  echo "($memory_folder taken for persistent memory) the floor is the stores and three fences of a"
  echo "write, or the copy of the same places; on a disk, stores of the same sizes with three"
  echo "fdatasync. Operations a second; a call of several sectors is one on memory, and as many as"
  echo "it has sectors on a disk."
  echo
  contest bench_btt "$memory_folder" 5
  echo
  contest bench_disk "$disk_folder" 5
} >bench/RESULTS.md
cat bench/RESULTS.md
