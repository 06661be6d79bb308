// SPDX-License-Identifier: BSD-3-Clause
// A scanner of C++ that knows comments, literals and preprocessor lines, and nothing else.
#include "source_text.h"

#include <algorithm>
#include <utility>

namespace house_rules {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text), code_(text) {}

  void run() {
    while (at_ < text_.size()) step();
  }
  std::string code() && { return std::move(code_); }
  std::vector<Literal> literals() && { return std::move(literals_); }

 private:
  bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }

  void step() {
    const char c = text_[at_];
    if (starts("//")) return blank_until_line_end(false);
    if (starts("/*")) return blank_to(end_of("*/", at_ + 2));
    if (c == '#' && line_is_blank_so_far_) return blank_until_line_end(true);
    if (c == '"') return literal();
    if (c == '\'' && (at_ == 0 || !is_word(text_[at_ - 1]))) return blank_to(closing(c));
    if (c == '\n') line_is_blank_so_far_ = true;
    if (c != '\n' && c != ' ' && c != '\t') {
      line_is_blank_so_far_ = false;
      adjoining_ = false;
    }
    ++at_;
  }

  std::size_t end_of(std::string_view mark, std::size_t from) const {
    const std::size_t found = text_.find(mark, from);
    return found == std::string_view::npos ? text_.size() : found + mark.size();
  }

  /// One past the quote that closes the literal opened at at_; the line's end when none does.
  std::size_t closing(char quote) const {
    std::size_t i = at_ + 1;
    while (i < text_.size() && text_[i] != quote && text_[i] != '\n')
      i += text_[i] == '\\' ? 2U : 1U;
    return std::min(i + 1, text_.size());
  }

  void blank_to(std::size_t end) {
    for (; at_ < end; ++at_)
      if (code_[at_] != '\n') code_[at_] = ' ';
  }

  /// A comment, or a preprocessor line with the lines that a backslash joins to it. Literals of
  /// macros are kept: catalogue and tables live there.
  void blank_until_line_end(bool directive) {
    while (at_ < text_.size() && text_[at_] != '\n') {
      if (directive && text_[at_] == '"' && !starts_include_) {
        literal();
      } else if (directive && starts("//")) {
        directive = false;
      } else {
        starts_include_ = starts_include_ || (directive && starts("include"));
        const bool joined = directive && starts("\\\n");
        blank_to(at_ + (joined ? 2 : 1));
      }
    }
    starts_include_ = false;
    adjoining_ = false;
  }

  void literal() {
    const std::size_t from = at_;
    std::size_t inner = from + 1;
    std::size_t end = closing('"');
    std::size_t tail = 1;
    if (from > 0 && text_[from - 1] == 'R') {
      const std::size_t open = text_.find('(', from);
      const std::string mark = ")" + std::string(text_.substr(inner, open - inner)) + "\"";
      inner = open + 1;
      end = end_of(mark, inner);
      tail = mark.size();
    }
    const std::string_view body = text_.substr(inner, end - inner - std::min(tail, end - inner));
    if (adjoining_ && !literals_.empty())
      literals_.back().text += body;
    else
      literals_.push_back({std::string(body), line_of(text_, from)});
    blank_to(end);
    line_is_blank_so_far_ = false;
    adjoining_ = true;
  }

  std::string_view text_;
  std::string code_;
  std::vector<Literal> literals_;
  std::size_t at_ = 0;
  bool line_is_blank_so_far_ = true;
  bool starts_include_ = false;
  bool adjoining_ = false;
};

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::string_view SourceText::folder() const {
  const std::size_t slash = path.find('/');
  return slash == std::string::npos ? std::string_view{} : std::string_view(path).substr(0, slash);
}

std::string_view SourceText::extension() const {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? std::string_view{} : std::string_view(path).substr(dot + 1);
}

SourceText parse(std::string path, std::string_view text) {
  Scanner scanner(text);
  scanner.run();
  SourceText source;
  source.path = std::move(path);
  source.lines = split_lines(text);
  source.literals = std::move(scanner).literals();
  source.code = std::move(scanner).code();
  return source;
}

std::size_t line_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

}  // namespace house_rules
