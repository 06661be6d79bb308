// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/progress.h>

#include <fmt/format.h>

#include <ostream>

#include <ndmedic/cli/cancel.h>

namespace ndmedic::cli {

ProgressLine::~ProgressLine() {
  if (told_ >= 0) io_.err << "\r\x1b[K" << std::flush;
}

bool ProgressLine::tell(std::uint64_t done, std::uint64_t total) {
  const double part = total == 0 ? 1 : static_cast<double>(done) / static_cast<double>(total);
  const int percent = static_cast<int>(part * 100);
  if (io_.terminal && percent != told_) {
    io_.err << fmt::format("\r{}: {} %", what_, percent) << std::flush;
    told_ = percent;
  }
  return !cancel_requested();
}

}  // namespace ndmedic::cli
