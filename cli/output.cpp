// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/output.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

bool is_one_of(const std::string& file, const std::vector<std::string>& files) {
  for (const std::string& other : files) {
    std::error_code unknown;  // one that does not exist is no other
    if (std::filesystem::equivalent(file, other, unknown)) return true;
  }
  return false;
}

int tell_failed(const std::string& file, int error, Io& io) {
  io.err << "ndmedic: " << escape_untrusted(file) << ": the output could not be written";
  if (error != 0) io.err << ": " << std::generic_category().message(error);
  io.err << '\n';
  return exit_unreadable;
}

}  // namespace

void add_output_option(const Verb& verb, std::string& file) {
  verb.option(
      "-o,--output", "FILE", [&file](const std::string& text) { file = text; },
      "Write to this file, not to standard output (\"-\")");
}

int run_into(const std::string& file, const std::vector<std::string>& read, Io& io,
             const Run& run) {
  if (file.empty() || file == "-") return run(io);
  if (is_one_of(file, read)) {
    io.err << "ndmedic: " << escape_untrusted(file)
           << ": the output would overwrite what is read; give -o another file\n";
    return exit_usage;
  }
  errno = 0;
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  if (!out) return tell_failed(file, errno, io);
  Io into{out, io.err, false, io.width};
  const int code = run(into);
  out.close();
  return out ? code : code | tell_failed(file, 0, io);
}

}  // namespace ndmedic::cli
