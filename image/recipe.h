// SPDX-License-Identifier: BSD-3-Clause
// Recipes: media described by a few lines of text, for tests, fuzz and demonstrations of damage.
// One statement a line; # begins a comment. First base lines, which make devices and fill them
// with intact structures, then changes. Numbers are decimal or 0x, with K, M, G, T for powers of
// 1024. PLACE is that of format/place.h. Everything in [] may be left out, in any order.
//
// Base: each but `namespace` and `region` makes one device (`dimm` with ways: several).
//   dimm SIZE [label-size N] [version 1.1|1.2] [slot N] [ways N] [interleave N] [generation 1|2|3]
//             [tail64] [blank]
//                     data of SIZE bytes, then a label area as Linux initialises it (tail64: as
//                     ndctl does; blank: all zero). slot: QEMU's, it gives the serial number. ways:
//                     one interleave set of N such DIMMs, in turns of `interleave` bytes
//   lsa SIZE [version 2.1|1.2|1.1] [serial N] [tail64] [blank]
//                     the label area of a CXL device, without its memory
//   bare SIZE [fsdax|devdax] [uuid U] [parent U] [align N]
//                     a device without labels, raw or with a PFN or DAX info block
//   arena SIZE [sector N] [nfree N] [version 2.0|1.1] [uuid U] [parent U]
//                     a device without labels that is a BTT (1.1: from byte 4096 on)
//   pool SIZE [block N] [nfree N] [uuid U] [poolset U] [virgin]
//                     a libpmemblk pool file (virgin: never written, hence without a BTT)
//   nfit [qemu N SIZE] [no-header]
//                     the table that describes the DIMMs made so far, or N of QEMU's of SIZE bytes
//   namespace [sector N|fsdax|devdax|raw] size N [name TEXT] [uuid U] [info-uuid U] [dpa N]
//             [nfree N] [align N] [empty]
//                     on the DIMMs or CXL device of the last line that made some: a label and the
//                     UPDATING copy before it, and (not: empty, CXL) the info block or BTT in the
//                     data. uuids count up from 00000000-0000-4000-8000-000000000001
//   region size N [uuid U] [dpa N] [hpa N] [nlabel N] [position N] [granularity N]
//                     a CXL 2.1 region label
//
// Changes
//   set PLACE[.FIELD] = VALUE  a number, "text", uuid, or another PLACE[.FIELD] of equal size. On a
//                              map range, each entry
//   bytes PLACE = HEX...       from the first byte of PLACE on
//   zero PLACE
//   mark PLACE used|free [index0|index1]    the bit of a labels/slot/K, in both blocks or in one
//   write LBA [ns N] [lane N] [fill N] [half|pending]
//                              a sector through a lane; half: the power fails in the middle of the
//                              flog entry, pending: before the map entry
//   seal                       recompute the checksum of every structure that is not all 0x00 or
//                              all 0xFF. Done at the end by itself, unless there is
//   unsealed                   anywhere: no seal at the end
//   cut [dN] SIZE, grow [dN] SIZE    the device's new size, after everything else
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <ndmedic/format/result.h>
#include <ndmedic/image/place_map.h>
#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/view.h>

namespace ndmedic {

/// What a recipe made. `devices` are what IMAGE arguments would be, in the order of their lines;
/// `places` refers to them and to `views`. A namespace or label area that a cut took away has no
/// media in `places`; one that was cut in part is shorter.
struct RecipeMedia {
  std::vector<std::unique_ptr<SparseMedia>> devices{};
  std::vector<std::unique_ptr<View>> views{};
  PlaceMap places{};
};

inline constexpr std::size_t recipe_text_max = std::size_t{1} << 20;  ///< bytes of a recipe
inline constexpr std::size_t recipe_devices_max = 64;
inline constexpr std::uint64_t recipe_bytes_max = std::uint64_t{1} << 24;  ///< one set or zero

/// Makes the media that `recipe` describes, always the same for the same text. Errors have the
/// line (from 1) as where.offset, and in `what` what is wrong with it; nothing is thrown.
/// Memory grows with what is written, not with the sizes of devices.
Result<RecipeMedia> make_media(std::string_view recipe);

}  // namespace ndmedic
