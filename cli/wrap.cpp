// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/wrap.h>

#include <algorithm>

namespace ndmedic::cli {

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string lines;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (column > 0 && column + 1 + word.size() > width) {
      lines += '\n';
      column = 0;
    }
    const std::size_t gap = column == 0 ? indent : 1;
    lines.append(gap, ' ').append(word);
    column += gap + word.size();
  }
  return lines + '\n';
}

}  // namespace ndmedic::cli
