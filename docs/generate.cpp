// SPDX-License-Identifier: BSD-3-Clause
// ndmedic_docs [--check] DIRECTORY: writes what docs/ says about structures, rules and problems
// from the tables the code uses, or tells whether the files in DIRECTORY say the same.
//
// FORMAT.md is prose by hand around parts between `<!-- table NAME -->` or `<!-- rules NAME -->`
// and
// `<!-- end -->`, which are replaced. PROBLEMS.md is written whole.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <string_view>

#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/cxl_label.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/format/nfit_read.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/format/problems.h>
#include <ndmedic/format/structures.h>

namespace {

using namespace ndmedic;

std::string_view name_of(FieldKind kind) {
  switch (kind) {
    case FieldKind::text:
      return "text";
    case FieldKind::uuid:
      return "UUID";
    case FieldKind::guid:
      return "GUID";
    case FieldKind::number:
      return "number";
    case FieldKind::hex:
      return "number, hex";
    case FieldKind::flags:
      return "flags";
    case FieldKind::checksum:
      return "Fletcher64";
    case FieldKind::reserved:
      return "reserved";
    case FieldKind::bytes:
      return "bytes";
  }
  return "";
}

/// Text within a cell of a table.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return escaped;
}

std::string values_of(const Field& field) {
  std::string text;
  for (const NamedValue& value : field.values)
    text += fmt::format("; {:#x} {}", value.value, value.name);
  return text;
}

std::string table_of(const Structure& structure) {
  std::string text = fmt::format(
      "{}, {} bytes.\n\n| offset | size | field | JSON key | kind | meaning |\n"
      "|---:|---:|---|---|---|---|\n",
      structure.title, structure.size);
  for (const Field& field : structure.fields)
    text += fmt::format("| {} | {} | `{}` | {} | {} | {}{} |\n", field.offset, field.size,
                        field.name, field.key == field.name ? "" : fmt::format("`{}`", field.key),
                        name_of(field.kind), cell(field.meaning), values_of(field));
  return text;
}

struct RuleTable {
  std::string_view name;
  std::span<const Rule> rules;
};
constexpr std::array rule_tables = {
    RuleTable{"index_block", index_block_rules},
    RuleTable{"label", label_rules},
    RuleTable{"cxl_namespace_label", cxl_namespace_label_rules},
    RuleTable{"cxl_region_label", cxl_region_label_rules},
    RuleTable{"info_block", info_block_rules},
    RuleTable{"pfn_info", pfn_info_rules},
    RuleTable{"pool_header", pool_header_rules},
    RuleTable{"pool_desc", blk_descriptor_rules},
    RuleTable{"nfit_header", nfit_header_rules},
};

std::string table_of(std::span<const Rule> rules) {
  std::string text = "| rule | what must hold | if it does not |\n|---|---|---|\n";
  for (const Rule& rule : rules)
    text += fmt::format("| {} | {} | {} |\n", rule.id, cell(rule.text),
                        rule.required ? "not trusted" : "told");
  return text;
}

/// The part for a marker's words ("table info_block"), or none for words that name nothing.
std::optional<std::string> part(std::string_view words) {
  for (const Structure* structure : all_structures())
    if (words == fmt::format("table {}", structure->name)) return table_of(*structure);
  for (const RuleTable& table : rule_tables)
    if (words == fmt::format("rules {}", table.name)) return table_of(table.rules);
  return std::nullopt;
}

struct Filled {
  std::string text;
  std::string complaint{};  ///< empty: all parts are known and all tables are there
};

/// `text` with each marked part replaced.
Filled fill(std::string_view text) {
  static constexpr std::string_view open = "<!-- ";
  static constexpr std::string_view close = " -->\n";
  static constexpr std::string_view end = "<!-- end -->\n";
  Filled filled;
  std::size_t at = 0;
  for (std::size_t mark; (mark = text.find(open, at)) != std::string_view::npos;) {
    const std::size_t words = mark + open.size();
    const std::size_t tail = text.find(close, words);
    const std::size_t stop = text.find(end, words);
    if (tail == std::string_view::npos || stop == std::string_view::npos || stop < tail)
      return {{}, "a marker without its end"};
    const std::string_view name = text.substr(words, tail - words);
    const std::optional<std::string> table = part(name);
    if (!table) return {{}, fmt::format("a marker that names nothing: {}", name)};
    filled.text += text.substr(at, tail + close.size() - at);
    filled.text += "\n" + *table + "\n";
    filled.text += end;
    at = stop + end.size();
  }
  filled.text += text.substr(at);
  for (const Structure* structure : all_structures())
    if (text.find(fmt::format("<!-- table {} -->", structure->name)) == std::string_view::npos)
      filled.complaint = fmt::format("no marker for the table of {}", structure->name);
  return filled;
}

/// Rows of the specification's catalogues (btt.md 5, labels.md 7) that have no problem of their
/// own.
struct RowWithoutProblem {
  std::string_view row;
  std::string_view why;
};
constexpr std::array rows_without_problem = {
    RowWithoutProblem{"MP-03",
                      "told as runs of BTT-400 and BTT-420: foreign words in a map are "
                      "entries out of range or with blocks of others"},
    RowWithoutProblem{"XR-06", "a skipped generation is history and asks for nothing"},
    RowWithoutProblem{"XR-09",
                      "cannot occur: it would be an error of the checker, which tests "
                      "exclude by arithmetic"},
    RowWithoutProblem{"FO-04",
                      "an image that begins elsewhere has no structures where they are "
                      "looked for; see --offset"},
};

bool has_problem(std::string_view row) {
  return std::ranges::any_of(problems(), [row](const Problem& problem) {
    const std::string rules = fmt::format(" {} ", problem.rules);
    return rules.find(fmt::format(" {} ", row)) != std::string::npos;
  });
}

/// Rows of a catalogue in the specification `text` that neither a problem covers nor a reason, and
/// reasons that are not needed any more.
std::string uncovered_rows(const std::string& text) {
  static const std::regex pattern(
      R"(\n\| *((?:IB|CH|MP|FL|XR|FO)-\d\d|(?:IX|SL|LB|ST|CX)\d\d) *\|)");
  std::string uncovered;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    const std::string row = (*it)[1];
    const bool excused = std::ranges::find(rows_without_problem, row, &RowWithoutProblem::row) !=
                         rows_without_problem.end();
    if (has_problem(row) == excused) uncovered += " " + row;
  }
  return uncovered;
}

std::string severity_of(const Problem& problem) {
  return std::string(to_string(problem.severity)) + (is_urgent(problem.id) ? ", urgent" : "");
}

std::string problems_page() {
  std::string text =
      "# Problems\n\n"
      "Everything that ndmedic can find, by its id. Ids are never reused or renumbered. This page "
      "is\n"
      "written from the catalogue (`format/problems.h`); `ndmedic explain ID` shows one entry.\n\n"
      "Severity: *note* is legal but worth knowing; *needs recovery* is an interrupted write that "
      "any\n"
      "reader completes; *damage* is wrong without loss of user data; *data loss* is what it "
      "says.\n"
      "*Urgent* is what destroys data when Linux merely uses the media.\n"
      "Repair: *safe* loses nothing; *lossy* needs consent; *manual* needs a decision; *none* has\n"
      "nothing to repair. `{words in braces}` stand for what was found.\n\n"
      "| id | name | severity | repair |\n|---|---|---|---|\n";
  for (const Problem& problem : problems())
    text += fmt::format("| [{0}](#{1}) | {2} | {3} | {4} |\n", code(problem.id), problem.name,
                        problem.name, severity_of(problem), to_string(problem.repair));
  for (const Problem& problem : problems())
    text += fmt::format("\n## {}\n\n{}, {}. Repair: {}. Rules: {}.\n\n> {}\n\n{}\n", problem.name,
                        code(problem.id), severity_of(problem), to_string(problem.repair),
                        problem.rules, problem.message, problem.explanation);
  text += "\n## Rows of the specification without a problem\n\n";
  for (const RowWithoutProblem& row : rows_without_problem)
    text += fmt::format("- {}: {}.\n", row.row, row.why);
  return text;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Problem codes ("LBL-101") that `text` names and the catalogue does not have.
std::string unknown_codes(const std::string& text) {
  static const std::regex pattern(R"(\b(LBL|BTT|PFN|POOL|NFIT|IMG)-\d+\b)");
  std::string unknown;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
    if (find_problem(it->str()) == nullptr) unknown += " " + it->str();
  return unknown;
}

/// True when the file says `text`, or was made to.
bool settle(const std::filesystem::path& path, const std::string& text, bool check) {
  if (read(path) == text) return true;
  if (!check) return static_cast<bool>(std::ofstream(path, std::ios::binary) << text);
  fmt::print(stderr, "{} differs from the code's tables; build the target update_docs\n",
             path.string());
  return false;
}

}  // namespace

int main(int count, char** words) {
  const bool check = count == 3 && std::string_view(words[1]) == "--check";
  if (count != 2 && !check) {
    fmt::print(stderr, "usage: ndmedic_docs [--check] DIRECTORY\n");
    return 16;
  }
  const std::filesystem::path directory = words[count - 1];
  const Filled format = fill(read(directory / "FORMAT.md"));
  if (!format.complaint.empty()) {
    fmt::print(stderr, "FORMAT.md: {}\n", format.complaint);
    return 4;
  }
  for (const std::string_view page : {"ERRATA.md", "CLI.md", "DESIGN.md"}) {
    const std::string unknown = unknown_codes(read(directory / page));
    if (unknown.empty()) continue;
    fmt::print(stderr, "{} names problems that do not exist:{}\n", page, unknown);
    return 4;
  }
  for (const std::string_view page : {"spec/btt.md", "spec/labels.md"}) {
    const std::string uncovered = uncovered_rows(read(directory / page));
    if (uncovered.empty()) continue;
    fmt::print(stderr, "{} has rows that no problem covers, or a reason for none too many:{}\n",
               page, uncovered);
    return 4;
  }
  const bool same_format = settle(directory / "FORMAT.md", format.text, check);
  const bool same_problems = settle(directory / "PROBLEMS.md", problems_page(), check);
  return same_format && same_problems ? 0 : 4;
}
