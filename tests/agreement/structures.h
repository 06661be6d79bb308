// SPDX-License-Identifier: BSD-3-Clause
// Every structure of an opened image, with the bytes it stands in; and seeded changes of its
// fields by the field tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <ndmedic/image/image.h>

namespace agreement {

/// One structure. `device` is the device that its medium is, or none: bytes of a namespace.
struct FoundStructure {
  ndmedic::Place place{};
  std::string name{};  ///< of the field table: "info_block"; "flog", "map", "nfit"
  const ndmedic::Structure* table = nullptr;  ///< nullptr: flog group, map page, whole NFIT
  const ndmedic::Media* media = nullptr;
  ndmedic::Extent range{};
  std::vector<std::byte> bytes{};
};

/// Index blocks, slots that are not blank, info blocks, the first and the written flog groups, the
/// first map entries, pool header and descriptor, NFITs; at most `most` of one kind.
std::vector<FoundStructure> structures_of(const ndmedic::ImageTree& tree, std::size_t most = 16);

using Random = std::mt19937_64;

/// Changes one to three fields of `bytes`, which `table` describes (none: any byte). Values are
/// flipped bits, borders of 32 and 64 bits, neighbours and noise.
void change_fields(const ndmedic::Structure* table, std::span<std::byte> bytes, Random& random);

/// Stores the checksum that the structure should carry, if it has one.
void dress(const ndmedic::Structure* table, std::span<std::byte> bytes);
/// The same of a whole NFIT.
void dress_nfit(std::span<std::byte> table);

}  // namespace agreement
