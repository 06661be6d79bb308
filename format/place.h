// SPDX-License-Identifier: BSD-3-Clause
// PLACE: where something lies, in the words of the formats. One parser and printer serve dump,
// findings, plans, recipes and fuzz:
//   [dN/] labels/index0 | labels/index1 | labels/slot/K
//       | ns/SEL/info | ns/SEL/backup
//       | ns/SEL/arenaN/ (info | backup | flog/LANE[.A|.B] | map/FIRST[..LAST] | block/N)
//       | pool/header | pool/desc | nfit/K | @OFFSET+LEN
//   each but @ with an optional .field; SEL is the index of a namespace or its uuid.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <ndmedic/format/guid.h>
#include <ndmedic/format/result.h>

namespace ndmedic {

enum class PlaceKind : std::uint8_t {
  device,      // the whole device (only in findings; prints as "d0" or "image")
  range,       // @OFFSET+LEN, of the device
  labels,      // the label area as a whole
  index,       // labels/index<first>
  slot,        // labels/slot/<first>[..<last> in findings]
  ns,          // ns/SEL
  ns_info,     // ns/SEL/info: the info block of the personality (BTT, PFN, DAX)
  ns_backup,   // ns/SEL/backup: the last arena's backup info block
  arena,       // ns/SEL/arenaN
  info,        // .../info
  backup,      // .../backup
  flog,        // .../flog/LANE: the group of a lane
  flog_entry,  // .../flog/LANE.A or .B
  map,         // .../map/FIRST..LAST
  block,       // .../block/N: a block of the data area
  pool_header,
  pool_desc,
  nfit,  // nfit/K: K-th structure; the table header is nfit/header
};

using NamespaceSelector = std::variant<std::uint32_t, Guid>;

/// A parsed PLACE. `first` and `last` are inclusive and mean, by kind: block number, slot, lane,
/// map entry; for a range, offset and length.
struct Place {
  PlaceKind kind = PlaceKind::device;
  std::optional<std::uint32_t> device;
  NamespaceSelector ns = std::uint32_t{0};
  std::uint32_t arena = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  bool entry_b = false;  ///< flog_entry: false A, true B
  bool nfit_header = false;
  std::string field{};  ///< empty: the whole structure

  friend bool operator==(const Place&, const Place&) = default;
};

/// Parses `text`; an Error (Errc::invalid) has the offending characters as `where` and, in `what`,
/// what was expected there.
Result<Place> parse_place(std::string_view text);

/// The text that parse_place() reads back as an equal Place (kinds device, labels, ns and arena
/// print too, but name no bytes).
std::string to_string(const Place& place);

}  // namespace ndmedic
