#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# bench/show_1tib.sh NDMEDIC MAKE_IMAGE: time and memory of `show` on a sparse DIMM image of 1 TiB
# with labels and a fresh BTT of two arenas, on the two arenas that Linux wrote, and on a blank
# image of 1 TiB, as rows for bench/RESULTS.md. Best of five runs.
set -euo pipefail
ndmedic=$(realpath "$1")
make_image=$(realpath "$2")
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if ! command -v /usr/bin/time >/dev/null; then
  echo "show_1tib: install the package time" >&2
  exit 1
fi

tar --zstd -C "$scratch" -xf corpora/real/two-arenas-512g/v12-two-arenas-512g.img.tar.zst
image=$scratch/v12-two-arenas-512g.img
labelled=$scratch/labelled.img
"$make_image" "$labelled" "dimm 1T label-size 128K version 1.2 slot 0" \
  "namespace sector 4096 size 1T name big"
blank=$scratch/blank.img
truncate -s 1T "$blank"

verdict() { if (($1 < $2)); then echo met; else echo "**missed**"; fi; }

# rows TEXT FILE
rows() {
  local began took_ms kib best_ms=1000000 most_kib=0 status
  for _ in 1 2 3 4 5; do
    status=0
    began=$(date +%s%N)
    /usr/bin/time -q -f %M -o "$scratch/rss" "$ndmedic" show "$2" >"$scratch/out" 2>&1 || status=$?
    took_ms=$((($(date +%s%N) - began) / 1000000))
    if ((status != 0 && status != 4)); then
      cat "$scratch/out" >&2
      return 1
    fi
    kib=$(<"$scratch/rss")
    if ((took_ms < best_ms)); then best_ms=$took_ms; fi
    if ((kib > most_kib)); then most_kib=$kib; fi
  done
  echo "| \`show\` of $1 | $best_ms ms | 100 ms | $(verdict "$best_ms" 100) |"
  local mib=$((most_kib / 1024))
  echo "| the same, resident | $mib MiB | 64 MiB | $(verdict "$mib" 64) |"
}
rows "a sparse image of 1 TiB with labels and a fresh BTT of two arenas" "$labelled"
rows "a sparse image of 512 GiB and more, with a BTT of two arenas" "$image"
rows "a blank sparse image of 1 TiB" "$blank"
