#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The fuzz campaign: every harness of a build with the preset fuzz, one process per core, for the
# given seconds each (60 unless told). Prints a table and keeps, in corpora/fuzz/<harness>, crashing
# inputs (minimised) and the smallest inputs that reach code no seed and no kept input reaches.
#   fuzz/run.sh [SECONDS [HARNESS...]]
# NDMEDIC_FUZZ_BUILD: the build folder (build/fuzz); NDMEDIC_FUZZ_LOGS: logs and found inputs
# (<build folder>/campaign); NDMEDIC_FUZZ_JOBS: processes; NDMEDIC_FUZZ_KEEP: inputs kept of a
# harness, besides crashes (20); NDMEDIC_FUZZ_TIMEOUT: seconds after which an input counts as hung
# (10), more where something else may stop the processes for a while.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift $(($# > 0 ? 1 : 0))
build=${NDMEDIC_FUZZ_BUILD:-build/fuzz}
logs=${NDMEDIC_FUZZ_LOGS:-$build/campaign}
jobs=${NDMEDIC_FUZZ_JOBS:-$(nproc)}
keep=${NDMEDIC_FUZZ_KEEP:-20}
timeout=${NDMEDIC_FUZZ_TIMEOUT:-10}
if (($# > 0)); then harnesses=("$@"); else
  mapfile -t harnesses < <(sed -n 's/^ *ndmedic_fuzzer(\([a-z_]*\).*/\1/p' fuzz/CMakeLists.txt |
    grep -vx canary)
fi
mkdir -p "$logs"
export build logs seconds timeout
export UBSAN_OPTIONS=print_stacktrace=1

# campaign HARNESS: one run of the engine; what it finds goes to $logs/<harness>/.
campaign() {
  local name=$1 found=$logs/$1
  local known=("$build/fuzz/seeds/$name")
  [[ -d corpora/fuzz/$name ]] && known+=("corpora/fuzz/$name")
  mkdir -p "$found" "$logs/crashes/$name"
  "$build/fuzz/$name" -max_total_time="$seconds" -max_len=16384 -rss_limit_mb=512 \
    -timeout="$timeout" -report_slow_units="$timeout" -print_final_stats=1 \
    -artifact_prefix="$logs/crashes/$name/" \
    "$found" "${known[@]}" >"$logs/$name.log" 2>&1 || true
}
export -f campaign

# keep_found HARNESS: crashes, minimised, and what adds coverage, smallest first.
keep_found() {
  local name=$1 kept=corpora/fuzz/$1 input
  for input in "$logs/crashes/$name"/*; do
    [[ -f $input ]] || continue
    mkdir -p "$kept"
    if ! "$build/fuzz/$name" -minimize_crash=1 -runs=20000 -max_total_time=60 \
      -exact_artifact_path="$kept/$(basename "$input")" "$input" >>"$logs/$name.log" 2>&1; then
      [[ -f $kept/$(basename "$input") ]] || cp "$input" "$kept/"
    fi
  done
  rm -rf "$logs/new/$name"
  mkdir -p "$logs/new/$name/merged"
  local known=("$build/fuzz/seeds/$name")
  [[ -d $kept ]] && known+=("$kept")
  "$build/fuzz/$name" -set_cover_merge=1 -max_len=2048 -rss_limit_mb=512 -timeout="$timeout" \
    -artifact_prefix="$logs/new/$name/" \
    "$logs/new/$name/merged" "${known[@]}" "$logs/$name" >"$logs/$name.merge.log" 2>&1 || true
  local count=0
  while read -r input && ((count++ < keep)); do
    [[ -f $logs/$name/$input ]] || continue # a seed
    mkdir -p "$kept"
    cp "$logs/new/$name/merged/$input" "$kept/$input"
  done < <(find "$logs/new/$name/merged" -type f -printf '%s %f\n' | sort -n | cut -d' ' -f2)
}

# row HARNESS: executions, covered edges, inputs found, crashes.
row() {
  local log=$logs/$1.log runs cover crashes
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
  cover=$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' "$log" | tail -1)
  crashes=$(find "$logs/crashes/$1" -type f | wc -l)
  printf '%-12s %12s %8s %8s %8s\n' "$1" "${runs:--}" "${cover:--}" \
    "$(find "$logs/$1" -type f | wc -l)" "$crashes"
}

# The machinery must notice a crash before its silence means anything.
if "$build/fuzz/canary" "$build/fuzz/seeds/canary/1" >"$logs/canary.log" 2>&1; then
  echo "the canary lives: crashes are not noticed" >&2
  exit 1
fi

printf '%s\n' "${harnesses[@]}" | xargs -P "$jobs" -I{} bash -c 'campaign {}'
printf '%-12s %12s %8s %8s %8s\n' harness executions edges inputs crashes | tee "$logs/table.txt"
for name in "${harnesses[@]}"; do
  keep_found "$name"
  row "$name"
done | tee -a "$logs/table.txt"
awk 'NR > 1 && $5 > 0 {found = 1} END {exit found}' "$logs/table.txt"
