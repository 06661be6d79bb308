// SPDX-License-Identifier: BSD-3-Clause
// Header, descriptor and BTT of a fresh pool of one file.
#include <ndmedic/image/build_pool.h>

#include <ndmedic/format/checked.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/image/build_btt.h>
#include <ndmedic/media/view.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t page = 4096;

PoolHeader pool_header(const PoolPlan& plan) {
  PoolHeader header{};
  header.sig = pool_signature;
  header.major = 1;
  header.compat = pool_features::check_bad_blocks;
  header.incompat = pool_features::cksum_2k | pool_features::sds;
  header.poolset_uuid = plan.poolset_uuid;
  header.uuid = plan.uuid;
  header.prev_part_uuid = plan.uuid;
  header.next_part_uuid = plan.uuid;
  header.prev_repl_uuid = plan.uuid;
  header.next_repl_uuid = plan.uuid;
  header.alignment_desc = 0x000007F737777310;
  header.machine_class = 2;
  header.data = 1;
  header.machine = 62;
  header.checksum = checksum_of(header);
  return header;
}

}  // namespace

Result<std::vector<ArenaPlaces>> build_pool(Media& media, const PoolPlan& plan) {
  BlkDescriptor descriptor{};
  descriptor.bsize = plan.bsize;
  descriptor.is_zeroed = 1;
  NDMEDIC_CHECK(media.write(0, bytes_of(pool_header(plan))));
  NDMEDIC_CHECK(media.write(blk_descriptor_offset, bytes_of(descriptor)));
  if (plan.virgin) return std::vector<ArenaPlaces>{};

  // libpmemblk rounds the file down to pages before it lays the BTT out (btt.md 2.6.2).
  NDMEDIC_TRY(const auto pages, View::slice(media, 0, round_down(media.size(), page)));
  BttPlan btt;
  btt.uuid = plan.btt_uuid;
  btt.parent_uuid = plan.poolset_uuid;
  btt.major = 1;
  btt.minor = 1;
  btt.external_lbasize = plan.bsize;
  btt.nfree = plan.nfree;
  btt.rule = GeometryRule::pmemblk;
  btt.encoding = FlogEncoding::flagged;
  return build_btt(*pages, pool_btt_offset, btt);
}

}  // namespace ndmedic
