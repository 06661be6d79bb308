// SPDX-License-Identifier: BSD-3-Clause
// States as words: names for JSON, which never change, and texts for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <ndmedic/btt/arena_chain.h>
#include <ndmedic/btt/lane_state.h>
#include <ndmedic/image/evidence.h>
#include <ndmedic/image/image.h>

namespace ndmedic::cli {

/// "valid", "unfit", "invalid", "blank", "absent", "bad", "nowhere".
std::string_view copy_state_name(CopyState state);

/// "interrupted", "bad LBA", ...
std::string_view lane_state_text(LaneState state);

/// "entries as Linux writes them", ...
std::string_view flog_encoding_text(FlogEncoding encoding);

/// "index_valid", ...: the enumerator.
std::string_view clue_name(Clue clue);

/// "dimm", "label_area", "bare", "pool", "nfit".
std::string_view device_kind_name(DeviceKind kind);

/// "1 way", "2 ways".
std::string count_text(std::uint64_t count, std::string_view singular);

/// Pristine, complete, superseded by a later write, or never used, and not torn: how lanes lie
/// after any clean use.
bool is_ordinary(const LaneReading& lane);

}  // namespace ndmedic::cli
