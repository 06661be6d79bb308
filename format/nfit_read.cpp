// SPDX-License-Identifier: BSD-3-Clause
// The walk over an NFIT (labels.md 5.7).

#include <ndmedic/format/nfit_read.h>

#include <algorithm>

#include <boost/endian/conversion.hpp>

#include <ndmedic/format/field_violation.h>

namespace ndmedic {
namespace {

using Bytes = std::span<const std::byte>;

template <RuleId Rule, RuleId Name>
void note(NfitHeaderViolations& found, const NfitHeader& header, std::uint64_t expected,
          Expect expect = Expect::equal) {
  add_field_violation<nfit_header_fields, Rule, Name>(found, bytes_of(header), expected, expect);
}

/// The fixed part as far as it is there; the rest counts as zero.
template <OnMedia T>
T padded(Bytes bytes) {
  T structure{};
  std::ranges::copy(bytes.first(std::min(bytes.size(), sizeof(T))),
                    writable_bytes_of(structure).begin());
  return structure;
}

/// The part of the table that its header covers.
Bytes covered(Bytes table) {
  if (table.size() < nfit_header_size) return {};
  return table.first(std::min<std::size_t>(table.size(), decode<NfitHeader>(table).length.value()));
}

}  // namespace

std::uint8_t nfit_checksum(Bytes table) {
  unsigned sum = 0;
  for (const std::byte b : table) sum += std::to_integer<unsigned>(b);
  if (table.size() > offsetof(NfitHeader, checksum))
    sum -= std::to_integer<unsigned>(table[offsetof(NfitHeader, checksum)]);
  return static_cast<std::uint8_t>(0U - sum);
}

NfitHeaderViolations validate_nfit_header(Bytes table) {
  NfitHeaderViolations found;
  const auto header = padded<NfitHeader>(table);
  const std::uint64_t length = header.length.value();
  if (header.sig != nfit_signature) {
    note<"5.7-sig", "sig">(found, header, boost::endian::load_little_u32(nfit_signature.data()));
  }
  if (table.size() < nfit_header_size || length < nfit_header_size) {
    note<"5.7-length", "length">(found, header, nfit_header_size, Expect::at_least);
    return found;
  }
  if (length > table.size())
    note<"5.7-length", "length">(found, header, table.size(), Expect::at_most);
  const std::uint8_t sum = nfit_checksum(covered(table));
  if (header.checksum.value() != sum) note<"5.7-checksum", "checksum">(found, header, sum);
  if (header.revision.value() != 1) note<"5.7-revision", "revision">(found, header, 1);
  if (header.reserved.value() != 0) note<"5.7-reserved", "reserved">(found, header, 0);
  return found;
}

std::uint64_t nfit_length_needed(Bytes bytes) {
  switch (static_cast<NfitType>(padded<NfitStructureHead>(bytes).type.value())) {
    case NfitType::spa_range:
      return (padded<NfitSpaRange>(bytes).flags.value() & 0x4) != 0 ? 64 : 56;
    case NfitType::mapping:
      return sizeof(NfitMappingStructure);
    case NfitType::interleave:
      return 16 + std::uint64_t{4} * padded<NfitInterleaveStructure>(bytes).number_of_lines.value();
    case NfitType::smbios:
      return sizeof(NfitSmbios);
    case NfitType::control_region:
      return padded<NfitControlRegion>(bytes).windows.value() != 0 ? 80 : 32;
    case NfitType::data_window:
      return sizeof(NfitDataWindow);
    case NfitType::flush_hints:
      return 16 + std::uint64_t{8} * padded<NfitFlushHints>(bytes).count.value();
    case NfitType::capabilities:
      return sizeof(NfitCapabilities);
  }
  return sizeof(NfitStructureHead);
}

NfitWalk::NfitWalk(Bytes bytes, NfitForm form)
    : bytes_(form == NfitForm::table ? covered(bytes) : bytes),
      at_(form == NfitForm::table ? std::min<std::uint64_t>(nfit_header_size, bytes_.size()) : 0) {}

std::optional<NfitItem> NfitWalk::next() {
  if (done_) return std::nullopt;
  const Bytes rest = bytes_.subspan(at_);
  done_ = true;
  if (rest.empty()) return std::nullopt;
  end_ = NfitEnd::bad_length;
  if (rest.size() < sizeof(NfitStructureHead)) return std::nullopt;

  const auto head = decode<NfitStructureHead>(rest);
  const std::uint16_t length = head.length.value();
  if (length == 0) end_ = NfitEnd::zero_length;
  if (length < sizeof(NfitStructureHead)) return std::nullopt;

  NfitItem item{.number = number_++, .offset = at_, .type = head.type.value(), .length = length};
  item.bytes = rest.first(std::min<std::size_t>(rest.size(), length));
  if (item.bytes.size() < length) {
    item.fault = NfitFault::cut;
    end_ = NfitEnd::cut;
    at_ += item.bytes.size();
    return item;
  }
  if (length < nfit_length_needed(item.bytes)) item.fault = NfitFault::too_short;
  end_ = NfitEnd::complete;
  done_ = false;
  at_ += length;
  return item;
}

}  // namespace ndmedic
