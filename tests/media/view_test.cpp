// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/view.h>

#include <doctest/doctest.h>

#include <array>
#include <random>

#include <ndmedic/media/memory_media.h>

#include "pattern.h"

namespace ndmedic {
namespace {

using test::bytes_of;
using test::filled;
using test::pattern;

constexpr std::uint64_t top = ~std::uint64_t{0};

TEST_CASE("view: a slice reads and writes its part and nothing else") {
  MemoryMedia media(pattern(100));
  const auto slice = *View::slice(media, 30, 50);
  CHECK(slice->size() == 50);
  CHECK(bytes_of(*slice, 0, 50) == bytes_of(media, 30, 50));
  REQUIRE(slice->write(49, filled(1, 0xAA)));
  CHECK(bytes_of(media, 79, 1) == filled(1, 0xAA));
  CHECK(slice->write(49, filled(2, 0xBB)).error().code == Errc::out_of_range);
  std::vector<std::byte> two(2);
  CHECK(slice->read(top, two).error().where == Extent{top, 2});
  CHECK(slice->traits().writable);
  CHECK(slice->traits().direct.data() == media.bytes().data() + 30);
  CHECK(slice->traits().direct.size() == 50);
  CHECK(View::slice(media, 60, 50).error().code == Errc::out_of_range);
  CHECK(View::slice(media, top, 2).error().code == Errc::out_of_range);
}

TEST_CASE("view: of read-only media a view is read-only") {
  const MemoryMedia media(100);
  const auto slice = *View::slice(media, 0, 100);
  CHECK(!slice->traits().writable);
  const Status status = slice->write(3, filled(4, 1));
  REQUIRE(!status);
  CHECK(status.error().code == Errc::read_only);
  CHECK(status.error().where == Extent{3, 4});
}

TEST_CASE("view: views of views come down to the device, neighbours join") {
  MemoryMedia media(pattern(1000));
  const auto all = *View::slice(media, 100, 800);
  const auto left = *View::slice(*all, 0, 300);
  const auto right = *View::slice(*all, 300, 500);
  const auto joined = *View::concatenation(std::array{Piece::whole(*left), Piece::whole(*right)});
  CHECK(joined->segment_count() == 1);
  CHECK(joined->traits().direct.size() == 800);
  CHECK(bytes_of(*joined, 0, 800) == bytes_of(media, 100, 800));
  const auto swapped = *View::concatenation(std::array{Piece::whole(*right), Piece::whole(*left)});
  CHECK(swapped->segment_count() == 2);
  CHECK(swapped->traits().direct.empty());
  CHECK(bytes_of(*swapped, 0, 500) == bytes_of(media, 400, 500));
  CHECK(bytes_of(*swapped, 500, 300) == bytes_of(media, 100, 300));
}

TEST_CASE("view: a read-only view of a writable one does not let writes through") {
  MemoryMedia a(64);
  MemoryMedia b(64);
  const auto plain = *View::slice(a, 0, 64);
  const auto set = *View::round_robin(8, std::array{Piece::whole(a), Piece::whole(b)});
  for (const View* view : {plain.get(), set.get()}) {
    const auto reader = *View::slice(*view, 0, 64);
    CHECK(reader->write(0, filled(1, 1)).error().code == Errc::read_only);
    CHECK(!reader->traits().writable);
  }
  CHECK(set->write(0, filled(1, 1)));
}

TEST_CASE("view: an absent piece is an error with its exact range, never zeros") {
  MemoryMedia media(pattern(100));
  const auto view = *View::concatenation(
      std::array{Piece::of(media, 0, 50), Piece::missing(30), Piece::of(media, 50, 50)});
  CHECK(view->size() == 130);
  std::vector<std::byte> bytes(130);
  const Status read = view->read(0, bytes);
  REQUIRE(!read);
  CHECK(read.error().code == Errc::absent);
  CHECK(read.error().where == Extent{50, 30});
  CHECK(view->read(60, std::span(bytes).first(5)).error().where == Extent{60, 5});
  CHECK(bytes_of(*view, 80, 50) == bytes_of(media, 50, 50));

  const Status write = view->write(40, filled(20, 1));
  REQUIRE(!write);
  CHECK(write.error().where == Extent{50, 10});
  CHECK(bytes_of(media, 40, 10) == bytes_of(MemoryMedia(pattern(100)), 40, 10));

  const auto runs = *extents(*view, {10, 110});
  REQUIRE(runs.size() == 3);
  CHECK(runs[0] == ExtentRun{{10, 40}, ExtentKind::data});
  CHECK(runs[1] == ExtentRun{{50, 30}, ExtentKind::absent});
  CHECK(runs[2] == ExtentRun{{80, 40}, ExtentKind::data});

  CHECK(view->flush({0, 130}));
  CHECK(view->fence());
}

TEST_CASE("view: pieces that sum to more than 2^64-1 bytes are refused") {
  SparseMedia media(top);
  const auto view = View::concatenation(std::array{Piece::whole(media), Piece::of(media, 0, 1)});
  REQUIRE(!view);
  CHECK(view.error().code == Errc::out_of_range);
  const auto last =
      *View::concatenation(std::array{Piece::of(media, 5, 1), Piece::of(media, 0, top - 1)});
  CHECK(last->run_at(top - 1, top)->range == Extent{top - 1, 1});
  CHECK(bytes_of(*last, top - 1, 1) == filled(1, 0));
}

TEST_CASE("view: an empty view has no bytes") {
  const auto view = *View::concatenation({});
  CHECK(view->size() == 0);
  CHECK(view->read(0, {}));
  CHECK(view->write(0, {}));
  CHECK(view->flush({0, 0}));
  CHECK(!view->run_at(0, 0));
  CHECK(extents(*view, {0, 0})->empty());
  CHECK(!view->traits().writable);
}

TEST_CASE("interleaved: lines come from the devices in turn") {
  MemoryMedia a(filled(12, 0xA));
  MemoryMedia b(filled(12, 0xB));
  MemoryMedia c(filled(12, 0xC));
  const auto set =
      *View::round_robin(4, std::array{Piece::whole(a), Piece::whole(b), Piece::whole(c)});
  CHECK(set->size() == 36);
  std::vector<std::byte> expected;
  for (int turn = 0; turn < 3; ++turn)
    for (const unsigned value : {0xAU, 0xBU, 0xCU})
      expected.insert(expected.end(), 4, static_cast<std::byte>(value));
  CHECK(bytes_of(*set, 0, 36) == expected);
  REQUIRE(set->write(15, filled(2, 0xFF)));  // the last of a's second line, the first of b's
  CHECK(bytes_of(a, 7, 1) == filled(1, 0xFF));
  CHECK(bytes_of(b, 4, 1) == filled(1, 0xFF));
}

TEST_CASE("interleaved: one device in order is the device") {
  MemoryMedia a(pattern(64));
  const auto set = *View::round_robin(16, std::array{Piece::whole(a)});
  CHECK(set->traits().direct.size() == 64);
}

TEST_CASE("interleaved: a slice of a set needs no whole lines") {
  MemoryMedia a(filled(64, 0xA));
  MemoryMedia b(filled(64, 0xB));
  const auto set = *View::round_robin(16, std::array{Piece::whole(a), Piece::whole(b)});
  const auto slice = *View::slice(*set, 10, 20);
  std::vector<std::byte> expected = filled(6, 0xA);
  expected.insert(expected.end(), 14, std::byte{0xB});
  CHECK(bytes_of(*slice, 0, 20) == expected);
}

TEST_CASE("interleaved: a missing DIMM takes its lines away, no others") {
  MemoryMedia a(filled(64, 0xA));
  const auto set = *View::round_robin(16, std::array{Piece::whole(a), Piece::missing(64)});
  CHECK(bytes_of(*set, 32, 16) == filled(16, 0xA));
  std::vector<std::byte> bytes(128);
  const Status read = set->read(0, bytes);
  REQUIRE(!read);
  CHECK(read.error().code == Errc::absent);
  CHECK(read.error().where == Extent{16, 16});
  const auto runs = *extents(*set, {0, 128});
  REQUIRE(runs.size() == 8);
  CHECK(runs[6] == ExtentRun{{96, 16}, ExtentKind::data});
  CHECK(runs[7] == ExtentRun{{112, 16}, ExtentKind::absent});
}

TEST_CASE("interleaved: a hole of terabytes over all devices is one run") {
  constexpr std::uint64_t share = std::uint64_t{1} << 42;
  SparseMedia a(share);
  SparseMedia b(share);
  REQUIRE(b.write(8192, filled(1, 1)));
  const auto set = *View::round_robin(4096, std::array{Piece::whole(a), Piece::whole(b)});
  const auto runs = *extents(*set, {0, set->size()});
  REQUIRE(runs.size() == 3);
  CHECK(runs[0] == ExtentRun{{0, 20480}, ExtentKind::zero});
  CHECK(runs[1] == ExtentRun{{20480, 4096}, ExtentKind::data});
  CHECK(runs[2] == ExtentRun{{24576, 2 * share - 24576}, ExtentKind::zero});
}

TEST_CASE("interleaved: shares of different size, or beyond their device, are refused") {
  MemoryMedia a(64);
  CHECK(View::round_robin(16, std::array{Piece::whole(a), Piece::of(a, 0, 32)}).error().code ==
        Errc::invalid);
  CHECK(View::round_robin(16, std::array{Piece::of(a, 32, 64), Piece::of(a, 0, 64)}).error().code ==
        Errc::out_of_range);
  CHECK(!View::round_robin(16, {}));
}

/// A model: for each byte of a view, which medium and where, or -1.
struct Model {
  std::vector<std::pair<int, std::uint64_t>> bytes;
};

Model slice_of(const Model& model, std::uint64_t offset, std::uint64_t size) {
  const auto from = model.bytes.begin() + static_cast<std::ptrdiff_t>(offset);
  return {{from, from + static_cast<std::ptrdiff_t>(size)}};
}

struct Built {
  std::unique_ptr<View> view;
  Model model;
};

using Random = std::mt19937_64;

std::uint64_t below(Random& random, std::uint64_t limit) { return random() % limit; }

Built random_concatenation(Random& random, std::vector<Built>& built) {
  std::vector<Piece> pieces;
  Model model;
  for (std::uint64_t n = 1 + below(random, 4); n > 0; --n) {
    if (below(random, 6) == 0) {
      pieces.push_back(Piece::missing(below(random, 20)));
      model.bytes.insert(model.bytes.end(), pieces.back().size, {-1, 0});
      continue;
    }
    const Built& from = built[below(random, built.size())];
    const std::uint64_t offset = below(random, from.model.bytes.size() + 1);
    const std::uint64_t size = below(random, from.model.bytes.size() - offset + 1);
    pieces.push_back(Piece::of(*from.view, offset, size));
    const Model part = slice_of(from.model, offset, size);
    model.bytes.insert(model.bytes.end(), part.bytes.begin(), part.bytes.end());
  }
  return {*View::concatenation(pieces), std::move(model)};
}

Built random_interleave(Random& random, std::vector<Built>& built) {
  const auto line = static_cast<std::uint32_t>(1 + below(random, 9));
  const std::uint64_t turns = 1 + below(random, 4);
  std::vector<Piece> pieces;
  std::vector<Model> shares;
  for (std::uint64_t n = 1 + below(random, 4); n > 0; --n) {
    const Built& from = built[below(random, built.size())];
    const std::uint64_t size = turns * line;
    if (from.model.bytes.size() < size) {
      pieces.push_back(Piece::missing(size));
      shares.emplace_back();
      shares.back().bytes.assign(size, {-1, 0});
      continue;
    }
    const std::uint64_t offset = below(random, from.model.bytes.size() - size + 1);
    pieces.push_back(Piece::of(*from.view, offset, size));
    shares.push_back(slice_of(from.model, offset, size));
  }
  Model model;
  for (std::uint64_t turn = 0; turn < turns; ++turn)
    for (const Model& share : shares) {
      const Model part = slice_of(share, turn * line, line);
      model.bytes.insert(model.bytes.end(), part.bytes.begin(), part.bytes.end());
    }
  return {*View::round_robin(line, pieces), std::move(model)};
}

void compare(const Built& built, const std::vector<std::vector<std::byte>>& devices) {
  const auto& bytes = built.model.bytes;
  REQUIRE(built.view->size() == bytes.size());
  std::uint64_t position = 0;
  REQUIRE(for_each_run(*built.view, {0, bytes.size()}, [&](const ExtentRun& run) {
    CHECK(run.range.offset == position);
    for (; position < run.range.offset + run.range.size; ++position) {
      const auto [device, offset] = bytes[position];
      CHECK((run.kind == ExtentKind::absent) == (device < 0));
      if (device < 0) continue;
      CHECK(bytes_of(*built.view, position, 1)[0] ==
            devices[static_cast<std::size_t>(device)][offset]);
    }
    if (run.kind != ExtentKind::absent)
      CHECK(bytes_of(*built.view, run.range.offset, run.range.size).size() == run.range.size);
    return true;
  }));
  CHECK(position == bytes.size());
}

TEST_CASE("view: random views of views agree with a table of every byte") {
  const std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  Random random(seed);
  for (int round = 0; round < 40; ++round) {
    std::vector<std::vector<std::byte>> plain;
    std::vector<std::unique_ptr<MemoryMedia>> devices;
    std::vector<Built> built;
    for (int device = 0; device < 3; ++device) {
      plain.push_back(pattern(20 + below(random, 60), static_cast<unsigned>(device) * 80));
      devices.push_back(std::make_unique<MemoryMedia>(plain.back()));
      Model model;
      for (std::uint64_t i = 0; i < plain.back().size(); ++i) model.bytes.push_back({device, i});
      built.push_back({*View::slice(*devices.back(), 0, plain.back().size()), std::move(model)});
    }
    for (int step = 0; step < 6; ++step)
      built.push_back(below(random, 3) == 0 ? random_interleave(random, built)
                                            : random_concatenation(random, built));
    for (const Built& one : built) compare(one, plain);

    // A write through the last view changes exactly the bytes that the table says.
    const Built& last = built.back();
    if (last.model.bytes.empty()) continue;
    const std::uint64_t offset = below(random, last.model.bytes.size());
    const std::uint64_t size = 1 + below(random, last.model.bytes.size() - offset);
    bool present = true;
    for (std::uint64_t i = 0; i < size; ++i)
      present = present && last.model.bytes[offset + i].first >= 0;
    const auto fresh = pattern(size, 200);
    CHECK(static_cast<bool>(last.view->write(offset, fresh)) == present);
    for (std::uint64_t i = 0; present && i < size; ++i) {
      const auto [device, at] = last.model.bytes[offset + i];
      plain[static_cast<std::size_t>(device)][at] = fresh[i];
    }
    for (std::size_t device = 0; device < devices.size(); ++device)
      CHECK(bytes_of(*devices[device], 0, plain[device].size()) == plain[device]);
  }
}

}  // namespace
}  // namespace ndmedic
