// SPDX-License-Identifier: BSD-3-Clause
// Reading and writing through a view. How one is built is in view_build.cpp.
#include <ndmedic/media/view.h>

#include <algorithm>

#include <ndmedic/media/bounds.h>

namespace ndmedic {
namespace {

/// An error met in `part` of a medium, told in bytes of the view, where the part lies at `at`. A
/// medium may name more than it was asked for (whole blocks): that is cut off.
Error moved(Error error, const Piece& part, std::uint64_t at) {
  const std::uint64_t begin = std::max(error.where.offset, part.offset);
  const std::uint64_t end = (Checked(error.where.offset) + error.where.size).get().value_or(begin);
  const std::uint64_t part_end = part.offset + part.size;
  if (begin < end && begin < part_end)
    error.where = {at + (begin - part.offset), std::min(end, part_end) - begin};
  else
    error.where = {at, part.size};
  return error;
}

Result<ExtentRun> run_of(const Piece& part) {
  if (part.source == nullptr) return ExtentRun{{part.offset, part.size}, ExtentKind::absent};
  return part.source->run_at(part.offset, part.offset + part.size);
}

}  // namespace

const View::Segment& View::segment_at(std::uint64_t offset) const {
  const auto after = std::ranges::upper_bound(segments_, offset, {}, &Segment::start);
  return *std::prev(after);
}

Piece View::share_part(const Stripe& stripe, std::uint64_t position, std::uint64_t most) {
  const Interleave::Location at = stripe.set.locate(position);
  const std::uint64_t size = std::min(at.contiguous, most);
  if (at.share == Interleave::no_share) return Piece::missing(size);
  Piece part = stripe.shares[at.share];
  part.offset += at.offset;
  part.size = size;
  return part;
}

/// The longest piece of one medium at `offset`, at most `most` bytes.
Piece View::locate(std::uint64_t offset, std::uint64_t most) const {
  const Segment& segment = segment_at(offset);
  const std::uint64_t within = offset - segment.start;
  most = std::min(most, segment.piece.size - within);
  if (segment.stripe) return share_part(*segment.stripe, segment.piece.offset + within, most);
  Piece part = segment.piece;
  part.offset += within;
  part.size = most;
  return part;
}

Status View::read(std::uint64_t offset, std::span<std::byte> into) const {
  NDMEDIC_CHECK(check_within(offset, into.size(), size_, "view"));
  while (!into.empty()) {
    const Piece part = locate(offset, into.size());
    if (part.source == nullptr) return Error{Errc::absent, {offset, part.size}, "view"};
    if (const Status status = part.source->read(part.offset, into.first(part.size)); !status)
      return moved(status.error(), part, offset);
    into = into.subspan(part.size);
    offset += part.size;
  }
  return {};
}

Status View::check_writable(std::uint64_t offset, std::uint64_t size) const {
  NDMEDIC_CHECK(check_within(offset, size, size_, "view"));
  while (size > 0) {
    const Piece part = locate(offset, size);
    if (part.source == nullptr) return Error{Errc::absent, {offset, part.size}, "view"};
    if (part.sink == nullptr) return Error{Errc::read_only, {offset, part.size}, "view"};
    // Only a share of a set is a view still; what is missing in it must stop the write here too.
    if (const auto* share = dynamic_cast<const View*>(part.source))
      if (const Status status = share->check_writable(part.offset, part.size); !status)
        return moved(status.error(), part, offset);
    offset += part.size;
    size -= part.size;
  }
  return {};
}

Status View::write(std::uint64_t offset, std::span<const std::byte> from) {
  NDMEDIC_CHECK(check_writable(offset, from.size()));
  while (!from.empty()) {
    const Piece part = locate(offset, from.size());
    if (const Status status = part.sink->write(part.offset, from.first(part.size)); !status)
      return moved(status.error(), part, offset);
    from = from.subspan(part.size);
    offset += part.size;
  }
  return {};
}

Status View::flush(Extent range) {
  NDMEDIC_CHECK(check_within(range.offset, range.size, size_, "view"));
  std::uint64_t at = range.offset;
  for (std::uint64_t left = range.size; left > 0;) {
    const Segment& segment = segment_at(at);
    const std::uint64_t size = std::min(left, segment.piece.size - (at - segment.start));
    if (segment.stripe) {
      // Whole turns of every share: a few lines more than asked, one call for each device.
      const Interleave& set = segment.stripe->set;
      const std::uint64_t first = segment.piece.offset + (at - segment.start);
      const std::uint64_t turn = first / set.turn_size();
      const std::uint64_t turns = (first + size - 1) / set.turn_size() - turn + 1;
      for (const Piece& share : segment.stripe->shares) {
        const std::uint64_t unit = set.share_turn_size();
        if (share.sink != nullptr)
          NDMEDIC_CHECK(share.sink->flush({share.offset + turn * unit, turns * unit}));
      }
    } else if (segment.piece.sink != nullptr) {
      const Piece part = locate(at, size);
      if (const Status status = part.sink->flush({part.offset, part.size}); !status)
        return moved(status.error(), part, at);
    }
    at += size;
    left -= size;
  }
  return {};
}

Status View::fence() {
  Status first;
  for (Media* sink : sinks_)
    if (const Status status = sink->fence(); !status && first) first = status;
  return first;
}

/// How many whole turns from `turn` on, at most up to `turn_limit`, are of `kind` in all shares.
Result<std::uint64_t> View::equal_turns(const Stripe& stripe, std::uint64_t turn,
                                        std::uint64_t turn_limit, ExtentKind kind) {
  const std::uint64_t unit = stripe.set.share_turn_size();
  const std::uint64_t claimed = stripe.shares.size() * unit;
  std::uint64_t turns = turn_limit - turn;
  if (claimed != stripe.set.turn_size() && kind != ExtentKind::absent) return std::uint64_t{0};
  for (const Piece& share : stripe.shares) {
    if (turns == 0) break;
    Piece part = share;
    part.offset += turn * unit;
    part.size = turns * unit;
    NDMEDIC_TRY(const ExtentRun run, run_of(part));
    turns = run.kind == kind ? run.range.size / unit : 0;
  }
  return turns;
}

Result<ExtentRun> View::stripe_run(const Segment& segment, std::uint64_t offset,
                                   std::uint64_t limit) const {
  const Stripe& stripe = *segment.stripe;
  const std::uint64_t first = segment.piece.offset + (offset - segment.start);
  const std::uint64_t most = limit - offset;
  const Piece line = share_part(stripe, first, most);
  Result<ExtentRun> run = run_of(line);
  if (!run) return moved(run.error(), line, offset);
  run->range.offset = offset;
  if (run->range.size < line.size || line.size == most) return run;

  const std::uint64_t unit = stripe.set.turn_size();
  const std::uint64_t turn = first / unit;
  const std::uint64_t turn_limit = (first + most - 1) / unit + 1;
  const Result<std::uint64_t> turns = equal_turns(stripe, turn, turn_limit, run->kind);
  if (!turns) return moved(turns.error(), {nullptr, nullptr, 0, 0}, offset);
  if (*turns > 0) run->range.size = std::min(most, (turn + *turns) * unit - first);
  return run;
}

Result<ExtentRun> View::run_at(std::uint64_t offset, std::uint64_t limit) const {
  NDMEDIC_CHECK(check_run(offset, limit, size_, "view"));
  const Segment& segment = segment_at(offset);
  limit = std::min(limit, segment.start + segment.piece.size);
  if (segment.stripe) return stripe_run(segment, offset, limit);
  const Piece part = locate(offset, limit - offset);
  Result<ExtentRun> run = run_of(part);
  if (!run) return moved(run.error(), part, offset);
  run->range.offset = offset;
  return run;
}

MediaTraits View::traits() const {
  MediaTraits traits;
  for (const Media* source : sources_) {
    const MediaTraits below = source->traits();
    traits.alignment = std::max(traits.alignment, below.alignment);
    traits.largest_transfer = std::min(traits.largest_transfer, below.largest_transfer);
  }
  traits.writable = writable_ && std::ranges::all_of(sinks_, [](const Media* sink) {
                      return sink->traits().writable;
                    });
  if (segments_.size() == 1 && segments_[0].piece.source != nullptr) {
    const Piece& only = segments_[0].piece;
    const MediaTraits below = only.source->traits();
    if (!below.direct.empty()) traits.direct = below.direct.subspan(only.offset, only.size);
    traits.direct_durable = below.direct_durable;
  }
  return traits;
}

}  // namespace ndmedic
