// SPDX-License-Identifier: BSD-3-Clause
// UUIDs and GUIDs: 16 bytes on the media and two ways to spell them (labels.md 2.8).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace ndmedic {

/// 16 bytes as they stand on the media. Comparison is on the bytes.
struct Guid {
  std::array<std::uint8_t, 16> bytes{};
  friend constexpr auto operator<=>(const Guid&, const Guid&) = default;
  constexpr bool is_null() const { return *this == Guid{}; }
};
static_assert(sizeof(Guid) == 16 && alignof(Guid) == 1);

/// How the bytes are spelt: in order (RFC 4122; namespace uuids, everything in CXL labels, BTT
/// uuids), or with the first three groups byte-swapped (EFI; type and abstraction of EFI labels,
/// NFIT range types).
enum class GuidOrder : std::uint8_t { text, efi };

/// Lower-case 8-4-4-4-12 text.
std::string to_string(const Guid& guid, GuidOrder order);

/// The bytes for a text of that form (either case), or none.
std::optional<Guid> parse_guid(std::string_view text, GuidOrder order);

/// The same GUID in the other byte order.
constexpr Guid swapped(Guid guid) {
  auto& b = guid.bytes;
  std::swap(b[0], b[3]);
  std::swap(b[1], b[2]);
  std::swap(b[4], b[5]);
  std::swap(b[6], b[7]);
  return guid;
}

/// Compile-time parse of a published GUID text into bytes; for constants only.
consteval Guid guid_literal(const char (&text)[37], GuidOrder order) {
  Guid guid{};
  std::size_t at = 0;
  auto nibble = [](char c) {
    return static_cast<std::uint8_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  };
  for (std::size_t i = 0; i < 36; ++i) {
    if (text[i] == '-') continue;
    guid.bytes[at++] = static_cast<std::uint8_t>(nibble(text[i]) << 4 | nibble(text[i + 1]));
    ++i;
  }
  return order == GuidOrder::efi ? swapped(guid) : guid;
}

/// A published GUID. `bytes_efi` is how EFI labels and the NFIT store it.
struct KnownGuid {
  Guid bytes_efi;
  std::string_view name;     ///< short: "btt2", "pm"
  std::string_view meaning;  ///< for people
};

namespace guids {
// Abstractions (PL-4) and NFIT range types (labels.md 2.8), in EFI byte order.
inline constexpr Guid btt = guid_literal("8aed63a2-29a2-4c66-8b12-f05d15d3922a", GuidOrder::efi);
inline constexpr Guid btt2 = guid_literal("18633bfc-1735-4217-8ac9-17239282d3f8", GuidOrder::efi);
inline constexpr Guid pfn = guid_literal("266400ba-fb9f-4677-bcb0-968f11d0d225", GuidOrder::efi);
inline constexpr Guid dax = guid_literal("97a86d9c-3cdd-4eda-986f-5068b4f80088", GuidOrder::efi);
inline constexpr Guid pm = guid_literal("66f0d379-b4f3-4074-ac43-0d3318b78cdb", GuidOrder::efi);
// Label types of CXL 2.1 labels, in text order as stored (labels.md 2.6, 2.7).
inline constexpr Guid cxl_namespace =
    guid_literal("68bb2c0a-5a77-4937-9f85-3caf41a0f93c", GuidOrder::text);
inline constexpr Guid cxl_region =
    guid_literal("529d7c61-da07-47c4-a93f-ecdf2c06f444", GuidOrder::text);
}  // namespace guids

/// All published GUIDs of labels.md 2.8: twelve abstractions and range types.
std::span<const KnownGuid> known_guids();

/// The known GUID whose bytes these are when read in `order`, or nullptr.
const KnownGuid* find_known(const Guid& guid, GuidOrder order);

}  // namespace ndmedic
