// SPDX-License-Identifier: BSD-3-Clause
// Other processes for tests of "in use": a child that holds a file, and QEMU.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace ndmedic::test {

/// A child that runs `hold`, says so, and waits until the object ends. `hold` runs after fork and
/// returns false to tell that it could not.
class HoldingChild {
 public:
  explicit HoldingChild(const std::function<bool()>& hold);
  ~HoldingChild();
  HoldingChild(const HoldingChild&) = delete;
  HoldingChild& operator=(const HoldingChild&) = delete;

  bool holds() const { return holds_; }

 private:
  pid_t pid_ = -1;
  int release_ = -1;
  bool holds_ = false;
};

/// QEMU stopped before its first instruction, killed at the end.
class Qemu {
 public:
  /// Returns when the monitor answers, which is after all devices were opened, or QEMU ended.
  explicit Qemu(const std::vector<std::string>& arguments);
  ~Qemu();
  Qemu(const Qemu&) = delete;
  Qemu& operator=(const Qemu&) = delete;

  static bool is_installed();
  bool runs() const { return runs_; }

 private:
  pid_t pid_ = -1;
  int monitor_ = -1;
  bool runs_ = false;
};

}  // namespace ndmedic::test
