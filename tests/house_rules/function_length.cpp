// SPDX-License-Identifier: BSD-3-Clause
// Finds function bodies by brace depth: every brace that opens at namespace or class scope and
// opens neither a scope of that kind nor data is taken for a function.
#include <regex>
#include <string>
#include <utility>

#include "rules.h"

namespace house_rules {
namespace {

constexpr std::size_t longest_function = 70;

enum class BraceKind { scope, data, function };

BraceKind kind_of(const std::string& head) {
  static const std::regex parameters(R"(\)[\w\s:&>.*,()<-]*$)");
  static const std::regex initializer(R"(=\s*$)");
  static const std::regex scope(R"(\b(namespace|class|struct|union|enum|extern)\b)");
  static const std::regex member(R"(\w\s*$)");
  if (head.find_first_not_of(" \n\t,") == std::string::npos) return BraceKind::function;
  if (std::regex_search(head, initializer)) return BraceKind::data;
  if (std::regex_search(head, parameters)) return BraceKind::function;
  if (std::regex_search(head, scope)) return BraceKind::scope;
  return std::regex_search(head, member) ? BraceKind::data : BraceKind::function;
}

class BraceWalk {
 public:
  explicit BraceWalk(const SourceText& source) : source_(source) {}

  Complaints run() {
    const std::string& code = source_.code;
    for (std::size_t at = 0; at < code.size(); ++at) {
      if (code[at] == '{') open(at);
      if (code[at] == '}') close(at);
      if (code[at] == ';' && inside_ == 0) head_ = at + 1;
    }
    return std::move(complaints_);
  }

 private:
  void open(std::size_t at) {
    if (inside_ > 0) {
      ++inside_;
      return;
    }
    const BraceKind kind = kind_of(source_.code.substr(head_, at - head_));
    if (kind == BraceKind::scope) {
      head_ = at + 1;
      return;
    }
    inside_ = 1;
    is_function_ = kind == BraceKind::function;
    begin_ = source_.code.find_first_not_of(" \n\t,", head_);
  }

  void close(std::size_t at) {
    if (inside_ > 0) --inside_;
    if (inside_ > 0) return;
    head_ = at + 1;
    if (!is_function_) return;
    is_function_ = false;
    const std::size_t first = line_of(source_.code, begin_);
    const std::size_t lines = line_of(source_.code, at) - first + 1;
    if (lines > longest_function)
      complaints_.push_back(
          {source_.path, first, "a function of " + std::to_string(lines) + " lines"});
  }

  const SourceText& source_;
  Complaints complaints_;
  std::size_t head_ = 0;    ///< where the text that introduces the next brace begins
  std::size_t inside_ = 0;  ///< braces open within the current function or data
  std::size_t begin_ = 0;   ///< first character of the current function
  bool is_function_ = false;
};

}  // namespace

Complaints function_length(const SourceText& source) { return BraceWalk(source).run(); }

}  // namespace house_rules
