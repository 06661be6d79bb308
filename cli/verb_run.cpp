// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/verb_run.h>

#include <fmt/format.h>

#include <ostream>

#include <ndmedic/cli/text.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {

bool VerbRun::refuse(const std::string& about, std::string_view sentence, int code) {
  io_.err << fmt::format("ndmedic: {}: {}\n", escape_untrusted(about), sentence);
  code_ |= code;
  return false;
}

bool VerbRun::fail(const std::string& path, const Error& error, int code) {
  io_.err << "ndmedic: " << error_text(path, error) << '\n';
  code_ |= code;
  return false;
}

}  // namespace ndmedic::cli
