// SPDX-License-Identifier: BSD-3-Clause
// A platform as an NFIT, and back (labels.md 5.7).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <ndmedic/format/nfit_read.h>
#include <ndmedic/format/platform.h>
#include <ndmedic/format/result.h>

namespace ndmedic {

/// The table for a platform without fault: each SPA range with its mappings, the control region of
/// a DIMM behind the first mapping that needs it, then the lines; at the end DIMMs outside all
/// regions, flush hints and capabilities. For platforms of QEMU byte by byte what QEMU 7.2 gives,
/// with the header in its table and without it in its _FIT buffer.
std::vector<std::byte> write_nfit(const Platform& platform, NfitForm form);

/// The platform that a table describes: DIMMs by their handles, interleaves by their indices. What
/// write_nfit() made comes back as it was, but for that order, for label_size, which no table
/// tells, for a DIMM's size behind its last mapping, and in a buffer for `oem`. Errors: damaged
/// where the table cannot be trusted or contradicts itself, where.offset the structure if it is
/// one.
Result<Platform> read_platform(std::span<const std::byte> bytes, NfitForm form);

}  // namespace ndmedic
