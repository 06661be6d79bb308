// SPDX-License-Identifier: BSD-3-Clause
//
// GUID text in both byte orders, and the known GUIDs of labels.md 2.6, 2.7 and 2.8.
#include "spec_reader/guid.h"

namespace spec_reader {

namespace {

// Position, in the stored bytes, of the n-th byte of the text.
constexpr std::array<std::size_t, 16> text_positions = {0, 1, 2,  3,  4,  5,  6,  7,
                                                        8, 9, 10, 11, 12, 13, 14, 15};
// EFI mixed-endian: groups of 4, 2 and 2 bytes are reversed, the last 8 bytes are not.
constexpr std::array<std::size_t, 16> mixed_positions = {3, 2, 1,  0,  5,  4,  7,  6,
                                                         8, 9, 10, 11, 12, 13, 14, 15};

const std::array<std::size_t, 16>& positions(GuidOrder order) {
  return order == GuidOrder::text ? text_positions : mixed_positions;
}

// Published texts.  Some are no RFC 4122 version 4 values, so nothing is derived from a version.
constexpr KnownGuid known[] = {
    // NFIT SPA range types.
    {GuidKind::range_type, "pm", "66f0d379-b4f3-4074-ac43-0d3318b78cdb"},
    {GuidKind::range_type, "volatile", "7305944f-fdda-44e3-b16c-3f22d252e5d0"},
    {GuidKind::range_type, "control_region", "92f701f6-13b4-405d-910b-299367e8234c"},
    {GuidKind::range_type, "block_data_window", "91af0530-5d86-470e-a6b0-0a2db9408249"},
    {GuidKind::range_type, "volatile_virtual_disk", "77ab535a-45fc-624b-5560-f7b281d1f96e"},
    {GuidKind::range_type, "volatile_virtual_cd", "3d5abd30-4175-87ce-6d64-d2ade523c4bb"},
    {GuidKind::range_type, "persistent_virtual_disk", "5cea02c9-4d07-69d3-269f-4496fbe096f9"},
    {GuidKind::range_type, "persistent_virtual_cd", "08018188-42cd-bb48-100f-5387d53ded3d"},
    // Address abstractions (btt.md PL-4 has the same values).
    {GuidKind::abstraction, "btt", "8aed63a2-29a2-4c66-8b12-f05d15d3922a"},
    {GuidKind::abstraction, "btt2", "18633bfc-1735-4217-8ac9-17239282d3f8"},
    {GuidKind::abstraction, "pfn", "266400ba-fb9f-4677-bcb0-968f11d0d225"},
    {GuidKind::abstraction, "dax", "97a86d9c-3cdd-4eda-986f-5068b4f80088"},
    // CXL label types; on media always in text order.
    {GuidKind::cxl_label, "cxl_region", "529d7c61-da07-47c4-a93f-ecdf2c06f444"},
    {GuidKind::cxl_label, "cxl_namespace", "68bb2c0a-5a77-4937-9f85-3caf41a0f93c"},
};

// Value of one hexadecimal digit of either case, -1 for any other character.
int digit_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

}  // namespace

std::span<const KnownGuid> known_guids() { return known; }

std::string guid_text(Bytes bytes, GuidOrder order) {
  if (bytes.size() != 16) {
    return {};
  }
  const char* digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < 16; ++i) {
    // The dashes of 8-4-4-4-12.
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      text.push_back('-');
    }
    const std::uint8_t byte = bytes[positions(order)[i]];
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

GuidBytes guid_bytes(const std::string& text, GuidOrder order) {
  GuidBytes result = {};
  std::size_t count = 0;
  int high = -1;
  for (const char c : text) {
    if (c == '-') {
      continue;
    }
    const int value = digit_value(c);
    if (value < 0 || count == 16) {
      return {};
    }
    if (high < 0) {
      high = value;
      continue;
    }
    // The n-th byte of the text goes to its place on media.
    result[positions(order)[count]] = static_cast<std::uint8_t>(high * 16 + value);
    ++count;
    high = -1;
  }
  // Too short, or half a byte at the end.
  if (count != 16 || high >= 0) {
    return {};
  }
  return result;
}

std::string known_guid_name(Bytes bytes, GuidKind kind, GuidOrder order) {
  // 2.8: the order cannot be detected from the value, so the caller names it.
  const std::string text = guid_text(bytes, order);
  for (const KnownGuid& guid : known) {
    if (guid.kind == kind && text == guid.text) {
      return guid.name;
    }
  }
  return {};
}

}  // namespace spec_reader
