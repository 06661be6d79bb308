// SPDX-License-Identifier: BSD-3-Clause
// Making a libpmemblk pool of one file: header, descriptor, and the BTT behind them (btt.md 7).
#pragma once

#include <cstdint>

#include <ndmedic/btt/layout.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// What a new pool shall be.
struct PoolFormat {
  Guid uuid{};          ///< of this part
  Guid poolset_uuid{};  ///< also parent_uuid of the BTT
  Guid btt_uuid{};
  std::uint32_t bsize = 512;  ///< bytes of a sector
  std::uint32_t nfree = 256;
  std::uint64_t crtime = 0;  ///< seconds since 1970
};

/// The BTT of such a pool.
FormatPlan plan_of(const PoolFormat& format);

/// The header that PMDK 1.12 writes on x86-64 for a pool of one file, sealed (7.2).
PoolHeader pool_header_of(const PoolFormat& format);

/// Descriptor, a fence, header, a fence: the last step of making a pool. `zeroed` tells libpmemblk
/// that the file was zero from end to end before. Bytes 4104..8191 are left alone. Errors: those
/// of Media.
Status write_pool_start(Media& pool, const PoolFormat& format, bool zeroed);

/// The BTT as format_btt() writes it, then the start: an interrupted format has no valid header.
/// The pool counts as zeroed when `pool` is known to be, without reading. Errors: as format_btt().
Status format_pool(Media& pool, const PoolFormat& format, const LayoutStage& stage = {});

}  // namespace ndmedic
