// SPDX-License-Identifier: BSD-3-Clause
// A label as bytes for a slot: encoded from a LabelRecord, sealed for the slot it goes to.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <ndmedic/format/label_format.h>
#include <ndmedic/format/result.h>
#include <ndmedic/labels/label_record.h>

namespace ndmedic {

/// The bytes of a label, and how they are read.
struct LabelBytes {
  LabelFormat format = LabelFormat::v1_2;
  std::array<std::byte, 256> raw{};
  std::uint32_t size() const { return format == LabelFormat::v1_1 ? 128 : 256; }
  std::span<const std::byte> bytes() const { return std::span(raw).first(size()); }
};

/// Puts the fields of `record` into `record.raw`: what no field covers (reserved bytes, a location
/// cookie) stays as it was read, or zero in a new label; fields that the format does not have are
/// left out. A vendor label is copied as it is. Errors: invalid, a field that the format cannot
/// hold (lbasize of a CXL label, alignment of a 1.2 label).
Result<LabelBytes> encode_label(const LabelRecord& record);

/// Makes the label right for `slot`: slot number, flag UPDATING as told, checksum last (4.4
/// step 2). Not for vendor labels (CX08).
void seal_label(LabelBytes& label, std::uint32_t slot, bool updating);

}  // namespace ndmedic
