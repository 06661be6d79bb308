// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/memory_media.h>

#include <doctest/doctest.h>

#include "pattern.h"

namespace ndmedic {
namespace {

using test::bytes_of;
using test::filled;
using test::pattern;

constexpr std::uint64_t top = ~std::uint64_t{0};

TEST_CASE("memory holds what was written and is a window of itself") {
  MemoryMedia media(100);
  REQUIRE(media.write(10, pattern(20)));
  CHECK(bytes_of(media, 10, 20) == pattern(20));
  CHECK(bytes_of(media, 0, 10) == filled(10, 0));
  CHECK(media.traits().writable);
  CHECK(media.traits().direct.size() == 100);
  CHECK(media.traits().direct[11] == std::byte{7});
}

TEST_CASE("a range outside the medium is refused, at 2^64 too") {
  MemoryMedia memory(100);
  SparseMedia sparse(100);
  std::vector<std::byte> two(2);
  for (Media* media : {static_cast<Media*>(&memory), static_cast<Media*>(&sparse)})
    for (const std::uint64_t offset : {std::uint64_t{99}, std::uint64_t{100}, top - 1, top}) {
      CAPTURE(offset);
      const Status read = media->read(offset, two);
      REQUIRE(!read);
      CHECK(read.error().code == Errc::out_of_range);
      CHECK(read.error().where == Extent{offset, 2});
      CHECK(media->write(offset, two).error().code == Errc::out_of_range);
      CHECK(media->flush({offset, 2}).error().code == Errc::out_of_range);
      CHECK(!media->run_at(offset, 101));
      CHECK(!media->run_at(5, 5));
      CHECK(!media->run_at(5, 4));
      CHECK(extents(*media, {offset, 2}).error().code == Errc::out_of_range);
      CHECK(!is_zero(*media, {offset, 2}));
    }
  CHECK(memory.read(100, {}));
}

TEST_CASE("sparse memory of 2^64-1 bytes keeps only the pages written") {
  SparseMedia media(top);
  REQUIRE(media.write(top - 5, filled(5, 9)));
  REQUIRE(media.write(4090, filled(10, 8)));
  CHECK(media.page_count() == 3);
  CHECK(bytes_of(media, 4089, 12)[0] == std::byte{0});
  CHECK(bytes_of(media, 4090, 10) == filled(10, 8));
  CHECK(bytes_of(media, top - 5, 5) == filled(5, 9));

  const std::vector<ExtentRun> runs = *extents(media, {0, top});
  REQUIRE(runs.size() == 3);
  CHECK(runs[0] == ExtentRun{{0, 8192}, ExtentKind::data});
  CHECK(runs[1] == ExtentRun{{8192, top - 4095 - 8192}, ExtentKind::zero});
  CHECK(runs[2] == ExtentRun{{top - 4095, 4095}, ExtentKind::data});
}

TEST_CASE("zeros written to a hole leave the hole, zeros over data do not") {
  SparseMedia media(1 << 20);
  REQUIRE(media.write(100, filled(200000, 0)));
  CHECK(media.page_count() == 0);
  REQUIRE(media.write(0, filled(1, 1)));
  REQUIRE(media.write(0, filled(1, 0)));
  CHECK(media.run_at(0, 1 << 20)->kind == ExtentKind::data);
  CHECK(*is_zero(media, {0, 1 << 20}));
}

TEST_CASE("a range is zero when no byte of its data is anything else") {
  SparseMedia media(std::uint64_t{1} << 40);
  CHECK(*is_zero(media, {0, media.size()}));
  CHECK(*is_zero(media, {7, 0}));
  REQUIRE(media.write((std::uint64_t{1} << 39) + 5, filled(1, 1)));
  CHECK(!*is_zero(media, {0, media.size()}));
  CHECK(*is_zero(media, {0, (std::uint64_t{1} << 39) + 5}));
  CHECK(!*is_zero(media, {(std::uint64_t{1} << 39) + 5, 1}));
  CHECK(*is_zero(media, {(std::uint64_t{1} << 39) + 6, 100000}));
}

TEST_CASE("more runs than asked for is too_large, and names the rest") {
  SparseMedia media(1 << 20);
  for (std::uint64_t page = 1; page < 10; page += 2)
    REQUIRE(media.write(page * 4096, filled(1, 1)));
  CHECK(extents(media, {0, 1 << 20})->size() == 11);
  const auto cut = extents(media, {0, 1 << 20}, 3);
  REQUIRE(!cut);
  CHECK(cut.error().code == Errc::too_large);
  CHECK(cut.error().where == Extent{3 * 4096, (1 << 20) - 3 * 4096});
  CHECK(extents(media, {0, 1 << 20}, 11));
}

TEST_CASE("visiting runs stops when the visitor has seen enough") {
  SparseMedia media(1 << 20);
  REQUIRE(media.write(8192, filled(1, 1)));
  int seen = 0;
  REQUIRE(for_each_run(media, {0, 1 << 20}, [&](const ExtentRun&) { return ++seen < 2; }));
  CHECK(seen == 2);
}

class Liar final : public Media {
 public:
  explicit Liar(ExtentRun run) : run_(run) {}
  std::uint64_t size() const override { return 100; }
  Status read(std::uint64_t, std::span<std::byte>) const override { return {}; }
  Status write(std::uint64_t, std::span<const std::byte>) override { return {}; }
  Status flush(Extent) override { return {}; }
  Status fence() override { return {}; }
  Result<ExtentRun> run_at(std::uint64_t, std::uint64_t) const override { return run_; }
  MediaTraits traits() const override { return {}; }

 private:
  ExtentRun run_;
};

TEST_CASE("a medium whose runs are empty, elsewhere or too long does not loop") {
  for (const Extent range : {Extent{0, 0}, Extent{1, 5}, Extent{0, 101}, Extent{0, top}}) {
    const auto runs = extents(Liar({range, ExtentKind::data}), {0, 100});
    REQUIRE(!runs);
    CHECK(runs.error().code == Errc::invalid);
  }
}

}  // namespace
}  // namespace ndmedic
