// SPDX-License-Identifier: BSD-3-Clause
// -o FILE: a file that is there whole or not at all, standard output, or a device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include <ndmedic/format/result.h>
#include <ndmedic/media/file_descriptor.h>

namespace ndmedic::cli {

/// Makes the name of a new file durable.
Status sync_folder_of(const std::string& path);

/// A regular file is written under another name beside it, sparse, and takes its place in finish();
/// without finish() nothing is left behind. What is no regular file is written as it is.
class OutputFile {
 public:
  /// `path`: "-" means `out`. `inputs` are files that must not be overwritten. Errors: invalid (it
  /// is one of the inputs), and those of the system.
  static Result<std::unique_ptr<OutputFile>> open(const std::string& path, std::ostream& out,
                                                  const std::vector<std::string>& inputs);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Appends.
  Status write(std::span<const std::byte> bytes);
  Status write_zeros(std::uint64_t size);

  /// Makes it durable and gives it its name.
  Status finish();

 private:
  explicit OutputFile(std::ostream& out) : out_(out) {}
  Status write_all(std::span<const std::byte> bytes);

  std::ostream& out_;
  FileDescriptor file_;  // not open: standard output
  std::string path_;
  std::string temporary_;  // empty: written in place
  std::uint64_t size_ = 0;
};

}  // namespace ndmedic::cli
