// SPDX-License-Identifier: BSD-3-Clause
// Images for the guest, and what the library sees in them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/btt/sector_media.h>
#include <ndmedic/image/image.h>

namespace kernel_test {

/// Writes the one device of a recipe as a sparse file. Failing ends the test.
void write_image(std::string_view recipe, const std::filesystem::path& path);

/// Stores `bytes` at the start of a file that is there, runs of zeros left out where it has holes.
void write_bytes(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// One image, opened for reading. Failing ends the test.
ndmedic::ImageTree open_image(const std::filesystem::path& path);

/// Visits the sectors of a BTT in order. Failing ends the test.
void for_each_sector(
    const ndmedic::NamespaceImage& ns,
    const std::function<void(std::uint64_t lba, std::span<const std::byte> sector)>& visit);

/// "LBA HASH" of every sector that is not blank: what `sector_tool list` prints in the guest.
std::string sector_list(const ndmedic::NamespaceImage& ns);

/// Lanes of all arenas whose write recovery has yet to complete.
std::uint64_t interrupted_lanes(const ndmedic::NamespaceImage& ns);

/// The sectors as a plain file, blank ones left out.
void write_flat(const ndmedic::NamespaceImage& ns, const std::filesystem::path& path);

/// Runs the program in-process.
struct Outcome {
  int exit = 0;
  std::string out{};
};
Outcome run_ndmedic(const std::vector<std::string>& arguments);

std::string text_of(const std::filesystem::path& path);
void write_text(const std::filesystem::path& path, std::string_view text);

}  // namespace kernel_test
