// SPDX-License-Identifier: BSD-3-Clause
// What a slot is, by the bit of the index and the bytes of the slot (labels.md 4.2, 7.2).
#pragma once

#include <cstdint>
#include <optional>

#include <ndmedic/labels/label_record.h>

namespace ndmedic {

/// Settles the state of a decoded slot (decode_slot()). `in_use` is the bit of the current index,
/// none where no index is valid; `beyond` says that the slot lies behind the index's nslot.
void settle_state(LabelRecord& record, std::optional<bool> in_use, bool beyond);

/// How many tests of SL05 a 1.1 label fails: it has no checksum, so several together are evidence.
unsigned implausible_tests(const LabelRecord& record);

}  // namespace ndmedic
