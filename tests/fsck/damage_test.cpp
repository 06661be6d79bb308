// SPDX-License-Identifier: BSD-3-Clause
// Seeded damage: each kind is found by the check or by counting who owns the blocks, is alike for
// one seed, and changes nothing where the images have no such structure.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <ndmedic/format/btt_map.h>
#include <ndmedic/fsck/check.h>
#include <ndmedic/fsck/damage.h>
#include <ndmedic/image/recipe.h>
#include <ndmedic/media/memory_media.h>

#include "opened.h"

namespace ndmedic {
namespace {

constexpr const char* recipe =
    "dimm 48M\nnamespace sector 4096 size 20M nfree 4 name first\n"
    "write 7 lane 1 fill 5\nwrite 9 lane 1 fill 6\nwrite 8 lane 2 fill 7\n";

struct Damaged {
  std::unique_ptr<SparseMedia> media;
  std::set<std::string> findings;
  ImageTree tree;

  std::vector<std::byte> bytes() const {
    std::vector<std::byte> all(media->size());
    REQUIRE(media->read(0, all));
    return all;
  }
};

/// `kind` empty: as the recipe made it.
Damaged damaged(std::string_view kind, std::uint64_t seed) {
  auto made = make_media(recipe);
  REQUIRE(made);
  Damaged result{std::move(made->devices.front()), {}, {}};
  if (!kind.empty()) {
    Findings ignored;
    ImageTree tree = test::opened(test::view_of(*result.media), ignored);
    const Status done = make_damage(tree, kind, seed);
    REQUIRE_MESSAGE(done, kind);
  }
  Findings findings;
  result.tree = test::opened(test::view_of(*result.media), findings);
  REQUIRE(check(result.tree, {}, findings));
  for (const Finding& finding : findings.list())
    result.findings.insert(std::string(code(finding.id)) + message_of(finding));
  return result;
}

/// How often map and lanes name each block of the only arena, by the definition of CC-1.
std::map<std::uint32_t, unsigned> owners(const Damaged& image) {
  std::map<std::uint32_t, unsigned> owners;
  const NamespaceImage& ns = image.tree.namespaces.front();
  REQUIRE(ns.btt);
  const ArenaPlace& place = ns.btt->chain.places.front();
  REQUIRE(place.arena);
  const ArenaGeometry& geometry = place.arena->geometry;
  for (std::uint32_t lba = 0; lba < geometry.external_nlba; ++lba) {
    const auto word = read_structure<Le32>(
        *ns.media, place.start.value + geometry.mapoff + std::uint64_t{lba} * map_entry_size);
    REQUIRE(word);
    ++owners[MapEntry{word->value()}.postmap({lba}).value];
  }
  for (std::uint32_t lane = 0; lane < geometry.nfree; ++lane) {
    const auto group = read_structure<FlogGroup>(
        *ns.media, place.start.value + geometry.flogoff + std::uint64_t{lane} * flog_group_size);
    REQUIRE(group);
    const auto current = newer(group->slot[0].seq.value(), group->slot[1].seq.value());
    REQUIRE(current);
    ++owners[group->slot[*current == FlogSlot::a ? 0 : 1].old_block().value];
  }
  return owners;
}

bool owned_once(const Damaged& image) {
  const auto found = owners(image);
  return found.size() == image.tree.namespaces.front()
                             .btt->chain.places.front()
                             .arena->geometry.internal_nlba &&
         std::ranges::all_of(found, [](const auto& owner) { return owner.second == 1; });
}

/// Kinds that keep every structure valid by itself: only ownership tells.
bool is_ownership(std::string_view kind) {
  return kind == "map-duplicate" || kind == "flog-mapped" || kind == "flog-duplicate" ||
         kind == "shared-lane";
}

TEST_CASE("each kind is found") {
  const Damaged sound = damaged({}, 0);
  REQUIRE(owned_once(sound));
  for (const std::string_view kind : damage_kinds())
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      CAPTURE(std::string(kind));
      CAPTURE(seed);
      const Damaged image = damaged(kind, seed);
      if (is_ownership(kind))
        CHECK_FALSE(owned_once(image));
      else if (kind == "label-cookie")  // what it should be, only an NFIT says
        CHECK(image.tree.labels.namespaces.front().isetcookie !=
              sound.tree.labels.namespaces.front().isetcookie);
      else
        CHECK(image.findings != sound.findings);
    }
}

TEST_CASE("one seed makes one damage, others make others") {
  for (const std::string_view kind : damage_kinds()) {
    CAPTURE(std::string(kind));
    const auto first = damaged(kind, 1).bytes();
    CHECK(first == damaged(kind, 1).bytes());
    bool differs = false;
    for (std::uint64_t seed = 2; seed <= 8; ++seed)
      differs = differs || first != damaged(kind, seed).bytes();
    // One label, one arena: what is written there does not depend on the seed.
    CHECK((differs || kind == "info-error" || kind == "label-extent"));
  }
}

TEST_CASE("a shared lane leaves each structure valid, and blocks owned twice and by nobody") {
  for (std::uint64_t seed = 100; seed < 200; ++seed) {
    CAPTURE(seed);
    const Damaged image = damaged("shared-lane", seed);
    const auto found = owners(image);
    CHECK(std::ranges::any_of(found, [](const auto& owner) { return owner.second > 1; }));
    CHECK(found.size() <
          image.tree.namespaces.front().btt->chain.places.front().arena->geometry.internal_nlba);
    CHECK(std::ranges::none_of(found, [&](const auto& owner) {
      return owner.first >=
             image.tree.namespaces.front().btt->chain.places.front().arena->geometry.internal_nlba;
    }));
  }
}

TEST_CASE("what is not there is not damaged") {
  auto made = make_media("bare 16M\n");
  REQUIRE(made);
  Findings ignored;
  ImageTree tree = test::opened(test::view_of(*made->devices.front()), ignored);
  for (const std::string_view kind : damage_kinds()) {
    const Status done = make_damage(tree, kind, 1);
    REQUIRE(!done);
    CHECK(done.error().code == Errc::not_found);
  }
  CHECK(make_damage(tree, "no-such-kind", 1).error().code == Errc::invalid);
}

}  // namespace
}  // namespace ndmedic
