// SPDX-License-Identifier: BSD-3-Clause
// Images that real systems wrote, unpacked into sparse memory.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <ndmedic/media/memory_media.h>

namespace ndmedic::test {

/// Unpacks a .zst file (or a .tar.zst with one sparse file) of `size` bytes.
std::unique_ptr<SparseMedia> unpack(const std::filesystem::path& packed, std::uint64_t size);

/// All of a text file.
std::string text_of(const std::filesystem::path& path);

/// Folder of the large real images, or an empty path when it is not there.
std::filesystem::path shared_images();

}  // namespace ndmedic::test
