// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/guid.h>

#include <cstddef>

namespace ndmedic {
namespace {

constexpr std::size_t text_size = 36;
constexpr bool is_dash_position(std::size_t at) {
  return at == 8 || at == 13 || at == 18 || at == 23;
}

std::optional<std::uint8_t> nibble(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

consteval Guid efi(const char (&text)[text_size + 1]) { return guid_literal(text, GuidOrder::efi); }

constexpr std::array published = {
    KnownGuid{guids::pm, "pm", "persistent memory"},
    KnownGuid{efi("7305944f-fdda-44e3-b16c-3f22d252e5d0"), "volatile", "volatile memory"},
    KnownGuid{efi("92f701f6-13b4-405d-910b-299367e8234c"), "control", "NVDIMM control region"},
    KnownGuid{efi("91af0530-5d86-470e-a6b0-0a2db9408249"), "block", "block data window"},
    KnownGuid{efi("77ab535a-45fc-624b-5560-f7b281d1f96e"), "volatile_disk",
              "volatile virtual disk"},
    KnownGuid{efi("3d5abd30-4175-87ce-6d64-d2ade523c4bb"), "volatile_cd", "volatile virtual CD"},
    KnownGuid{efi("5cea02c9-4d07-69d3-269f-4496fbe096f9"), "persistent_disk",
              "persistent virtual disk"},
    KnownGuid{efi("08018188-42cd-bb48-100f-5387d53ded3d"), "persistent_cd",
              "persistent virtual CD"},
    KnownGuid{guids::btt, "btt", "BTT of layout 1.1"},
    KnownGuid{guids::btt2, "btt2", "BTT of layout 2.0"},
    KnownGuid{guids::pfn, "pfn", "fsdax"},
    KnownGuid{guids::dax, "dax", "devdax"},
};

}  // namespace

std::string to_string(const Guid& guid, GuidOrder order) {
  constexpr char digits[] = "0123456789abcdef";
  const Guid text_order = order == GuidOrder::efi ? swapped(guid) : guid;
  std::string text;
  text.reserve(text_size);
  for (const std::uint8_t byte : text_order.bytes) {
    if (is_dash_position(text.size())) text += '-';
    text += digits[byte >> 4];
    text += digits[byte & 0xf];
  }
  return text;
}

std::optional<Guid> parse_guid(std::string_view text, GuidOrder order) {
  if (text.size() != text_size) return std::nullopt;
  Guid guid;
  std::size_t byte = 0;
  for (std::size_t at = 0; at < text_size;) {
    if (is_dash_position(at)) {
      if (text[at++] != '-') return std::nullopt;
      continue;
    }
    const auto high = nibble(text[at]);
    const auto low = nibble(text[at + 1]);
    if (!high || !low) return std::nullopt;
    guid.bytes[byte++] = static_cast<std::uint8_t>(*high << 4 | *low);
    at += 2;
  }
  return order == GuidOrder::efi ? swapped(guid) : guid;
}

std::span<const KnownGuid> known_guids() { return published; }

const KnownGuid* find_known(const Guid& guid, GuidOrder order) {
  const Guid bytes_efi = order == GuidOrder::efi ? guid : swapped(guid);
  for (const KnownGuid& known : published)
    if (known.bytes_efi == bytes_efi) return &known;
  return nullptr;
}

}  // namespace ndmedic
