// SPDX-License-Identifier: BSD-3-Clause
// A block device over a file, where the tests may have one.
#pragma once

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdint>
#include <string>

namespace ndmedic::test {

/// Detached at the end. Without one, reason() says why.
class LoopDevice {
 public:
  LoopDevice(const std::string& file, std::uint32_t block_size) {
    if (::geteuid() != 0) {
      reason_ = "loop devices need root";
      return;
    }
    const int control = ::open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    const int number = control < 0 ? -1 : ::ioctl(control, LOOP_CTL_GET_FREE);
    if (control >= 0) ::close(control);
    path_ = "/dev/loop" + std::to_string(number);
    device_ = number < 0 ? -1 : ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    const int backing = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
    struct loop_config config = {};
    config.fd = static_cast<std::uint32_t>(backing);
    config.block_size = block_size;
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    if (device_ < 0 || backing < 0 || ::ioctl(device_, LOOP_CONFIGURE, &config) != 0)
      reason_ = "no loop device to be had here";
    if (backing >= 0) ::close(backing);
  }
  ~LoopDevice() {
    if (device_ >= 0) ::close(device_);
  }
  LoopDevice(const LoopDevice&) = delete;
  LoopDevice& operator=(const LoopDevice&) = delete;

  const std::string& path() const { return path_; }
  const std::string& reason() const { return reason_; }

 private:
  std::string path_;
  std::string reason_;
  int device_ = -1;
};

}  // namespace ndmedic::test
