// SPDX-License-Identifier: BSD-3-Clause
// Tests of a libpmemblk pool's header and descriptor.

#include <ndmedic/format/pool_header.h>

#include <span>

#include <boost/endian/conversion.hpp>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/field_violation.h>
#include <ndmedic/format/fletcher64.h>

namespace ndmedic {
namespace {

template <RuleId Rule, RuleId Name>
void note(PoolHeaderViolations& found, const PoolHeader& header, std::uint64_t expected,
          Expect expect = Expect::equal) {
  add_field_violation<pool_header_fields, Rule, Name>(found, bytes_of(header), expected, expect);
}

template <RuleId Name>
void check_ring(const PoolHeader& header, const Guid& neighbour, PoolHeaderViolations& found) {
  if (neighbour != header.uuid)
    note<"PH-4", Name>(found, header, boost::endian::load_little_u64(header.uuid.bytes.data()));
}

template <RuleId Name>
void check_zero(const PoolHeader& header, PoolHeaderViolations& found) {
  constexpr Field field = field_named<pool_header_fields, Name>();
  const auto bytes = field_bytes(field, bytes_of(header));
  if (const auto at = first_nonzero(bytes)) {
    found.add<"7.2-zero">(field.name, field.offset + static_cast<std::uint32_t>(*at), 1,
                          std::to_integer<std::uint64_t>(bytes[*at]), 0);
  }
}

void check_features(const PoolHeader& header, PoolHeaderViolations& found) {
  if (header.major.value() != 1) note<"PH-7", "major">(found, header, 1);
  if ((header.incompat.value() & ~pool_features::known_incompat) != 0) {
    note<"PH-2", "incompat">(found, header, ~pool_features::known_incompat, Expect::no_bits_of);
  }
  if (header.ro_compat.value() != 0) note<"PH-2-ro", "ro_compat">(found, header, 0);
  if (header.machine_class.value() != 2) note<"PH-3", "machine_class">(found, header, 2);
  if (header.data.value() != 1) note<"PH-3", "data">(found, header, 1);
}

}  // namespace

std::uint64_t checksum_of(const PoolHeader& header) {
  const bool half = (header.incompat.value() & pool_features::cksum_2k) != 0;
  return fletcher64(
      bytes_of(header),
      half ? Extent{2048, 2048} : Extent{offsetof(PoolHeader, checksum), sizeof header.checksum});
}

PoolHeaderViolations validate(const PoolHeader& header) {
  PoolHeaderViolations found;
  if (header.sig != pool_signature) {
    note<"7.2-sig", "sig">(found, header, boost::endian::load_little_u64(pool_signature.data()));
  }
  const std::uint64_t sum = checksum_of(header);
  if (header.checksum.value() != sum) note<"PH-1", "checksum">(found, header, sum);
  check_features(header, found);
  check_ring<"prev_part_uuid">(header, header.prev_part_uuid, found);
  check_ring<"next_part_uuid">(header, header.next_part_uuid, found);
  check_ring<"prev_repl_uuid">(header, header.prev_repl_uuid, found);
  check_ring<"next_repl_uuid">(header, header.next_repl_uuid, found);
  check_zero<"reserved">(header, found);
  check_zero<"unused">(header, found);
  check_zero<"unused2">(header, found);
  return found;
}

BlkDescriptorViolations validate(const BlkDescriptor& descriptor,
                                 std::optional<std::uint32_t> external_lbasize) {
  BlkDescriptorViolations found;
  const auto bytes = bytes_of(descriptor);
  const std::uint32_t bsize = descriptor.bsize.value();
  if (bsize == 0) {
    add_field_violation<blk_descriptor_fields, "PH-5", "bsize">(found, bytes, 1, Expect::at_least);
  }
  if (external_lbasize && bsize != *external_lbasize)
    add_field_violation<blk_descriptor_fields, "PH-6", "bsize">(found, bytes, *external_lbasize);
  if (descriptor.is_zeroed.value() > 1) {
    add_field_violation<blk_descriptor_fields, "7.1-zeroed", "is_zeroed">(found, bytes, 1,
                                                                          Expect::at_most);
  }
  return found;
}

}  // namespace ndmedic
