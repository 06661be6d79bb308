// SPDX-License-Identifier: BSD-3-Clause
// Making a BTT: where its structures go, what they say, and the order in which they are written so
// that an interrupted format is never taken for a BTT (btt.md 2.6, 3.1).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include <ndmedic/btt/arena.h>
#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/btt_geometry.h>
#include <ndmedic/format/btt_info.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// What a new BTT shall be. The version is that of a namespace; a pool has 1.1 (2.1).
struct FormatPlan {
  Guid uuid{};         ///< identity of the BTT, a new one for each format
  Guid parent_uuid{};  ///< of the namespace or poolset; null: a namespace without labels (IB-4)
  BttContainer container = BttContainer::ns;
  BttVersion version = btt_version_2_0;
  std::uint32_t external_lbasize = 4096;  ///< bytes of a sector, metadata bytes included
  std::uint32_t nfree = 256;              ///< Linux attaches nothing below 256 (2.8)
  GeometryRule rule = GeometryRule::kernel;
};

/// Where arena 0 begins: 0 (2.0), 4096 (1.1), 8192 in a pool (2.1).
NamespaceOffset initial_offset(BttContainer container, BttVersion version);

/// Sector sizes that Linux formats: 512, 520, 528, 4096, 4104, 4160, 4224 (2.2).
bool is_kernel_sector_size(std::uint32_t external_lbasize);

/// The arenas of a BTT in `size` bytes of namespace or pool (2.6.1, 2.6.2). Pure. Errors: invalid
/// (what = "size of the BTT", "sector size", "number of lanes", "version"), too_large (more than
/// arenas_listed_max arenas).
Result<std::vector<Arena>> lay_out(std::uint64_t size, const FormatPlan& plan);

/// The info block of an arena, sealed. Both copies are these bytes.
InfoBlock info_block_of(const Arena& arena);

/// The flog group of a lane that was never written: seq 1 in slot A, old = new = the lane's spare
/// block, with Z in a pool (2.5.4).
FlogGroup pristine_group(const Arena& arena, Lane lane, BttContainer container);

/// Told before stores: "arena0/map", "old info", ... Names of what follows, for plans.
using LayoutStage = std::function<void(std::string_view)>;

/// Writes `arenas` to `ns`, which may hold anything. In this order, a fence after each:
/// 1. where there are any, info blocks (BTT, PFN, DAX) at every place where a BTT of this size, of
///    any version, could have one, are zeroed;
/// 2. maps (ranges known to be zero are left alone) and flogs of all arenas, and zeros over what
///    lies before the first arena;
/// 3. from the last arena to the first: its backup, then its primary info block.
/// So at every instant, and after power loss at any, either the old structures are whole or no
/// info block is believed before all that it vouches for is durable: maps, flogs, the arenas
/// behind it and, for a primary, its backup. Memory: 1 MiB. Errors: those of Media; absent ranges
/// are refused.
Status write_layout(Media& ns, std::span<const Arena> arenas, BttContainer container,
                    const LayoutStage& stage = {});

/// lay_out() and write_layout(). A sector size that Linux does not format needs the rule of
/// libpmemblk or a pool; invalid otherwise.
Status format_btt(Media& ns, const FormatPlan& plan, const LayoutStage& stage = {});

}  // namespace ndmedic
