// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/btt/pool_layout.h>

#include <ndmedic/format/codec.h>

namespace ndmedic {
namespace {

Result<bool> is_known_zero(const Media& media) {
  bool zero = true;
  NDMEDIC_CHECK(for_each_run(media, {0, media.size()}, [&](const ExtentRun& run) {
    zero = run.kind == ExtentKind::zero;
    return zero;
  }));
  return zero;
}

template <class T>
Status store(Media& media, std::uint64_t offset, const T& structure) {
  NDMEDIC_CHECK(media.write(offset, bytes_of(structure)));
  NDMEDIC_CHECK(media.flush({offset, sizeof structure}));
  return media.fence();
}

}  // namespace

FormatPlan plan_of(const PoolFormat& format) {
  FormatPlan plan;
  plan.uuid = format.btt_uuid;
  plan.parent_uuid = format.poolset_uuid;
  plan.container = BttContainer::pool;
  plan.external_lbasize = format.bsize;
  plan.nfree = format.nfree;
  plan.rule = GeometryRule::pmemblk;
  return plan;
}

PoolHeader pool_header_of(const PoolFormat& format) {
  PoolHeader header{};
  header.sig = pool_signature;
  header.major = 1;
  header.compat = pool_features::check_bad_blocks;
  header.incompat = pool_features::cksum_2k | pool_features::sds;
  header.poolset_uuid = format.poolset_uuid;
  header.uuid = format.uuid;
  header.prev_part_uuid = format.uuid;
  header.next_part_uuid = format.uuid;
  header.prev_repl_uuid = format.uuid;
  header.next_repl_uuid = format.uuid;
  header.crtime = format.crtime;
  header.alignment_desc = 0x000007F737777310;
  header.machine_class = 2;
  header.data = 1;
  header.machine = 62;
  header.checksum = checksum_of(header);
  return header;
}

Status write_pool_start(Media& pool, const PoolFormat& format, bool zeroed) {
  BlkDescriptor descriptor{};
  descriptor.bsize = format.bsize;
  descriptor.is_zeroed = zeroed ? 1 : 0;
  NDMEDIC_CHECK(store(pool, blk_descriptor_offset, descriptor));
  return store(pool, 0, pool_header_of(format));
}

Status format_pool(Media& pool, const PoolFormat& format, const LayoutStage& stage) {
  NDMEDIC_TRY(const bool zeroed, is_known_zero(pool));
  NDMEDIC_CHECK(format_btt(pool, plan_of(format), stage));
  if (stage) stage("pool");
  return write_pool_start(pool, format, zeroed);
}

}  // namespace ndmedic
