// SPDX-License-Identifier: BSD-3-Clause
#include "real_areas.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <map>

#include <ndmedic/media/memory_media.h>

namespace ndmedic::tests {
namespace {

/// The last `size` bytes of a packed image.
std::vector<std::byte> unpacked_tail(const std::filesystem::path& packed, std::size_t size) {
  const std::string command =
      "zstd -dcq '" + packed.string() + "' | tail -c " + std::to_string(size);
  std::vector<std::byte> bytes(size);
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  const std::size_t got = std::fread(bytes.data(), 1, size, pipe);
  REQUIRE(pclose(pipe) == 0);
  REQUIRE(got == size);
  return bytes;
}

RealCase unpack(const std::filesystem::path& directory) {
  RealCase loaded;
  std::ifstream(directory / "facts.json") >> loaded.facts;
  for (const Json& file : loaded.facts.value("files", Json::array())) {
    const bool tar = file.value("packed", "").ends_with(".tar.zst");
    if (!file.contains("label_area") || tar) continue;
    const Json& facts = file["label_area"];
    const auto bytes = unpacked_tail(directory / file["packed"].get<std::string>(), facts["size"]);
    loaded.areas.push_back({.file = file["unpacked"],
                            .capacity = facts["offset"],
                            .facts = facts,
                            .bytes = bytes,
                            .area = read_label_area(MemoryMedia(bytes))});
  }
  return loaded;
}

}  // namespace

std::filesystem::path real_images() {
  return std::filesystem::path(NDMEDIC_SOURCE_DIR) / "corpora/real";
}

std::vector<std::filesystem::path> real_cases() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(real_images()))
    if (std::filesystem::exists(entry.path() / "facts.json")) paths.push_back(entry.path());
  return paths;
}

const RealCase& load_real_case(const std::filesystem::path& directory) {
  static std::map<std::filesystem::path, RealCase> unpacked;
  const auto known = unpacked.find(directory);
  return known != unpacked.end() ? known->second
                                 : unpacked.emplace(directory, unpack(directory)).first->second;
}

}  // namespace ndmedic::tests
