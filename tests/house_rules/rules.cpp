// SPDX-License-Identifier: BSD-3-Clause
// The rules on lines, includes, names and literals; function_length.cpp has the one on functions.
#include "rules.h"

#include <algorithm>
#include <array>
#include <regex>
#include <span>
#include <string_view>

namespace house_rules {
namespace {

struct Layer {
  std::string_view folder;
  std::string_view sees;  ///< folders between blanks
};
constexpr std::array layers = {
    Layer{"format", " format "},
    Layer{"media", " format media "},
    Layer{"labels", " format media labels "},
    Layer{"btt", " format media btt "},
    Layer{"image", " format media labels btt image "},
    Layer{"fsck", " format media labels btt image fsck "},
    Layer{"cli", " format media labels btt image fsck cli "},
};

const Layer* layer_of(const SourceText& source) {
  for (const Layer& layer : layers)
    if (layer.folder == source.folder()) return &layer;
  return nullptr;
}

/// Characters, not bytes: continuation bytes of UTF-8 take no column.
std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) >> 6) != 2; }));
}

bool is_code(const SourceText& source) {
  return source.extension() == "cpp" || source.extension() == "h";
}

bool is_script(const SourceText& source) {
  return source.extension() == "sh" || source.extension() == "cmake" ||
         source.path.ends_with("CMakeLists.txt") || source.path == ".ci/run";
}

/// Complains of every line in which `pattern` is found.
Complaints lines_with(const SourceText& source, const std::regex& pattern, std::string_view text) {
  Complaints complaints;
  for (std::size_t i = 0; i < source.lines.size(); ++i)
    if (std::regex_search(source.lines[i], pattern))
      complaints.push_back({source.path, i + 1, std::string(text)});
  return complaints;
}

/// True for the text of an assertion, which is for developers, and for what an Error of a parser
/// says it expected, which is its contract.
bool is_no_sentence(const SourceText& source, std::size_t line) {
  static constexpr std::array marks = {"assert(", "Errc::invalid", "invalid(", "expected(",
                                       "error("};
  for (std::size_t i = line; i > 0 && i + 3 > line; --i)
    for (const std::string_view mark : marks)
      if (source.lines[i - 1].find(mark) != std::string::npos) return true;
  return false;
}

}  // namespace

Complaints include_arrows(const SourceText& source) {
  static const std::regex project(R"(^\s*#\s*include\s*<ndmedic/(\w+)/)");
  static const std::regex quoted(R"(^\s*#\s*include\s*")");
  const Layer* layer = layer_of(source);
  if (layer == nullptr) return {};
  Complaints complaints;
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    std::smatch match;
    if (std::regex_search(source.lines[i], match, project)) {
      const std::string folder = match[1];
      if (layer->sees.find(" " + folder + " ") == std::string_view::npos)
        complaints.push_back(
            {source.path, i + 1, std::string(layer->folder) + "/ does not see " + folder + "/"});
    } else if (std::regex_search(source.lines[i], quoted)) {
      complaints.push_back({source.path, i + 1, "spelt <ndmedic/folder/header.h>"});
    }
  }
  return complaints;
}

Complaints user_sentences(const SourceText& source) {
  static constexpr std::array folders = {"format", "media", "labels", "btt", "image", "fsck"};
  if (source.extension() != "cpp") return {};
  if (std::ranges::find(folders, source.folder()) == folders.end()) return {};
  Complaints complaints;
  for (const Literal& literal : source.literals)
    if (literal.text.size() > 40 && std::ranges::count(literal.text, ' ') >= 4 &&
        !is_no_sentence(source, literal.line))
      complaints.push_back({source.path, literal.line,
                            "a sentence for the user belongs into the catalogue or into cli/"});
  return complaints;
}

Complaints banned_names(const SourceText& source) {
  static const std::regex banned(R"(\w*(?:_utils?|_helpers?|[Mm]anager)\b|\b(?:get|do)_\w+)");
  static const std::regex banned_path(R"((?:utils?|helpers?|manager)\.)");
  Complaints complaints;
  if (std::regex_search(source.path, banned_path))
    complaints.push_back({source.path, 1, "a file name that says nothing"});
  const auto end = std::cregex_iterator();
  const char* const begin = source.code.data();
  for (auto it = std::cregex_iterator(begin, begin + source.code.size(), banned); it != end; ++it) {
    const auto at = static_cast<std::size_t>(it->position());
    // Names of others are called through '.', '->' or '::'; a name of ours is declared without.
    if (at > 0 && std::string_view(".>:").find(source.code[at - 1]) != std::string_view::npos)
      continue;
    complaints.push_back({source.path, line_of(source.code, at), "a banned name: " + it->str()});
  }
  return complaints;
}

Complaints file_length(const SourceText& source) {
  static const std::regex table(R"(/problems_\w+\.h$)");
  if (source.lines.size() <= 600 || std::regex_search(source.path, table)) return {};
  return {{source.path, source.lines.size(), "more than 600 lines"}};
}

Complaints line_width(const SourceText& source) {
  Complaints complaints;
  for (std::size_t i = 0; i < source.lines.size(); ++i)
    if (columns(source.lines[i]) > 100)
      complaints.push_back({source.path, i + 1, "more than 100 columns"});
  return complaints;
}

Complaints licence_line(const SourceText& source) {
  const auto head = std::span(source.lines).first(std::min<std::size_t>(2, source.lines.size()));
  for (const std::string& line : head)
    if (line.find("SPDX-License-Identifier: BSD-3-Clause") != std::string::npos) return {};
  return {{source.path, 1, "no SPDX line in the first two lines"}};
}

Complaints unfinished_work(const SourceText& source) {
  static const std::regex marks(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X|HA"
      "CK)\\b");
  return lines_with(source, marks, "marked as unfinished");
}

Complaints foreign_paths(const SourceText& source) {
  static const std::regex paths(
      "(^|[^\\w.])/wo"
      "rk/|/tmp/(bu"
      "ild|br"
      "ief)");
  return lines_with(source, paths, "a path of one machine");
}

Complaints all_rules(const SourceText& source) {
  Complaints complaints;
  const auto apply = [&](Complaints (*rule)(const SourceText&)) {
    const Complaints found = rule(source);
    complaints.insert(complaints.end(), found.begin(), found.end());
  };
  if (is_code(source)) {
    for (const auto rule : {include_arrows, function_length, user_sentences, banned_names})
      apply(rule);
  }
  if (is_code(source) || is_script(source)) {
    for (const auto rule : {file_length, line_width, licence_line}) apply(rule);
  }
  for (const auto rule : {unfinished_work, foreign_paths}) apply(rule);
  return complaints;
}

}  // namespace house_rules
