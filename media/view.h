// SPDX-License-Identifier: BSD-3-Clause
// A medium made of parts of others: a slice, a concatenation, an interleave set, the extents of a
// namespace. Views of views are flattened when built: a read goes straight to the device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <ndmedic/media/interleave.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// A range of a medium, or of nothing. Writes pass through only where it was made of a Media&.
struct Piece {
  const Media* source = nullptr;  ///< nullptr: absent (a missing DIMM, a cut tail)
  Media* sink = nullptr;          ///< the same medium, or nullptr: read only
  std::uint64_t offset = 0;       ///< bytes from the start of the medium
  std::uint64_t size = 0;         ///< bytes

  static Piece of(Media& media, std::uint64_t offset, std::uint64_t size) {
    return {&media, &media, offset, size};
  }
  static Piece of(const Media& media, std::uint64_t offset, std::uint64_t size) {
    return {&media, nullptr, offset, size};
  }
  static Piece whole(Media& media) { return of(media, 0, media.size()); }
  static Piece whole(const Media& media) { return of(media, 0, media.size()); }
  static Piece missing(std::uint64_t size) { return {nullptr, nullptr, 0, size}; }
};

/// One device's share of an interleave set, with the words of its region mapping. The offsets
/// are copied; they need not outlive the call.
struct SharePiece {
  Piece piece;
  InterleaveShare mapping;
};

/// Errors carry ranges of the view. Reading or writing an absent piece is Errc::absent; a write
/// that meets an absent or a read-only piece stores nothing at all.
///
/// The media must outlive the view; other views it was built from need not, unless they are more
/// than one piece and became a share of an interleave set. Thread-safety: as Media.
class View final : public Media {
 public:
  static constexpr std::size_t most_pieces = std::size_t{1} << 20;

  /// The pieces one after another. Errors: out_of_range (a piece beyond its medium, a sum beyond
  /// 2^64-1), too_large (most_pieces, after flattening).
  static Result<std::unique_ptr<View>> concatenation(std::span<const Piece> pieces);

  /// concatenation() of one piece.
  static Result<std::unique_ptr<View>> slice(Media& media, std::uint64_t offset,
                                             std::uint64_t size);
  static Result<std::unique_ptr<View>> slice(const Media& media, std::uint64_t offset,
                                             std::uint64_t size);

  /// The set the shares make up (labels.md 6, type 2). All have one size; lines that no share
  /// claims are absent. Errors: those of Interleave::build, and out_of_range.
  static Result<std::unique_ptr<View>> interleaved(std::uint32_t line_size, std::uint32_t ways,
                                                   std::span<const SharePiece> shares);

  /// interleaved() with lines of `line_size` taken from each piece in turn.
  static Result<std::unique_ptr<View>> round_robin(std::uint32_t line_size,
                                                   std::span<const Piece> pieces);

  /// Segments left after flattening and joining neighbours.
  std::size_t segment_count() const { return segments_.size(); }

  std::uint64_t size() const override { return size_; }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override;
  Status write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status flush(Extent range) override;
  Status fence() override;
  /// In an interleave set a run ends where any share's does; where shares differ in kind it is
  /// one line long. Ask the shares for what matters by device.
  Result<ExtentRun> run_at(std::uint64_t offset, std::uint64_t limit) const override;
  MediaTraits traits() const override;

 private:
  struct Stripe {
    Interleave set;
    std::vector<Piece> shares;
  };
  /// [start, start + piece.size) of the view. With a stripe, piece.offset is a position in it and
  /// source and sink are unused.
  struct Segment {
    std::uint64_t start = 0;
    Piece piece;
    std::shared_ptr<const Stripe> stripe;
  };

  View() = default;
  Status append(const Piece& piece);
  Status append_view(const View& view, const Piece& piece);
  Status append_segment(Segment segment);
  void remember_media();

  const Segment& segment_at(std::uint64_t offset) const;
  Piece locate(std::uint64_t offset, std::uint64_t most) const;
  static Piece share_part(const Stripe& stripe, std::uint64_t position, std::uint64_t most);
  static Result<std::uint64_t> equal_turns(const Stripe& stripe, std::uint64_t turn,
                                           std::uint64_t turn_limit, ExtentKind kind);
  Result<ExtentRun> stripe_run(const Segment& segment, std::uint64_t offset,
                               std::uint64_t limit) const;
  Status check_writable(std::uint64_t offset, std::uint64_t size) const;

  std::uint64_t size_ = 0;
  std::vector<Segment> segments_;
  std::vector<const Media*> sources_;  // each once
  std::vector<Media*> sinks_;
  bool writable_ = false;
};

}  // namespace ndmedic
