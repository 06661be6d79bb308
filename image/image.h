// SPDX-License-Identifier: BSD-3-Clause
// One or several images opened together, as a tree: device -> label area -> namespaces ->
// personality -> arenas -> info blocks, flog, map. Opening writes nothing; detection is by
// evidence, which is kept; options override it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <ndmedic/btt/arena_chain.h>
#include <ndmedic/btt/lane_state.h>
#include <ndmedic/btt/map_census.h>
#include <ndmedic/format/finding.h>
#include <ndmedic/image/content.h>
#include <ndmedic/image/evidence.h>
#include <ndmedic/image/open_options.h>
#include <ndmedic/image/place_map.h>
#include <ndmedic/image/siblings.h>
#include <ndmedic/labels/label_area.h>
#include <ndmedic/labels/label_set.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// One IMAGE argument before it is understood. `media` is the whole file; null when it could not be
/// opened: then its number stays taken, and an NFIT's handle with it, and there is no DeviceImage.
struct ImageInput {
  std::string path;
  std::unique_ptr<Media> media;
  std::unique_ptr<Media> lsa{};  ///< a label area of its own (CXL), or null
};

/// One IMAGE. Views refer to `file`; sizes in bytes.
struct DeviceImage {
  std::uint32_t index = 0;  ///< of the input: N of dN; not the place in ImageTree::devices
  std::string path;
  DeviceKind kind = DeviceKind::bare;
  EvidenceList evidence{};
  std::unique_ptr<Media> file;      ///< the file as opened
  std::unique_ptr<Media> lsa_file;  ///< CXL: the file of the label area
  std::unique_ptr<Media> whole;     ///< by --offset and --length
  std::unique_ptr<Media> labels;    ///< the label area, or null
  std::unique_ptr<Media> data;      ///< what DPA addresses; null for label_area and nfit
  std::optional<LabelArea> area{};
  std::optional<PoolReading> pool{};
  std::optional<NfitReading> nfit{};
};

/// What sits in a namespace.
enum class Personality : std::uint8_t {
  raw,          ///< plain bytes
  btt_1_1,      ///< sector mode, info block at 4096
  btt_2_0,      ///< sector mode, info block at 0
  fsdax,        ///< PFN info block at 4096
  devdax,       ///< DAX info block at 4096
  pool,         ///< libpmemblk pool: BTT at 8192
  unknown,      ///< the label names an abstraction that nobody knows
  not_checked,  ///< the bytes are not reachable
};
std::string_view to_string(Personality personality);

/// Why the bytes of a namespace are not reachable.
enum class Unreachable : std::uint8_t {
  reachable,
  no_data,             ///< only label areas were given
  incomplete,          ///< positions of the set are missing
  interleave_unknown,  ///< several DIMMs, and nothing says how bytes are spread
  outside,             ///< the extent does not lie within the device
  limit,               ///< behind the first 4096 namespaces
};
std::string_view to_string(Unreachable why);

/// One arena with its lanes, read as far as the chain allows.
struct ArenaImage {
  std::size_t place = 0;  ///< index into BttImage::chain.places; an arena is known there
  LaneTable lanes{};
  std::optional<MapCensus> census{};  ///< only after count_maps()
};

struct BttImage {
  ArenaChain chain{};
  ChainOptions options{};  ///< what the chain was read with
  std::vector<ArenaImage> arenas{};

  /// The arena that `image`, one of `arenas`, was read from.
  const Arena& arena(const ArenaImage& image) const { return *chain.places[image.place].arena; }
};

struct NamespaceImage {
  std::uint32_t index = 0;                ///< SEL of a PLACE
  std::optional<std::size_t> label{};     ///< index into ImageTree::labels.namespaces
  std::optional<std::uint32_t> device{};  ///< the one device it lies on, if it is one
  Guid uuid{};
  std::string name{};  ///< untrusted bytes
  std::uint64_t size = 0;
  Personality personality = Personality::raw;
  Unreachable unreachable = Unreachable::reachable;
  EvidenceList evidence{};
  std::unique_ptr<Media> media{};  ///< null unless reachable
  std::optional<BttImage> btt{};
  std::optional<PfnReading> pfn{};
  std::optional<Content> content{};  ///< of the data a user of the namespace sees
};

/// Everything that was opened. Movable; media stay where they are. What is written to the media of
/// a namespace reaches the file when that was opened for writing; the tree then tells what was.
struct ImageTree {
  std::vector<DeviceImage> devices{};
  std::vector<RegionDescription> regions{};  ///< of the NFIT, if one was given
  LabelSet labels{};
  std::vector<NamespaceImage> namespaces{};
};

/// Opens and reads everything but maps and data. Findings go to `findings` in the order of the
/// media. Errors: only those that leave nothing to show; `where.offset` is then the index of the
/// input. Memory and time are bounded by the limits of the readers, whatever the bytes say.
Result<ImageTree> open_images(std::vector<ImageInput> inputs, const OpenOptions& options,
                              FindingSink& findings);

/// Visits every arena of the tree, as indices into its namespaces and their arenas, until `visit`
/// gives false. The options that it gets have the context, and `progress` as in count_map(), summed
/// up over all arenas. Errors: those of `visit`.
using ArenaVisit =
    std::function<Result<bool>(std::size_t ns, std::size_t arena, const CensusOptions& options)>;
Status for_each_arena(const ImageTree& tree, const Progress& progress, const ArenaVisit& visit);

/// Counts the map entries of every arena (show --count). `progress` as in count_map(), summed up
/// over all arenas.
Status count_maps(ImageTree& tree, const Progress& progress, FindingSink& findings);

/// Where the structures of the tree lie, for locate(). Refers to the tree's media.
PlaceMap place_map(const ImageTree& tree);

}  // namespace ndmedic
