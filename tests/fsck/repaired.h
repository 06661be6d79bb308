// SPDX-License-Identifier: BSD-3-Clause
// Media that are checked and repaired in memory, and what each sector reads.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ndmedic/btt/sector_media.h>
#include <ndmedic/fsck/repair.h>
#include <ndmedic/image/recipe.h>

#include "checked_recipe.h"

namespace ndmedic::test {

/// Devices that belong to the test: opened again and again.
class Bench {
 public:
  explicit Bench(std::string_view recipe) : devices_(media_of(recipe)) {}
  explicit Bench(std::vector<std::unique_ptr<SparseMedia>> devices)
      : devices_(std::move(devices)) {}

  Checked look() const {
    std::vector<std::unique_ptr<Media>> views;
    for (const auto& device : devices_) views.push_back(whole(*device));
    return look_at(std::move(views));
  }

  static std::unique_ptr<Media> whole(Media& media) {
    auto view = View::slice(media, 0, media.size());
    REQUIRE(view);
    return std::move(*view);
  }

  static Checked look_at(std::vector<std::unique_ptr<Media>> devices) {
    Checked all;
    std::vector<ImageInput> inputs;
    for (auto& device : devices) inputs.push_back({"image", std::move(device)});
    auto tree = open_images(std::move(inputs), {}, all.findings);
    REQUIRE(tree);
    all.tree = std::move(*tree);
    auto result = check(all.tree, {}, all.findings);
    REQUIRE(result);
    all.result = std::move(*result);
    return all;
  }

  std::vector<std::unique_ptr<SparseMedia>>& devices() { return devices_; }

 private:
  std::vector<std::unique_ptr<SparseMedia>> devices_;
};

/// Repairs up to `consent`, carried out.
inline std::vector<Repair> repair(Checked& all, RepairClass consent) {
  auto proposed = propose_repairs(all.tree, all.result, all.findings);
  REQUIRE(proposed);
  std::erase_if(*proposed, [&](const Repair& one) { return one.consent > consent; });
  for (const Repair& one : *proposed)
    if (one.prepare) REQUIRE(one.prepare());
  for (const Repair& one : *proposed) REQUIRE(one.carry_out());
  return std::move(*proposed);
}

/// What each sector of a namespace reads, or none for an error; as a kernel would show it after
/// recovery.
inline std::vector<std::optional<std::string>> sectors_of(const Checked& all, std::size_t ns = 0) {
  std::vector<std::optional<std::string>> sectors;
  const NamespaceImage& image = all.tree.namespaces.at(ns);
  if (!image.btt) return sectors;
  std::vector<SectorArena> arenas;
  for (const ArenaImage& arena : image.btt->arenas)
    arenas.push_back({*image.btt->chain.places[arena.place].arena, pending_words(arena.lanes)});
  if (arenas.empty()) return sectors;
  const SectorMedia media(*image.media, image.btt->options.context.container, arenas);
  const std::uint32_t size = media.sector_size();
  for (std::uint64_t at = 0; at < media.size(); at += size) {
    std::string bytes(size, '\0');
    const bool read = static_cast<bool>(
        media.read(at, std::as_writable_bytes(std::span(bytes.data(), bytes.size()))));
    sectors.push_back(read ? std::optional(std::move(bytes)) : std::nullopt);
  }
  return sectors;
}

}  // namespace ndmedic::test
