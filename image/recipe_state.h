// SPDX-License-Identifier: BSD-3-Clause
// What a recipe has made so far: the media, where their structures lie, and what later lines need
// to know. Internal to the recipe_*.cpp files.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <ndmedic/format/place.h>
#include <ndmedic/format/platform.h>
#include <ndmedic/image/build_btt.h>
#include <ndmedic/image/recipe.h>
#include <ndmedic/image/recipe_words.h>

namespace ndmedic {

/// A range of one device.
struct RecipePiece {
  std::uint32_t device = 0;
  Extent range{};
};

/// The DIMMs of one `dimm` line (one interleave set), or the device of one `lsa` line.
struct RecipeSet {
  std::uint32_t first_device = 0;
  std::uint32_t ways = 1;
  bool cxl = false;
  bool blank = false;               ///< no index blocks: labels cannot be added
  std::uint64_t capacity = 0;       ///< bytes of data of each DIMM
  std::uint32_t interleave = 4096;  ///< bytes a turn, for ways > 1
  std::uint32_t slot = 0;           ///< QEMU slot of the first DIMM
  std::uint64_t serial = 0;         ///< of a CXL device
  std::uint16_t major = 1;
  std::uint16_t minor = 2;
  std::uint64_t next_dpa = 0;
  Guid region_uuid{};  ///< of the last CXL region label

  QemuRegion region() const {
    return {.slot = slot, .size = capacity, .ways = ways, .line_size = interleave};
  }
};

class RecipeState {
 public:
  /// Adds a device of `size` zero bytes and gives its number.
  Result<std::uint32_t> add_device(std::uint64_t size);
  SparseMedia& device(std::uint32_t number) { return *made_.devices[number]; }

  /// A view of `pieces`, which are of equal size and taken in turns of `turn` bytes, or of the
  /// only piece.
  Result<View*> add_view(std::vector<RecipePiece> pieces, std::uint32_t turn);

  DevicePlaces& device_places(std::uint32_t number) { return made_.places.devices[number]; }
  void add_namespace(NamespacePlaces places, BttContainer container);
  std::size_t namespace_count() const { return made_.places.namespaces.size(); }
  const NamespacePlaces& namespace_places(std::size_t number) const {
    return made_.places.namespaces[number];
  }
  BttContainer container_of(std::size_t number) const { return containers_[number]; }

  /// The set of the last `dimm` or `lsa` line, or nullptr; all sets.
  RecipeSet* current_set() { return sets_.empty() ? nullptr : &sets_.back(); }
  std::span<const RecipeSet> sets() const { return sets_; }
  void add_set(const RecipeSet& set) { sets_.push_back(set); }

  /// The next of the uuids that count up, for what a line makes and for what lies in it.
  struct Uuids {
    Guid identity{};  ///< 00000000-0000-4000-8000-...
    Guid content{};   ///< 00000000-0000-4000-9000-...
  };
  Uuids next_uuids();

  const PlaceMap& places() const { return made_.places; }
  /// The same medium, to write: one of the devices or views.
  Media* writable(const Media* media);

  void leave_unsealed() { seal_at_end_ = false; }
  bool seals_at_end() const { return seal_at_end_; }
  void resize_later(std::uint32_t device, std::uint64_t size) {
    resizes_.push_back({device, size});
  }

  /// Carries the resizes out and hands over everything. The state is empty afterwards.
  Result<RecipeMedia> finish();

 private:
  struct PlannedView {
    std::vector<RecipePiece> pieces;
    std::uint32_t turn = 0;
  };
  struct Resize {
    std::uint32_t device = 0;
    std::uint64_t size = 0;
  };
  Result<std::unique_ptr<View>> make_view(const PlannedView& plan);
  Status resize(const Resize& resize);
  Status rebuild_views();

  RecipeMedia made_;
  std::vector<PlannedView> plans_;  // of made_.views, in their order
  std::vector<RecipeSet> sets_;
  std::vector<BttContainer> containers_;  // of namespaces, in their order
  std::vector<Resize> resizes_;
  std::uint32_t uuids_made_ = 0;
  bool seal_at_end_ = true;
};

/// A base line. None: the keyword is no base line's.
std::optional<Status> run_base_statement(RecipeState& state, WordReader& words);
/// A change line. None: the keyword is no change line's.
std::optional<Status> run_change_statement(RecipeState& state, WordReader& words);
/// The statement `seal`.
Status seal(RecipeState& state);

}  // namespace ndmedic
