// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/pfn_format.h>

#include <algorithm>
#include <array>
#include <span>

#include <ndmedic/format/codec.h>

namespace ndmedic {
namespace {

Status write_durably(Media& media, std::uint64_t offset, std::span<const std::byte> bytes) {
  NDMEDIC_CHECK(media.write(offset, bytes));
  NDMEDIC_CHECK(media.flush({offset, bytes.size()}));
  return media.fence();
}

/// Zeros, unless they are there: a fresh file stays sparse.
Status destroy_head(Media& media, const PfnStage& stage) {
  std::array<std::byte, pfn_reserved_head> head{};
  NDMEDIC_CHECK(media.read(0, head));
  if (std::ranges::all_of(head, [](std::byte byte) { return byte == std::byte{0}; })) return {};
  if (stage) stage("old info");
  head.fill(std::byte{0});
  return write_durably(media, 0, head);
}

}  // namespace

Status format_pfn(Media& media, const PfnPlan& plan, const PfnStage& stage) {
  PfnRequest request = plan.request;
  request.namespace_size = media.size();
  NDMEDIC_TRY(const PfnInfo info, make_pfn_info(request, plan.kind, plan.uuid, plan.parent_uuid));
  if (!plan.keep_start) NDMEDIC_CHECK(destroy_head(media, stage));
  if (stage) stage("info");
  return write_durably(media, pfn_info_offset, bytes_of(info));
}

}  // namespace ndmedic
