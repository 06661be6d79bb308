// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/label_index.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>

#include <boost/endian/conversion.hpp>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/field_violation.h>
#include <ndmedic/format/fletcher64.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t header_size = sizeof(IndexHeader);
constexpr std::uint32_t sequence_mask = 3;

/// Adds a violation of rule `Id` by field `Name` of the header.
template <RuleId Id, RuleId Name>
void report(IndexViolations& violations, const IndexHeader& header, std::uint64_t expected,
            Expect expect = Expect::equal) {
  add_field_violation<index_header_fields, Id, Name>(violations, bytes_of(header), expected,
                                                     expect);
}

/// A header from as many bytes as there are; what is missing reads as 0.
IndexHeader decode_header(std::span<const std::byte> block) {
  IndexHeader header{};
  const std::size_t size = std::min<std::size_t>(block.size(), header_size);
  std::ranges::copy(block.first(size), writable_bytes_of(header).begin());
  return header;
}

/// Up to 8 bytes of `bytes` from `at` on as a little-endian number; what is missing reads as 0.
std::uint64_t word_at(std::span<const std::byte> bytes, std::size_t at) {
  std::array<unsigned char, 8> word{};
  const std::size_t size = std::min(word.size(), bytes.size() - at);
  std::memcpy(word.data(), bytes.data() + at, size);
  return boost::endian::load_little_u64(word.data());
}

/// 4.1.1; the read value is that of the half that differs.
void check_signature(IndexViolations& violations, const IndexHeader& header) {
  const auto read = std::as_bytes(std::span(header.sig));
  const auto wanted = std::as_bytes(std::span(index_signature));
  for (const std::uint32_t half : {0u, 8u})
    if (word_at(read, half) != word_at(wanted, half))
      violations.add<"4.1.1">("sig", half, 8, word_at(read, half), word_at(wanted, half));
}

/// 4.1.2. Where labelsize is the one wanted, the version is what leads to another slot size.
void check_slot_size(IndexViolations& violations, const IndexHeader& header,
                     std::uint32_t slot_size) {
  if (slot_size_of(header) == slot_size) return;
  const std::uint64_t labelsize = slot_size == 128 ? 0 : 1;
  if (header.labelsize.value() != labelsize)
    report<"4.1.2", "labelsize">(violations, header, labelsize);
  else
    report<"4.1.2", "minor">(violations, header, 2, Expect::at_least);
}

/// 4.1.3: the sum runs over index_size bytes, whatever mysize says; a cut block has none.
void check_checksum(IndexViolations& violations, const IndexHeader& header,
                    std::span<const std::byte> block, std::uint64_t index_size) {
  const std::uint64_t expected = index_checksum(block);
  if (block.size() != index_size || header.checksum.value() != expected)
    report<"4.1.3", "checksum">(violations, header, expected);
}

/// 4.1.4 and IX04.
void check_sequence(IndexViolations& violations, const IndexHeader& header) {
  const std::uint32_t seq = header.seq.value();
  if ((seq & sequence_mask) == 0) report<"4.1.4", "seq">(violations, header, 1, Expect::one_of);
  if ((seq & ~sequence_mask) != 0)
    report<"IX04", "seq">(violations, header, ~sequence_mask, Expect::no_bits_of);
}

/// 4.1.5 to 4.1.8.
void check_layout(IndexViolations& violations, const IndexHeader& header,
                  const IndexContext& context) {
  const std::uint64_t index_size = context.geometry.index_size;
  const std::uint64_t myoff = context.number == 0 ? 0 : index_size;
  const std::uint64_t otheroff = index_size - myoff;
  const auto labeloff = (Checked(index_size) * 2).get();
  if (header.myoff.value() != myoff) report<"4.1.5", "myoff">(violations, header, myoff);
  if (header.otheroff.value() != otheroff)
    report<"4.1.6", "otheroff">(violations, header, otheroff);
  if (header.labeloff.value() != labeloff)
    report<"4.1.7", "labeloff">(violations, header, labeloff.value_or(0));
  if (header.mysize.value() < header_size)
    report<"4.1.8", "mysize">(violations, header, header_size, Expect::at_least);
  else if (header.mysize.value() > index_size)
    report<"4.1.8", "mysize">(violations, header, index_size, Expect::at_most);
}

/// Slots that the geometry has room for in the area, and bits that it has room for in a block.
struct SlotLimits {
  std::optional<std::uint64_t> slots;  ///< none when the blocks alone exceed the area
  std::uint64_t bits = 0;
};

SlotLimits slot_limits(const LabelGeometry& geometry) {
  SlotLimits limits;
  const auto left = (Checked(geometry.area_size) - Checked(geometry.index_size) * 2).get();
  if (left && geometry.slot_size != 0) limits.slots = *left / geometry.slot_size;
  if (geometry.index_size > header_size) {
    const Checked bits = Checked(geometry.index_size - header_size) * 8;
    limits.bits = bits.get().value_or(std::numeric_limits<std::uint64_t>::max());
  }
  return limits;
}

/// 4.1.9 in 64 bits, because N * L wraps in the 32 bits of some readers (IX08).
void check_slot_count(IndexViolations& violations, const IndexHeader& header,
                      const SlotLimits& limits) {
  const std::uint64_t most = std::min(limits.slots.value_or(0), limits.bits);
  if (!limits.slots || header.nslot.value() > most)
    report<"4.1.9", "nslot">(violations, header, most, Expect::at_most);
}

/// Bytes that a violation at `at` names: a word, or what of it the block still has.
std::uint32_t word_size(std::span<const std::byte> block, std::size_t at) {
  return static_cast<std::uint32_t>(std::min<std::size_t>(8, block.size() - at));
}

/// IX16 and IX17: bits behind the last slot up to a whole number of 64, and bytes behind those.
void check_padding(IndexViolations& violations, std::uint32_t nslot,
                   std::span<const std::byte> block) {
  std::size_t at = header_size + std::size_t{nslot} / 64 * 8;
  if (nslot % 64 != 0 && at < block.size()) {
    const std::uint64_t tail = word_at(block, at) & (~std::uint64_t{0} << nslot % 64);
    if (tail != 0)
      violations.add<"IX16">("free", static_cast<std::uint32_t>(at), word_size(block, at), tail, 0);
    at += 8;
  }
  if (at >= block.size()) return;
  at += run_length(block.subspan(at), std::byte{0});
  if (at < block.size())
    violations.add<"IX17">("padding", static_cast<std::uint32_t>(at), word_size(block, at),
                           word_at(block, at), 0);
}

}  // namespace

IndexViolations validate(std::span<const std::byte> block, const IndexContext& context) {
  const LabelGeometry& geometry = context.geometry;
  if (block.size() > geometry.index_size) block = block.first(geometry.index_size);
  const IndexHeader header = decode_header(block);
  const SlotLimits limits = slot_limits(geometry);
  IndexViolations violations;
  check_signature(violations, header);
  check_slot_size(violations, header, geometry.slot_size);
  check_checksum(violations, header, block, geometry.index_size);
  check_sequence(violations, header);
  check_layout(violations, header, context);
  check_slot_count(violations, header, limits);
  if (!all_zero(std::as_bytes(std::span(header.flags))))
    report<"IX15", "flags">(violations, header, 0);
  if (header.nslot.value() <= limits.bits) check_padding(violations, header.nslot.value(), block);
  return violations;
}

std::optional<std::uint32_t> slot_size_of(const IndexHeader& header) {
  const unsigned version = header.major.value() * 100u + header.minor.value();
  if (version < 102 || header.labelsize.value() == 0) return 128;
  if (header.labelsize.value() == 1) return 256;
  return std::nullopt;
}

std::uint64_t index_checksum(std::span<const std::byte> block) {
  return fletcher64(block, {offsetof(IndexHeader, checksum), sizeof(IndexHeader::checksum)});
}

bool is_free(std::span<const std::byte> block, SlotIndex slot) {
  const std::uint64_t at = header_size + slot.value / 8;
  return at < block.size() && (std::to_integer<unsigned>(block[at]) >> slot.value % 8 & 1) != 0;
}

unsigned newer_index(std::uint32_t seq0, std::uint32_t seq1) {
  const std::uint32_t first = seq0 & sequence_mask;
  const std::uint32_t second = seq1 & sequence_mask;
  assert(first != 0 && second != 0);
  const std::uint32_t after_second = second == 3 ? 1 : second + 1;
  return first == after_second ? 0 : 1;
}

}  // namespace ndmedic
