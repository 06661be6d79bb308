// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/structure_seal.h>

#include <algorithm>
#include <vector>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/endian.h>
#include <ndmedic/format/nfit_read.h>
#include <ndmedic/format/structure_checksum.h>

namespace ndmedic {

bool checksum_is_right(const Structure& structure, std::span<const std::byte> bytes) {
  const auto sum = structure_checksum(structure, bytes);
  if (!sum) return true;
  return !is_blank(bytes) && *sum == field_number(*checksum_field(structure), bytes);
}

void set_checksum(const Structure& structure, std::span<std::byte> bytes) {
  const auto sum = structure_checksum(structure, bytes);
  if (sum) encode(Le64(*sum), bytes.subspan(checksum_field(structure)->offset));
}

Status seal_structure(Media& media, const Target& target) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(target.range.size));
  NDMEDIC_CHECK(media.read(target.range.offset, bytes));
  if (is_blank(bytes)) return {};
  set_checksum(*target.structure, bytes);
  return media.write(target.range.offset, bytes);
}

Status seal_nfit(Media& media) {
  std::vector<std::byte> table(static_cast<std::size_t>(media.size()));
  NDMEDIC_CHECK(media.read(0, table));
  if (table.size() < sizeof(NfitHeader) || is_blank(table)) return {};
  auto header = decode<NfitHeader>(table);
  const std::size_t length = std::min<std::size_t>(header.length.value(), table.size());
  if (length < sizeof(NfitHeader)) return {};
  header.checksum = nfit_checksum(std::span(table).first(length));
  return media.write(0, bytes_of(header));
}

}  // namespace ndmedic
