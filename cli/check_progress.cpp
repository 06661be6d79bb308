// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/check_progress.h>

#include <fmt/format.h>
#include <unistd.h>

namespace ndmedic::cli {

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
