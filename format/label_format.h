// SPDX-License-Identifier: BSD-3-Clause
// Which of the label formats a slot holds (labels.md 2.2.1, 2.4 to 2.7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <ndmedic/format/field_table.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/format/label_index.h>

namespace ndmedic {

/// How the bytes of a slot are read: decided by the index version and by the label's own type.
enum class LabelFormat : std::uint8_t {
  v1_1,           ///< 128 bytes, no checksum (2.4)
  v1_2,           ///< 256 bytes, EFI_NVDIMM_LABEL (2.5)
  cxl_namespace,  ///< 256 bytes, 2.1 (2.6)
  cxl_region,     ///< 256 bytes, 2.1 (2.7)
  cxl_vendor,     ///< 256 bytes of a 2.1 area with another type UUID (2.7, CX08)
};

/// The format that a 2.1 label's type names.
LabelFormat cxl_label_format(const Guid& type);

/// The format of `slot`, which lies in an area whose current index is `index`: slots of 128 bytes
/// are 1.1, slots of 256 bytes are 1.2 unless Major is 2, where the type decides. None when the
/// index gives no slot size (label_index.h) or `slot` is shorter than that size.
std::optional<LabelFormat> label_format(const IndexHeader& index, std::span<const std::byte> slot);

/// The structure of a format; its size is the slot size.
const Structure& structure_of(LabelFormat format);

}  // namespace ndmedic
