// SPDX-License-Identifier: BSD-3-Clause
// -i FILE: a file, a device, or standard input, read once from its start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <ndmedic/format/result.h>
#include <ndmedic/media/file_descriptor.h>

namespace ndmedic::cli {

class InputFile {
 public:
  /// `path`: "-" means standard input; a terminal there is refused (invalid). Errors: those of the
  /// system, wrong_kind for a directory.
  static Result<InputFile> open(const std::string& path);

  /// Bytes, for regular files and block devices.
  std::optional<std::uint64_t> size() const { return size_; }

  /// Fills `into` but at the end of the input; gives the bytes read.
  Result<std::size_t> read(std::span<std::byte> into);

  /// Skips a hole that begins here, in whole `unit`s of at most `most` bytes; gives its bytes.
  std::uint64_t skip_hole(std::uint64_t unit, std::uint64_t most);

 private:
  explicit InputFile(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
  std::optional<std::uint64_t> size_;
  std::uint64_t position_ = 0;
  std::uint64_t end_ = 0;   // of a regular file
  bool has_holes_ = false;  // a regular file, where holes can be asked for
};

}  // namespace ndmedic::cli
