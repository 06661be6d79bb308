// SPDX-License-Identifier: BSD-3-Clause
// A file mapped into memory: by libpmem2 where stores can be made durable by the CPU alone (DAX),
// by mmap and msync everywhere else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <ndmedic/format/result.h>

namespace ndmedic {

class Mapping {
 public:
  /// Shared, of the first `size` bytes of the file. Errors: permission, not_supported, io.
  static Result<std::unique_ptr<Mapping>> map(int fd, std::uint64_t size, bool writable);

  virtual ~Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  std::span<std::byte> window() const { return window_; }
  /// True when write_back() is enough and sync() is not needed.
  virtual bool is_persistent_memory() const = 0;
  /// Makes the bytes durable, on persistent memory.
  virtual void write_back(std::span<const std::byte> bytes) const = 0;
  /// Makes the pages that hold the bytes durable, elsewhere: 0 or an errno.
  virtual int sync(std::span<const std::byte> bytes) const = 0;

 protected:
  explicit Mapping(std::span<std::byte> window) : window_(window) {}

 private:
  std::span<std::byte> window_;
};

}  // namespace ndmedic
