#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Lines of the library that the tests reach, by folder and file, from the preset `coverage`.
set -euo pipefail
cd "$(dirname "$0")/.."

cmake --preset coverage >/dev/null
cmake --build --preset coverage -- --quiet
find build/coverage -name '*.gcda' -delete
ctest --preset coverage -LE release --output-on-failure >build/coverage/last-test.log ||
  tail -n 20 build/coverage/last-test.log

# gcov reports a header once for each source that includes it: the best report counts.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$PWD
cd "$scratch"
find "$root/build/coverage" -name '*.gcda' -exec gcov -n -r -s "$root" {} + 2>/dev/null |
  awk -F"[':% ]+" '
    /^File / {file = $2; sub(/^build\/coverage\/include\/ndmedic\//, "", file)}
    /^Lines executed/ && file ~ /^(format|media|labels|btt|image|fsck|cli)\/[^\/]+$/ {
      if (!(file in lines) || $3 > best[file]) {best[file] = $3; lines[file] = $5}
      file = ""
    }
    END {
      for (f in lines) {
        split(f, part, "/")
        printf "%6.1f %% of %5d  %s\n", best[f], lines[f], f
        all[part[1]] += lines[f]; hit[part[1]] += lines[f] * best[f] / 100
      }
      for (folder in all)
        printf "%6.1f %% of %5d  %s/\n", 100 * hit[folder] / all[folder], all[folder], folder
    }' | sort -k5
