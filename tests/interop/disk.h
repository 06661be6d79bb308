// SPDX-License-Identifier: BSD-3-Clause
// A pool opened by one of the two: ours, and libpmemblk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "workload.h"

namespace interop {

/// All calls from any number of threads. What should not fail ends the program, with its reason.
class Disk {
 public:
  virtual ~Disk() = default;
  virtual std::uint64_t sectors() const = 0;
  virtual std::uint32_t sector_size() const = 0;
  /// None: an error entry.
  virtual std::optional<std::vector<std::byte>> read(std::uint64_t lba) = 0;
  virtual void write(std::uint64_t first, std::span<const std::byte> bytes) = 0;
  virtual void zero(std::uint64_t lba) = 0;
  virtual void mark_error(std::uint64_t lba) = 0;

  void run(const Operation& operation);
};

/// How a pool is opened.
enum class Side : std::uint8_t {
  libpmemblk,
  ours_on_file,        ///< system calls, real barriers
  ours_without_power,  ///< system calls, for the life of processes
  ours_mapped,         ///< stores to a mapping, for the life of processes
  ours_for_reading,    ///< never recovers; shows what recovery would give
};

/// The pool at `path` with sectors of `bsize`.
std::unique_ptr<Disk> open_disk(Side side, const std::filesystem::path& path, std::uint32_t bsize);

}  // namespace interop
