// SPDX-License-Identifier: BSD-3-Clause
//
// UUIDs and GUIDs: two byte orders for one text (labels.md 2.8), and the known values.
#pragma once

#include <array>

#include "spec_reader/bytes.h"

namespace spec_reader {

// labels.md 2.8.  text: RFC 4122 network order.  mixed: EFI mixed-endian (the first three
// groups byte-swapped).
enum class GuidOrder { text, mixed };

using GuidBytes = std::array<std::uint8_t, 16>;

// What a known value stands for.
enum class GuidKind { range_type, abstraction, cxl_label };

struct KnownGuid {
  GuidKind kind;
  const char* name;  // short lower snake_case name, for example "pm" or "btt2"
  const char* text;  // the published text
};

// The tables of labels.md 2.8 (range types, abstractions) and of 2.6/2.7 (CXL label types).
std::span<const KnownGuid> known_guids();

// Lower-case text of 16 bytes that are stored in the given order; "" for any other length.
std::string guid_text(Bytes bytes, GuidOrder order);

// The 16 bytes of a text in the given order; all zero when the text is not a GUID.
GuidBytes guid_bytes(const std::string& text, GuidOrder order);

// Name of a known value of one kind stored in the given order; "" when it is not known.
std::string known_guid_name(Bytes bytes, GuidKind kind, GuidOrder order);

}  // namespace spec_reader
