// SPDX-License-Identifier: BSD-3-Clause
// The siblings of a BTT as read from media: PFN and DAX info blocks, libpmemblk pools and
// poolsets, NFITs (btt.md 6 and 7, labels.md 5.7).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ndmedic/format/finding.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/format/nfit_join.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/labels/label_set.h>
#include <ndmedic/media/media.h>
#include <ndmedic/media/open_file.h>

namespace ndmedic {

/// A PFN or DAX info block. `offset` is relative to the namespace, sizes in bytes.
struct PfnReading {
  std::uint64_t offset = 4096;
  PfnInfo block{};
  PfnViolations violations{};
  PfnKind kind = PfnKind::fsdax;
  bool usable = false;            ///< no required rule fails
  std::uint64_t data_offset = 0;  ///< start_pad + dataoff, where the block is usable
  std::uint64_t data_size = 0;    ///< bytes a user sees
};

/// One part of a poolset; a pool of one file has one.
struct PoolPart {
  std::string path;
  std::uint64_t size = 0;  ///< bytes, by the poolset file
  bool present = true;
};

struct PoolReading {
  PoolHeader header{};
  PoolHeaderViolations violations{};
  BlkDescriptor descriptor{};
  std::vector<PoolPart> parts{};
  std::vector<std::unique_ptr<Media>> part_media{};  ///< owned; the pool's view refers to them
  bool readable = false;                             ///< header and descriptor could be read
};

/// One device's share of an interleaved region.
struct RegionShare {
  std::optional<std::uint32_t> device;  ///< none: not presented
  std::uint64_t dpa_start = 0;
  std::uint64_t size = 0;
  std::uint64_t region_offset = 0;
  std::vector<std::uint32_t> line_offsets{};
};

/// How the bytes of a region are spread; line_size 0: the NFIT does not say.
struct RegionInterleave {
  std::uint64_t spa_base = 0;
  std::uint32_t line_size = 0;
  std::uint32_t ways = 1;
  std::vector<RegionShare> shares{};
};

/// An NFIT, read. `interleaves` goes with `regions`, entry by entry.
struct NfitReading {
  std::uint64_t size = 0;
  bool with_header = true;  ///< a table, not the buffer of a _FIT method
  std::uint32_t structures = 0;
  std::vector<std::uint32_t> handles{};  ///< of the devices, ascending: n-th image = n-th handle
  std::vector<RegionDescription> regions{};
  std::vector<RegionInterleave> interleaves{};
};

/// Reads the block at 4096 of `ns` as PFN or DAX. None when neither signature stands there.
/// `ns_uuid`: for the parent test, or none. Findings carry `place` (a namespace).
Result<std::optional<PfnReading>> read_pfn(const Media& ns, std::optional<Guid> ns_uuid,
                                           const Place& place, FindingSink& findings);

/// Reads header and descriptor of the pool that `pool` is: a file, or the parts of a poolset.
Result<PoolReading> read_pool(const Media& pool, std::uint32_t device, FindingSink& findings);

/// A poolset file opened: the parts as files, and the pool they make up (btt.md 7.4).
struct Poolset {
  std::vector<PoolPart> parts{};
  std::vector<std::unique_ptr<Media>> part_media{};
  std::unique_ptr<Media> pool{};
};

/// Parses a poolset file of at most 1 MiB and opens its parts for reading, or, with `write`, for
/// writing. One that cannot be read is absent in the pool and told. Errors: invalid (where.offset
/// is the line), too_large, and with `write` those of opening a part that is there.
Result<Poolset> open_poolset(const Media& text, std::uint32_t device, FindingSink& findings,
                             const std::optional<WriteOptions>& write = {});

/// Reads an NFIT of at most 16 MiB. `devices` is the number of images to match with its handles,
/// 0 when the NFIT is looked at alone.
Result<NfitReading> read_nfit(const Media& nfit, bool with_header, std::uint32_t devices,
                              const Place& place, FindingSink& findings);

}  // namespace ndmedic
