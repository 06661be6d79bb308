// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/check_progress.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <climits>

#include <ndmedic/cli/sizes.h>

namespace ndmedic::cli {

void add_progress_option(const Verb& verb, std::optional<int>& fd) {
  verb.option(
      "-C", "FD",
      [&fd](const std::string& text) {
        const auto number = parse_size(text);
        if (!number || *number > INT_MAX || ::fcntl(static_cast<int>(*number), F_GETFD) < 0)
          throw WrongValue("\"" + text + "\" is not the number of an open file");
        fd = static_cast<int>(*number);
      },
      "Progress to this open file, lines \"PASS DONE ALL IMAGE\"; 0: to the terminal");
}

bool CheckProgress::tell(std::uint64_t done, std::uint64_t total) {
  const std::uint64_t part = total < 100 ? 100 : done / (total / 100);
  if (fd_ > 0 && part + 1 != told_) {
    told_ = part + 1;
    const std::string text = fmt::format("1 {} {} {}\n", done, total, image_);
    if (::write(fd_, text.data(), text.size()) < 0) fd_ = 0;  // nobody listens any more
  }
  return line_.tell(done, total);
}

}  // namespace ndmedic::cli
