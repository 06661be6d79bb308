// SPDX-License-Identifier: BSD-3-Clause
// How a view is built: pieces checked against their media, views of views flattened, neighbours
// joined.
#include <algorithm>
#include <array>
#include <utility>

#include <ndmedic/media/bounds.h>
#include <ndmedic/media/view.h>

namespace ndmedic {
namespace {

/// True when the two are one longer piece.
bool continues(const Piece& before, const Piece& after) {
  if (before.source != after.source || before.sink != after.sink) return false;
  return before.source == nullptr || before.offset + before.size == after.offset;
}

/// For pieces in the order of their media: repetitions are neighbours.
template <class T>
void add_once(std::vector<T*>& all, T* one) {
  if (one != nullptr && (all.empty() || all.back() != one)) all.push_back(one);
}

}  // namespace

Result<std::unique_ptr<View>> View::concatenation(std::span<const Piece> pieces) {
  std::unique_ptr<View> view(new View);
  for (const Piece& piece : pieces) NDMEDIC_CHECK(view->append(piece));
  view->remember_media();
  return view;
}

Result<std::unique_ptr<View>> View::slice(Media& media, std::uint64_t offset, std::uint64_t size) {
  return concatenation(std::array{Piece::of(media, offset, size)});
}

Result<std::unique_ptr<View>> View::slice(const Media& media, std::uint64_t offset,
                                          std::uint64_t size) {
  return concatenation(std::array{Piece::of(media, offset, size)});
}

Result<std::unique_ptr<View>> View::interleaved(std::uint32_t line_size, std::uint32_t ways,
                                                std::span<const SharePiece> shares) {
  const Error invalid{Errc::invalid, {}, "interleave set"};
  if (shares.empty()) return invalid;
  std::vector<InterleaveShare> mappings;
  auto stripe = std::make_shared<Stripe>();
  for (const SharePiece& share : shares) {
    if (share.piece.size != shares.front().piece.size) return invalid;
    mappings.push_back(share.mapping);
    // A share that is one plain piece of one device is taken through views to the device.
    NDMEDIC_TRY(const auto flat, concatenation(std::array{share.piece}));
    const bool plain = flat->segments_.size() == 1 && !flat->segments_[0].stripe;
    stripe->shares.push_back(plain ? flat->segments_[0].piece : share.piece);
  }
  NDMEDIC_TRY(stripe->set, Interleave::build(line_size, ways, shares.front().piece.size, mappings));

  if (stripe->set.linear() && ways == 1) return concatenation(stripe->shares);
  std::unique_ptr<View> view(new View);
  Segment segment;
  segment.piece.size = stripe->set.size();
  segment.stripe = std::move(stripe);
  NDMEDIC_CHECK(view->append_segment(std::move(segment)));
  view->remember_media();
  return view;
}

Result<std::unique_ptr<View>> View::round_robin(std::uint32_t line_size,
                                                std::span<const Piece> pieces) {
  constexpr std::array<std::uint32_t, 1> one_line = {0};
  if (pieces.size() > Interleave::most_slots) return Error{Errc::too_large, {}, "interleave set"};
  std::vector<SharePiece> shares;
  for (const Piece& piece : pieces)
    shares.push_back({piece, {shares.size() * std::uint64_t{line_size}, one_line}});
  return interleaved(line_size, static_cast<std::uint32_t>(pieces.size()), shares);
}

Status View::append(const Piece& piece) {
  if (piece.source != nullptr)
    NDMEDIC_CHECK(check_within(piece.offset, piece.size, piece.source->size(), "piece of a view"));
  if (const auto* view = dynamic_cast<const View*>(piece.source)) return append_view(*view, piece);
  return append_segment({0, piece, nullptr});
}

Status View::append_view(const View& view, const Piece& piece) {
  for (std::uint64_t done = 0; done < piece.size;) {
    const Segment& below = view.segment_at(piece.offset + done);
    const std::uint64_t within = piece.offset + done - below.start;
    Segment segment = below;
    segment.piece.offset += below.piece.source != nullptr || below.stripe ? within : 0;
    segment.piece.size = std::min(piece.size - done, below.piece.size - within);
    if (piece.sink == nullptr) {
      segment.piece.sink = nullptr;
      if (segment.stripe) {
        auto read_only = std::make_shared<Stripe>(*segment.stripe);
        for (Piece& share : read_only->shares) share.sink = nullptr;
        segment.stripe = std::move(read_only);
      }
    }
    done += segment.piece.size;
    NDMEDIC_CHECK(append_segment(std::move(segment)));
  }
  return {};
}

Status View::append_segment(Segment segment) {
  if (segment.piece.size == 0) return {};
  const auto end = (Checked(size_) + segment.piece.size).get();
  if (!end) return Error{Errc::out_of_range, {size_, segment.piece.size}, "view"};
  segment.start = std::exchange(size_, *end);
  if (!segments_.empty() && !segment.stripe && !segments_.back().stripe &&
      continues(segments_.back().piece, segment.piece)) {
    segments_.back().piece.size += segment.piece.size;
    return {};
  }
  if (segments_.size() == most_pieces) return Error{Errc::too_large, {size_, 0}, "view"};
  segments_.push_back(std::move(segment));
  return {};
}

void View::remember_media() {
  std::vector<Piece> all;
  for (const Segment& segment : segments_) {
    if (segment.stripe)
      all.insert(all.end(), segment.stripe->shares.begin(), segment.stripe->shares.end());
    else
      all.push_back(segment.piece);
  }
  std::ranges::sort(all, {}, &Piece::source);
  for (const Piece& piece : all) {
    add_once(sources_, piece.source);
    add_once(sinks_, piece.sink);
  }
  writable_ = !sinks_.empty() && std::ranges::all_of(all, [](const Piece& piece) {
    return piece.source == nullptr || piece.sink != nullptr;
  });
}

}  // namespace ndmedic
