// SPDX-License-Identifier: BSD-3-Clause
// What the rows of the problem catalogue must obey. Evaluated at compile time over the catalogue,
// and by tests over rows that break each rule.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <ndmedic/format/problems.h>

namespace ndmedic {

/// The chapter of an id: LBL, BTT, PFN, POOL, NFIT, IMG; empty for an id outside all of them.
constexpr std::string_view chapter_of(unsigned id) {
  if (id >= 100 && id < 300) return "LBL";
  if (id >= 300 && id < 500) return "BTT";
  if (id >= 500 && id < 550) return "PFN";
  if (id >= 550 && id < 600) return "POOL";
  if (id >= 600 && id < 700) return "NFIT";
  if (id >= 700 && id < 800) return "IMG";
  return {};
}

/// True when every id is greater than the one before, which also makes ids unique.
constexpr bool ids_ascend(std::span<const Problem> rows) {
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (rows[i].id <= rows[i - 1].id) return false;
  return true;
}

constexpr bool ids_have_chapters(std::span<const Problem> rows) {
  for (const Problem& row : rows)
    if (chapter_of(static_cast<unsigned>(row.id)).empty()) return false;
  return true;
}

constexpr bool texts_are_present(std::span<const Problem> rows) {
  for (const Problem& row : rows)
    if (row.rules.empty() || row.message.empty() || row.explanation.empty()) return false;
  return true;
}

/// True for a text in which every brace belongs to a {key} of the letters a-z, digits and '_'.
constexpr bool keys_are_well_formed(std::string_view message) {
  bool inside = false;
  std::size_t length = 0;
  for (const char c : message) {
    if (c == '{') {
      if (inside) return false;
      inside = true;
      length = 0;
    } else if (c == '}') {
      if (!inside || length == 0) return false;
      inside = false;
    } else if (inside) {
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
      ++length;
    }
  }
  return !inside;
}

constexpr bool messages_are_well_formed(std::span<const Problem> rows) {
  for (const Problem& row : rows)
    if (!keys_are_well_formed(row.message)) return false;
  return true;
}

}  // namespace ndmedic
