#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs all benchmarks of the release tree and writes bench/RESULTS.md. Wants a machine at rest.
# SOURCE_DATE_EPOCH, where set, is the date. NDMEDIC_BENCH_MEMORY: a tmpfs with 11 GiB free
# (/dev/shm); NDMEDIC_BENCH_DISK: a folder on the disk with 1 GiB free (.).
set -euo pipefail
cd "$(dirname "$0")/.."

[[ -f build/release/build.ninja ]] || cmake --preset release >/dev/null
cmake --build --preset release --target release_programs -- --quiet

machine=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
memory=$(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)
epoch=${SOURCE_DATE_EPOCH:-$(date +%s)}
lines=$(mktemp)
contests=$(mktemp)
trap 'rm -f "$lines" "$contests"' EXIT

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

# contest PROGRAM ARGUMENTS: its lines as a table, and kept for the bars.
contest() {
  "build/release/bench/$1" "${@:2}" | tee -a "$contests" | awk -F, '
    NR == 1 {print "| work | threads | engine | libpmemblk | floor | limit " \
                   "| of libpmemblk | of floor | of limit |"
             print "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
             next}
    {for (i = 4; i <= 9; ++i) if ($i == 0) $i = ""
     printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", $1, $2, $3, $4, $5, $6, $7, $8, $9}'
}
# engine_bar WORK THREADS peer|floor BAR: the engine against another, and what the limit, or where
# there is none the floor, comes to.
engine_bar() {
  awk -F, -v work="$1" -v threads="$2" -v other="$3" -v bar="$4" '
    $1 == work && $2 == threads {
      base = other == "peer" ? $4 : $5
      if (base == 0) exit
      printf "| %s, %s | %.2f of %s | %.2f | %.2f | %s |\n", work,
             threads == 1 ? "1 thread" : threads " threads", $3 / base,
             other == "peer" ? "libpmemblk" : "the floor", bar, ($6 > 0 ? $6 : $5) / base,
             ($3 / base >= bar ? "met" : "**missed**")}' "$contests"
}
together_bar() {
  awk -F, -v bar="$1" '
    $1 == "durable write 4 KiB" && $2 == 16 {engine = $3; floor = $5}
    $1 == "one writer" {
      printf "| durable write 4 KiB, 16 threads | %.2f of one writer | %.2f | %.2f | %s |\n",
             engine / $3, bar, floor / $5, (engine / $3 >= bar ? "met" : "**missed**")}' "$contests"
}
engine_bars() {
  echo "| bar | measured | wanted | limit | |"
  echo "|---|---:|---:|---:|---|"
  local size
  for size in "512 B" "4 KiB"; do
    engine_bar "random write $size" 1 peer 1.4
    engine_bar "random write $size" 1 floor 0.8
    engine_bar "random write $size" 2 peer 1.7
    engine_bar "random read $size" 1 peer "$([[ $size == 512* ]] && echo 1.3 || echo 1.1)"
    engine_bar "random read $size" 2 peer "$([[ $size == 512* ]] && echo 1.3 || echo 1.1)"
  done
  engine_bar "sequential write 256 KiB" 1 peer 2.5
  engine_bar "sequential write 256 KiB" 1 floor 0.7
  engine_bar "sequential read 256 KiB" 1 peer 2.5
  engine_bar "sequential read 256 KiB" 1 floor 0.8
  engine_bar "durable write 4 KiB" 1 floor 0.9
  engine_bar "durable write 64 x 4 KiB" 1 peer 40
  together_bar 6
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
  bench/sparse_images.sh build/release/cli/ndmedic build/release/bench/make_image
  echo
  echo "| measurement | GB/s | M items/s |"
  echo "|---|---:|---:|"
  awk -F, '{printf "| %s | %s | %s |\n", $1, $2 == "" ? "" : sprintf("%.2f", $2 / 1e9),
                   $3 == "" ? "" : sprintf("%.2f", $3 / 1e6)}' "$lines"
  echo
  echo "## Engine"
  echo
  cat <<EOF
In one run, in turns: the engine, libpmemblk and the machine's floor, all on files made alike. On
memory ($memory_folder taken for persistent memory) the floor is the stores and three fences of a
write, or the copy of the same places; the limit is the floor with what no BTT can do without: a
map word is read first, and says where a sector lies. On a disk the floor is stores of the same
sizes with three fdatasync, for 16 writers those of all of them together, by one thread.
Operations a second; a call of several sectors is one on memory, and as many as it has sectors on
a disk.

EOF
  contest bench_btt "$memory_folder" 5
  echo
  contest bench_disk "$disk_folder" 25
  echo
  engine_bars
  echo
  cat bench/limits.md
  echo
  bench/instructions.sh build/release/bench/bench_count || true
} >bench/RESULTS.md
cat bench/RESULTS.md
