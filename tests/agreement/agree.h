// SPDX-License-Identifier: BSD-3-Clause
// Compares the library with the second reader (tests/spec_reader) on one input: same values of
// fields, same rules violated, same current index, same failures of slots, same flog layout, same
// case of each lane. Where the two differ on purpose, known_differences() says so and why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/nfit_read.h>
#include <ndmedic/media/media.h>

namespace agreement {

/// A sentence for each disagreement; empty when both agree.
using Differences = std::vector<std::string>;
using Bytes = std::span<const std::byte>;

/// One index block of an area, by the geometry of today for `slot_size`.
Differences compare_index(Bytes area, unsigned number, std::uint32_t slot_size);

/// One slot's bytes (128 or 256 of them), in an area whose index says `major`.
Differences compare_label(Bytes label, std::uint32_t slot, std::uint16_t major);

/// A whole label area: current index, version, slots in use and what fails in them.
Differences compare_area(const ndmedic::Media& area);

/// An info block of 4096 bytes; `available` from its arena's start to the container's end.
Differences compare_info(Bytes block, std::uint64_t available);

/// All arenas of a BTT whose arena 0 begins at `initial_offset`: copies, layouts, lanes.
Differences compare_btt(const ndmedic::Media& ns, std::uint64_t initial_offset);

Differences compare_flog_layout(std::span<const ndmedic::FlogGroup> groups);
Differences compare_sequence(std::uint32_t seq_a, std::uint32_t seq_b);

/// The state and the block of a map entry.
Differences compare_map_word(std::uint32_t word, std::uint32_t premap);

/// A PFN or DAX info block, a pool header: 4096 bytes each.
Differences compare_pfn(Bytes block, std::uint64_t namespace_size);
Differences compare_pool(Bytes header);

/// Header, structures, regions, interleaves and cookies of an NFIT.
Differences compare_nfit(Bytes table, ndmedic::NfitForm form);

/// Which of the readers finds more.
enum class Side : std::uint8_t { library, second_reader };

/// One rule that the readers judge differently on purpose.
struct KnownDifference {
  std::string_view structure;  ///< as the comparison names it: "index_block", "label", "lane"
  std::string_view rule;
  Side finds;                        ///< who may report the rule while the other does not
  bool (*applies)(Bytes structure);  ///< when; nullptr: always
  std::string_view reason;
};
std::span<const KnownDifference> known_differences();
/// How often each row was needed so far, row by row: one that never is has no business there.
std::span<const std::uint64_t> known_difference_uses();

/// True when the table allows that only `side` reports `rule`.
bool is_known(std::string_view structure, std::string_view rule, Side side, Bytes bytes);

}  // namespace agreement
