// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/structure_checksum.h>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/fletcher64.h>
#include <ndmedic/format/pool_header.h>

namespace ndmedic {

const Field* checksum_field(const Structure& structure) {
  for (const Field& field : structure.fields)
    if (field.kind == FieldKind::checksum && field.size == 8) return &field;
  return nullptr;
}

std::optional<std::uint64_t> structure_checksum(const Structure& structure,
                                                std::span<const std::byte> bytes) {
  const Field* field = checksum_field(structure);
  if (field == nullptr || bytes.size() < structure.size) return std::nullopt;
  if (structure.name == pool_header_structure.name) return checksum_of(decode<PoolHeader>(bytes));
  return fletcher64(bytes, Extent{field->offset, field->size});
}

}  // namespace ndmedic
