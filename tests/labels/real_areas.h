// SPDX-License-Identifier: BSD-3-Clause
// The label areas of corpora/real, as bytes and as read, each with what is known of it from
// outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <ndmedic/labels/label_area.h>

namespace ndmedic::tests {

using Json = nlohmann::json;

struct RealArea {
  std::string file;
  std::uint64_t capacity = 0;
  Json facts;
  std::vector<std::byte> bytes;
  LabelArea area;
};

struct RealCase {
  Json facts;
  std::vector<RealArea> areas;
};

std::filesystem::path real_images();

/// Directories with a facts.json.
std::vector<std::filesystem::path> real_cases();

/// The case of one directory, with every label area in it read. Those packed with tar are sparse
/// files too large to unpack here; the image tests read them.
const RealCase& load_real_case(const std::filesystem::path& directory);

}  // namespace ndmedic::tests
