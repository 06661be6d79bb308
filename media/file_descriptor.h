// SPDX-License-Identifier: BSD-3-Clause
// A file descriptor that closes itself, and what an errno means here.
#pragma once

#include <string_view>
#include <utility>

#include <ndmedic/format/result.h>

namespace ndmedic {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor() { close(); }
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  /// Releases its locks and leases too, before the object ends.
  void close();

 private:
  int number_ = -1;
};

/// The Errc of a failed system call: not_found, permission, read_only, wrong_kind, in_use,
/// bad_media (EIO and its relatives), not_supported, else io.
Errc errc_of(int os_error);

inline Error system_error(int os_error, Extent where, std::string_view what) {
  return {errc_of(os_error), where, what, os_error};
}

}  // namespace ndmedic
