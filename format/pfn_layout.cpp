// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/pfn_layout.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <string_view>

#include <ndmedic/format/checked.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t align_max = std::uint64_t{1} << 31;  // what a field of 32 bits can hold
constexpr std::uint64_t page_min = 4096;
constexpr std::uint64_t page_max = 65536;

bool is_align(std::uint64_t value, std::uint64_t least) {
  return std::has_single_bit(value) && value >= least && value <= align_max;
}

/// The member of the request that cannot be, or nothing.
std::string_view wrong_member(const PfnRequest& request) {
  if (!is_align(request.page_size, page_min) || request.page_size > page_max) return "page size";
  if (request.page_struct_size == 0 ||
      request.page_struct_size > std::numeric_limits<std::uint16_t>::max())
    return "size of a page's descriptor";
  if (!is_align(request.align, request.page_size)) return "alignment";
  if (!is_align(request.compatible_align, request.page_size)) return "alignment of the platform";
  if (request.mode != pfn_mode_ram && request.mode != pfn_mode_pmem) return "mode";
  if (request.writer == PfnWriter::kernel && request.physical_base % request.compatible_align != 0)
    return "physical address";
  return {};
}

}  // namespace

Result<PfnLayout> pfn_layout(const PfnRequest& request) {
  if (const auto wrong = wrong_member(request); !wrong.empty())
    return Error{Errc::invalid, {}, wrong};
  const Error too_small{Errc::invalid, {}, "size of the namespace"};
  const Checked size = request.namespace_size;
  const Checked base = request.physical_base;
  const std::uint64_t page_size = request.page_size;
  const std::uint64_t align = std::max(request.align, request.compatible_align);
  const std::uint64_t head = *Checked(pfn_reserved_head).round_up(page_size).get();

  const auto mappable = (size - head).get();
  const auto end = (base + size).get();
  if (!mappable || !end || request.align > request.namespace_size) return too_small;
  const std::uint64_t end_trunc = *end % align;
  const Checked start_pad =
      request.writer == PfnWriter::ndctl ? base.round_up(align) - base : Checked(0);
  const Checked page_map = request.mode == pfn_mode_pmem
                               ? Checked(*mappable / page_size) * request.page_struct_size
                               : Checked(0);
  const Checked dataoff = (base + head + page_map).round_up(align) - base;
  const auto data = (size - dataoff - end_trunc - start_pad).get();
  if (!data || *data < page_size) return too_small;
  return PfnLayout{.dataoff = *dataoff.get(),
                   .npfns = *data / page_size,
                   .start_pad = static_cast<std::uint32_t>(*start_pad.get()),
                   .end_trunc = static_cast<std::uint32_t>(end_trunc)};
}

Result<PfnInfo> make_pfn_info(const PfnRequest& request, PfnKind kind, const Guid& uuid,
                              const Guid& parent_uuid) {
  NDMEDIC_TRY(const PfnLayout layout, pfn_layout(request));
  PfnInfo info{};
  info.sig = kind == PfnKind::fsdax ? pfn_signature : dax_signature;
  info.uuid = uuid;
  info.parent_uuid = parent_uuid;
  info.major = 1;
  info.minor = 4;
  info.dataoff = layout.dataoff;
  info.npfns = layout.npfns;
  info.mode = request.mode;
  info.start_pad = layout.start_pad;
  info.end_trunc = layout.end_trunc;
  info.align = static_cast<std::uint32_t>(request.align);
  info.page_size = request.page_size;
  info.page_struct_size = static_cast<std::uint16_t>(request.page_struct_size);
  info.checksum = checksum_of(info);
  return info;
}

}  // namespace ndmedic
