// SPDX-License-Identifier: BSD-3-Clause
// Values of single places changed, with all that goes with it: the other copy of an info block and
// the checksums.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include <ndmedic/format/place.h>
#include <ndmedic/image/image.h>
#include <ndmedic/image/place_map.h>
#include <ndmedic/image/place_value.h>

namespace ndmedic {

/// The medium of the tree that `media` is, to write; nullptr for any other.
Media* writable_media(const ImageTree& tree, const Media* media);

/// A structure, or a range without one, that changes.
struct EditedPlace {
  Place place{};    ///< without a field
  Target target{};  ///< of the place
  PlaceBytes before{};
  PlaceBytes after{};
};

enum class EditMode : std::uint8_t {
  careful,  ///< a structure whose checksum is wrong is not edited
  forced,   ///< its checksum is made right
  raw,      ///< exactly the places that are named; no copies, no checksums
};

/// Collects changes and writes them. The tree must outlive it. Not thread-safe.
class PlaceEdit {
 public:
  PlaceEdit(ImageTree& tree, EditMode mode);

  /// Changes `place` to `value`, of its size (parse_value()). The other copy of an info block
  /// changes with it, unless its checksum is wrong or it cannot be read: then it is left_alone().
  /// Errors: those of locate() and reading, damaged (EditMode::careful, `what` "checksum"), and
  /// invalid (`what` "checksum": one, but for EditMode::raw; "overlap": it lies across a place that
  /// changes already).
  Status change(const Place& place, const PlaceBytes& value);

  /// Where changes lie: for change() and for parse_value().
  const PlaceMap& places() const { return places_; }

  /// Makes the checksums right and writes what differs, each structure durable before the next:
  /// of two copies one is always whole. `stage` is told the place before it is written. Errors:
  /// those of writing.
  Status write(const std::function<void(std::string_view)>& stage = {});

  /// Everything that changes, checksums included after write(), in the order of writing.
  const std::vector<EditedPlace>& edited() const { return edited_; }
  const std::vector<Place>& left_alone() const { return left_alone_; }

 private:
  Result<EditedPlace*> open(const Place& whole);
  Status change_copy(const Place& whole, const Target& target, const PlaceBytes& value);
  Status write_one(EditedPlace& edited);
  Status write_nfit_headers();

  ImageTree& tree_;
  EditMode mode_;
  PlaceMap places_;
  std::vector<EditedPlace> edited_;
  std::vector<Place> left_alone_;
};

}  // namespace ndmedic
