// SPDX-License-Identifier: BSD-3-Clause
// An info block at 4096; the page map behind it is left as it is, as nobody reads it offline.
#include <ndmedic/image/build_pfn.h>

#include <ndmedic/format/codec.h>

namespace ndmedic {

Status build_pfn(Media& media, const PfnPlan& plan) {
  PfnRequest request;
  request.namespace_size = media.size();
  request.align = plan.align;
  request.writer = PfnWriter::kernel;
  const auto layout = pfn_layout(request);
  if (!layout || plan.align > UINT32_MAX) return Error{Errc::invalid, {}, "size of the namespace"};

  PfnInfo info{};
  info.sig = plan.kind == PfnKind::fsdax ? pfn_signature : dax_signature;
  info.uuid = plan.uuid;
  info.parent_uuid = plan.parent_uuid;
  info.major = 1;
  info.minor = 4;
  info.dataoff = layout->dataoff;
  info.npfns = layout->npfns;
  info.mode = request.mode;
  info.start_pad = layout->start_pad;
  info.end_trunc = layout->end_trunc;
  info.align = static_cast<std::uint32_t>(plan.align);
  info.page_size = request.page_size;
  info.page_struct_size = 64;
  info.checksum = checksum_of(info);
  return media.write(pfn_info_offset, bytes_of(info));
}

}  // namespace ndmedic
