#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds and runs all tests: the tree `asan` for all but a few, `release` for those few, `tsan` for
# the one on threads. Each stage prints its budget and fails when it takes longer (docs/TESTING.md).
# NDMEDIC_BUDGET_SCALE=3 multiplies the budgets on a slow or busy machine. The last line is
# "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")"

scale=${NDMEDIC_BUDGET_SCALE:-1}
passed=0
failed=0
over_budget=()

# stage NAME MINUTES COMMAND...: runs the command, returns its status, notes a budget overrun.
stage() {
  local name=$1 budget=$(($2 * 60 * scale)) began=$SECONDS status=0
  shift 2
  printf '== %s (budget %d s)\n' "$name" "$budget"
  "$@" || status=$?
  local took=$((SECONDS - began))
  printf '== %s: %d s of %d s\n' "$name" "$took" "$budget"
  ((took <= budget)) || over_budget+=("$name")
  return "$status"
}

build() {
  local preset
  for preset in asan release tsan; do
    [[ -f build/$preset/build.ninja ]] || cmake --preset "$preset" >/dev/null || return
  done
  cmake --build --preset asan -- --quiet || return
  cmake --build --preset release --target release_programs -- --quiet || return
  cmake --build --preset tsan --target test_threads -- --quiet
}

# run_tests PRESET CTEST-ARGUMENT...: adds CTest's counts to the totals.
run_tests() {
  local preset=$1 log status=0
  shift
  log=build/$preset/last-test.log
  ctest --preset "$preset" --no-tests=error -j "$(nproc)" "$@" 2>&1 | tee "$log" || status=$?
  local line
  line=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests failed out of [0-9]+' "$log" || true)
  if [[ $line =~ ([0-9]+)\ tests\ failed\ out\ of\ ([0-9]+) ]]; then
    failed=$((failed + BASH_REMATCH[1]))
    passed=$((passed + BASH_REMATCH[2] - BASH_REMATCH[1]))
  else
    failed=$((failed + 1))
  fi
  return "$status"
}

# The guest is made of packages that are downloaded once. Where they, or QEMU, are not to be had,
# the reason is printed and nothing is run.
kernel_tests() {
  local made=0
  tests/kernel/build_guest.sh >/dev/null || made=$?
  if ((made == 77)); then return 0; fi
  run_tests release -L kernel
}

status=0
scripts/setup.sh build
scripts/setup.sh kernel || true
scripts/setup.sh interop || true
stage "builds" 9 build || { echo "0 passed, 1 failed"; exit 1; }
stage "unit tests and corpora" 5 run_tests asan -LE 'release|fuzz|kernel' || status=1
if [[ -f fuzz/CMakeLists.txt ]]; then
  stage "fuzz replay" 2 run_tests asan -L fuzz || status=1
fi
stage "release" 2 run_tests release -L release || status=1
stage "threads" 1 run_tests tsan -R '^laboratory\.threads$' || status=1
stage "laboratory" 3 run_tests release -L laboratory || status=1
stage "kernel" 3 kernel_tests || status=1

for name in "${over_budget[@]}"; do
  echo "over its budget: $name"
  failed=$((failed + 1))
  status=1
done
echo "$passed passed, $failed failed"
exit "$status"
