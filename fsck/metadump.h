// SPDX-License-Identifier: BSD-3-Clause
// Which bytes of images are metadata, and names and uuids in them replaced: what a metadump keeps.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>

#include <ndmedic/format/guid.h>
#include <ndmedic/fsck/range_probe.h>
#include <ndmedic/image/image.h>

namespace ndmedic {

/// Notes in `probes`, which the images of `tree` were opened through, what a metadump keeps: label
/// areas, NFITs, headers and descriptors of pools, info blocks of all personalities, flogs and maps
/// with their padding, and places of info blocks that are zero. What lies in the data of a live
/// personality is a user's, whatever it looks like. `anonymous`: of label areas only index blocks
/// and slots, as nothing is known of the rest. Errors: those of Media but absent and bad_media.
Status note_metadata(const ImageTree& tree, std::span<RangeProbe* const> probes, bool anonymous);

/// Replaces names and uuids, each always by the same one: "name1", ... and
/// 00000000-0000-4000-a000-000000000001, ... in the order that they are met. Null uuids, type and
/// abstraction GUIDs, set cookies and serial numbers stay. Checksums that were right are right
/// again. Not thread-safe.
class Anonymiser {
 public:
  /// Writes to the media of the tree. Errors: not_supported (a label area whose slots cannot be
  /// told; `where.offset` is its index in the tree), those of Media but absent and bad_media.
  Status run(ImageTree& tree);

  std::size_t names() const { return names_.size(); }
  std::size_t uuids() const { return uuids_.size(); }

 private:
  Status change_labels(ImageTree& tree, const PlaceMap& places, std::size_t device);
  Status change_namespaces(ImageTree& tree);
  Status change_at(Media& media, std::uint64_t offset, const Structure& structure);
  void change_field(const Field& field, std::span<std::byte> bytes);

  std::map<std::string, std::string> names_;
  std::map<Guid, Guid> uuids_;
  // Replacements: namespaces of damaged labels overlap, and are met twice.
  std::set<std::string> new_names_;
  std::set<Guid> new_uuids_;
};

}  // namespace ndmedic
