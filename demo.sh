#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds the release tree and shows what ndmedic sees in an image that a Linux kernel wrote, whole
# and with a damaged info block.
set -euo pipefail
cd "$(dirname "$0")"

scripts/setup.sh build
[[ -f build/release/build.ninja ]] || cmake --preset release >/dev/null
cmake --build --preset release --target ndmedic -- --quiet
exec scripts/demo_images.sh build/release/cli/ndmedic
