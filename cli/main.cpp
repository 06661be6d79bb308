// SPDX-License-Identifier: BSD-3-Clause
// The program: streams, terminal, signals. Everything else is run_command().
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include <ndmedic/cli/cancel.h>
#include <ndmedic/cli/command.h>
#include <ndmedic/cli/exit_codes.h>

namespace {

unsigned terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ndmedic::cli;
  std::ios::sync_with_stdio(false);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write, told by the exit code
  std::signal(SIGINT, [](int) { request_cancel(); });
  Io io{std::cout, std::cerr, ::isatty(STDOUT_FILENO) == 1, terminal_width()};
  int code = run_command({argv + 1, argv + argc}, io);
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "ndmedic: the output could not be written completely\n";
    code |= exit_unreadable;
  }
  return code;
}
