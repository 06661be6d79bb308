// SPDX-License-Identifier: BSD-3-Clause
// Meaning and tests of PFN and DAX info blocks (btt.md 6.2, 6.3).

#include <ndmedic/format/pfn_info.h>

#include <bit>

#include <boost/endian/conversion.hpp>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/field_violation.h>
#include <ndmedic/format/fletcher64.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t page = 4096;
constexpr std::uint32_t descriptor_size = 64;

template <RuleId Rule, RuleId Name>
void note(PfnViolations& found, const PfnInfo& info, std::uint64_t expected,
          Expect expect = Expect::equal) {
  add_field_violation<pfn_info_fields, Rule, Name>(found, bytes_of(info), expected, expect);
}

std::uint64_t head_of(const std::array<std::uint8_t, 16>& bytes) {
  return boost::endian::load_little_u64(bytes.data());
}

void check_identity(const PfnInfo& info, const PfnContext& context, PfnViolations& found) {
  const auto kind = pfn_kind(info);
  if (!kind || (context.kind && kind != context.kind)) {
    const auto& wanted = context.kind == PfnKind::devdax ? dax_signature : pfn_signature;
    note<"6.3-2", "sig">(found, info, head_of(wanted),
                         context.kind ? Expect::equal : Expect::one_of);
  }
  const std::uint64_t sum = checksum_of(info);
  if (info.checksum.value() != sum) note<"6.3-3", "checksum">(found, info, sum);
  if (context.parent_uuid && info.parent_uuid != *context.parent_uuid)
    note<"6.3-4", "parent_uuid">(found, info, head_of(context.parent_uuid->bytes));

  if (info.major.value() != 1) note<"6.1", "major">(found, info, 1);
  if (info.minor.value() > 4) note<"6.1", "minor">(found, info, 4, Expect::at_most);
}

void check_offsets(const PfnInfo& info, const PfnMeaning& meaning, const PfnContext& context,
                   PfnViolations& found) {
  const std::uint64_t size = context.namespace_size;
  const std::uint64_t dataoff = info.dataoff.value();
  const std::uint32_t mode = info.mode.value();
  if (mode != pfn_mode_ram && mode != pfn_mode_pmem)
    note<"6.3-5", "mode">(found, info, pfn_mode_pmem, Expect::one_of);
  if (mode == pfn_mode_ram && dataoff < pfn_reserved_head)
    note<"6.3-14", "dataoff">(found, info, pfn_reserved_head, Expect::at_least);

  if (meaning.align > size) note<"6.3-9", "align">(found, info, size, Expect::at_most);
  if (dataoff >= size)
    note<"6.3-10", "dataoff">(found, info, size == 0 ? 0 : size - 1, Expect::at_most);
  const std::uint64_t end =
      (Checked(size) - meaning.start_pad - meaning.end_trunc).get().value_or(0);
  if (dataoff >= end)
    note<"6.3-13", "dataoff">(found, info, end == 0 ? 0 : end - 1, Expect::at_most);

  if (dataoff % page != 0) note<"6.3-11", "dataoff">(found, info, page, Expect::multiple_of);
  if (meaning.start_pad != 0) note<"6.4", "start_pad">(found, info, 0);
  if (info.npfns.value() == 0) note<"6.7", "npfns">(found, info, 1, Expect::at_least);
}

/// Rules 11 and 12 on physical addresses.
void check_addresses(const PfnInfo& info, const PfnMeaning& meaning, const PfnContext& context,
                     PfnViolations& found) {
  const std::uint64_t base = *context.physical_base;
  const std::uint64_t size = context.namespace_size;
  const std::uint64_t compatible_align = context.compatible_align;
  const auto start = (Checked(base) + meaning.start_pad).get();
  const auto data = (Checked(base) + meaning.start_pad + info.dataoff.value()).get();
  const auto end = (Checked(base) + size - meaning.end_trunc).get();
  if (meaning.align != 0 && (!data || *data % meaning.align != 0))
    note<"6.3-11", "dataoff">(found, info, meaning.align, Expect::multiple_of);
  if (!start || *start % compatible_align != 0)
    note<"6.3-12", "start_pad">(found, info, compatible_align, Expect::multiple_of);
  if (!end || *end % compatible_align != 0)
    note<"6.3-12", "end_trunc">(found, info, compatible_align, Expect::multiple_of);
}

void check_reserved(const PfnInfo& info, PfnViolations& found) {
  if (info.flags.value() != 0) note<"PF-V3", "flags">(found, info, 0);
  if (const auto at = first_nonzero(std::as_bytes(std::span(info.padding)))) {
    found.add<"PF-V3">("padding", static_cast<std::uint32_t>(offsetof(PfnInfo, padding) + *at), 1,
                       info.padding[*at], 0);
  }
}

}  // namespace

std::optional<PfnKind> pfn_kind(const PfnInfo& info) {
  if (info.sig == pfn_signature) return PfnKind::fsdax;
  if (info.sig == dax_signature) return PfnKind::devdax;
  return std::nullopt;
}

PfnMeaning interpret(const PfnInfo& info) {
  const unsigned minor = info.minor.value();
  PfnMeaning meaning;
  if (minor >= 1) {
    meaning.start_pad = info.start_pad.value();
    meaning.end_trunc = info.end_trunc.value();
  }
  if (minor >= 2) meaning.align = info.align.value();
  if (meaning.align == 0) meaning.align = std::bit_floor(info.dataoff.value());
  meaning.reserved_counts = minor >= 3;
  meaning.page_struct_size = minor >= 4 ? info.page_struct_size.value() : descriptor_size;
  if (minor >= 4) meaning.page_size = info.page_size.value();
  return meaning;
}

PfnViolations validate(const PfnInfo& info, const PfnContext& context) {
  PfnViolations found;
  const PfnMeaning meaning = interpret(info);
  check_identity(info, context, found);
  check_offsets(info, meaning, context, found);
  if (context.physical_base) check_addresses(info, meaning, context, found);
  if (meaning.reserved_counts) check_reserved(info, found);
  return found;
}

std::uint64_t checksum_of(const PfnInfo& info) {
  return fletcher64(bytes_of(info), {offsetof(PfnInfo, checksum), sizeof info.checksum});
}

std::optional<std::uint64_t> usable_size(const PfnInfo& info, std::uint64_t namespace_size) {
  const PfnMeaning meaning = interpret(info);
  return (Checked(namespace_size) - meaning.start_pad - meaning.end_trunc - info.dataoff.value())
      .get();
}

}  // namespace ndmedic
