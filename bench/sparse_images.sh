#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# bench/sparse_images.sh NDMEDIC MAKE_IMAGE: time and memory of whole commands on sparse images, as
# rows for bench/RESULTS.md: `show` of a DIMM image of 1 TiB with labels and a fresh BTT of two
# arenas, of the two arenas that Linux wrote, and of a blank image; `create btt`; attaching an arena
# of 512 GiB to read or write a sector. Best time and most memory of five runs.
set -euo pipefail
ndmedic=$(realpath "$1")
make_image=$(realpath "$2")
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if ! command -v /usr/bin/time >/dev/null; then
  echo "sparse_images: install the package time" >&2
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

# rows TEXT MS MIB COMMAND...: the most that the bar allows.
rows() {
  local text=$1 bar_ms=$2 bar_mib=$3 began took_ms kib best_ms=1000000 most_kib=0 status
  shift 3
  for _ in 1 2 3 4 5; do
    status=0
    began=$(date +%s%N)
    /usr/bin/time -q -f %M -o "$scratch/rss" "$@" >"$scratch/out" 2>&1 || status=$?
    took_ms=$((($(date +%s%N) - began) / 1000000))
    if ((status != 0 && status != 4)); then
      cat "$scratch/out" >&2
      return 1
    fi
    kib=$(<"$scratch/rss")
    if ((took_ms < best_ms)); then best_ms=$took_ms; fi
    if ((kib > most_kib)); then most_kib=$kib; fi
  done
  echo "| $text | $best_ms ms | $bar_ms ms | $(verdict "$best_ms" "$bar_ms") |"
  local mib=$(((most_kib + 1023) / 1024))
  echo "| the same, resident | $mib MiB | $bar_mib MiB | $(verdict "$mib" "$bar_mib") |"
}
show="\`show\` of a"
rows "$show sparse image of 1 TiB with labels and a fresh BTT of two arenas" 100 64 \
  "$ndmedic" show "$labelled"
rows "$show sparse image of 512 GiB and more, with a BTT of two arenas" 100 64 \
  "$ndmedic" show "$image"
rows "$show blank sparse image of 1 TiB" 100 64 "$ndmedic" show "$blank"

rows "\`create btt\` of a sparse image of 1 TiB" 1000 32 \
  sh -c 'rm -f "$2" && exec "$1" create btt --size 1T "$2"' - "$ndmedic" "$scratch/created.img"
arena=$scratch/arena.img
"$ndmedic" create btt --size 512G "$arena" >"$scratch/out"
head -c 4096 /dev/zero >"$scratch/sector"
rows "attaching a sparse arena of 512 GiB, one sector read" 20 32 \
  "$ndmedic" read --lba 0 "$arena"
rows "attaching it for writing, one sector written durably" 20 32 \
  "$ndmedic" write --lba 0 -i "$scratch/sector" "$arena"
