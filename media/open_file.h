// SPDX-License-Identifier: BSD-3-Clause
// Opening an image as a regular file or a block device, and nothing else.
#pragma once

#include <cstdint>
#include <filesystem>

#include <ndmedic/media/file_descriptor.h>

namespace ndmedic {

struct WriteOptions {
  bool force = false;   ///< write even where it cannot be told whether the file is in use
  bool direct = false;  ///< O_DIRECT: past the page cache
};

struct OpenFile {
  FileDescriptor descriptor;
  std::uint64_t size = 0;
  std::uint32_t block_size = 1;  ///< logical block of a block device, else 1
  bool is_block_device = false;
};

/// Errors: not_found, permission, wrong_kind (neither a regular file nor a block device), io,
/// not_supported (O_DIRECT on a file system without it). Never waits, whatever lies at `path`,
/// but for the lease of another process.
Result<OpenFile> open_for_reading(const std::filesystem::path& path, bool direct = false);

/// As open_for_reading, and claimed as claim_for_writing() says. Errors besides: in_use, read_only.
Result<OpenFile> open_for_writing(const std::filesystem::path& path, WriteOptions options);

}  // namespace ndmedic
