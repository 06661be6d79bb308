// SPDX-License-Identifier: BSD-3-Clause
#include "processes.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace ndmedic::test {

HoldingChild::HoldingChild(const std::function<bool()>& hold) {
  int up[2] = {-1, -1};
  int down[2] = {-1, -1};
  if (::pipe2(up, O_CLOEXEC) != 0 || ::pipe2(down, O_CLOEXEC) != 0) return;
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(up[0]);
    ::close(down[1]);
    char byte = hold() ? 1 : 0;
    static_cast<void>(!::write(up[1], &byte, 1));
    static_cast<void>(!::read(down[0], &byte, 1));  // until the parent closes its end
    ::_exit(0);
  }
  ::close(up[1]);
  ::close(down[0]);
  release_ = down[1];
  char byte = 0;
  holds_ = pid_ > 0 && ::read(up[0], &byte, 1) == 1 && byte == 1;
  ::close(up[0]);
}

HoldingChild::~HoldingChild() {
  ::close(release_);
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
}

bool Qemu::is_installed() { return ::access("/usr/bin/qemu-system-x86_64", X_OK) == 0; }

Qemu::Qemu(const std::vector<std::string>& arguments) {
  // The monitor on standard input and output greets once the machine is complete.
  int pair[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return;
  std::vector<std::string> all = {
      "/usr/bin/qemu-system-x86_64", "-S", "-display", "none", "-nodefaults", "-qmp", "stdio"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> words;
  for (std::string& word : all) words.push_back(word.data());
  words.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(pair[1], 0);
    ::dup2(pair[1], 1);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  ::close(pair[1]);
  monitor_ = pair[0];
  char greeting = 0;
  runs_ = pid_ > 0 && ::read(monitor_, &greeting, 1) == 1;
}

Qemu::~Qemu() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(monitor_);
}

}  // namespace ndmedic::test
