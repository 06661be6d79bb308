// SPDX-License-Identifier: BSD-3-Clause
// One file as the house rules look at it: its lines, and its code with comments, literals and
// preprocessor lines blanked, so that a rule about code cannot trip over prose.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace house_rules {

struct Literal {
  std::string text;  ///< between the quotes, escapes as written; neighbours joined
  std::size_t line;  ///< of the opening quote, from 1
};

struct SourceText {
  std::string path;                ///< relative to the project, with '/'
  std::vector<std::string> lines;  ///< as they are
  std::string code;                ///< same length as the file; what is no code is a blank
  std::vector<Literal> literals;   ///< string literals; pieces with only blanks between are one

  /// The folder the path begins with, or "" for files at the top.
  std::string_view folder() const;
  /// The part of the path behind the last dot.
  std::string_view extension() const;
};

/// Splits and blanks `text`, taken as C++.
SourceText parse(std::string path, std::string_view text);

/// Number, from 1, of the line that holds `offset` of `text`.
std::size_t line_of(std::string_view text, std::size_t offset);

}  // namespace house_rules
