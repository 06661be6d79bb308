#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Lays out the named sources, or all, with clang-format 14 (scripts/setup.sh clang installs it).
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ $# -eq 0 ]]; then
  mapfile -t files < <(git ls-files '*.h' '*.cpp')
  set -- "${files[@]}"
fi
exec clang-format-14 -i --style=file "$@"
