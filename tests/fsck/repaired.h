// SPDX-License-Identifier: BSD-3-Clause
// Media that are checked and repaired in memory, and what each sector reads.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ndmedic/fsck/repair.h>
#include <ndmedic/image/personality.h>
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
    for (const auto& device : devices_) views.push_back(view_of(*device));
    return checked(std::move(views));
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
  const auto media = ndmedic::sectors_of(all.tree.namespaces.at(ns));
  if (!media) return sectors;
  const std::uint32_t size = media->sector_size();
  for (std::uint64_t at = 0; at < media->size(); at += size) {
    std::string bytes(size, '\0');
    const bool read = static_cast<bool>(
        media->read(at, std::as_writable_bytes(std::span(bytes.data(), bytes.size()))));
    sectors.push_back(read ? std::optional(std::move(bytes)) : std::nullopt);
  }
  return sectors;
}

/// What wants a repair, or recovery.
inline std::set<ProblemId> damage_of(const Checked& all) {
  std::set<ProblemId> ids;
  for (const ProblemId id : all.ids())
    if (problem(id).severity >= Severity::needs_recovery) ids.insert(id);
  return ids;
}

/// The map of an arena as recovery would leave it.
inline std::vector<MapEntry> words_of(const Checked& all, const ArenaOwnership& of) {
  const NamespaceImage& ns = all.tree.namespaces.at(of.ns);
  const ArenaImage& image = ns.btt->arenas.at(of.arena);
  const Arena& arena = ns.btt->arena(image);
  std::vector<Le32> stored(arena.geometry.external_nlba);
  REQUIRE(ns.media->read(arena.map().offset, std::as_writable_bytes(std::span(stored))));
  std::vector<MapEntry> words;
  for (const Le32& word : stored) words.push_back({word.value()});
  for (const PendingWord& pending : pending_words(image.lanes))
    words[pending.lba.value] = pending.word;
  return words;
}

}  // namespace ndmedic::test
