// SPDX-License-Identifier: BSD-3-Clause
// The BTT as a disk: what is written is read, on every ground, and what it leaves on the media.
#include <algorithm>
#include <array>
#include <thread>

#include <ndmedic/media/crash_media.h>
#include <ndmedic/media/trace_media.h>

#include "opened_btt.h"

namespace ndmedic::test {
namespace {

constexpr std::uint32_t normal = 0xC0000000;
constexpr std::uint64_t mapoff = 0xFF7000;
constexpr std::uint64_t flogoff = 0xFFB000;

std::array<std::uint32_t, 4> entry_at(const OpenedBtt& btt, std::uint32_t lane, unsigned slot) {
  const std::uint64_t at = flogoff + 64 * lane + 16 * slot;
  return {btt.word_at(at), btt.word_at(at + 4), btt.word_at(at + 8), btt.word_at(at + 12)};
}

TEST_CASE("what is written is read, also behind the next open") {
  for (const Ground ground : grounds) {
    BttBuilder builder;
    OpenedBtt btt(builder, ground, writable_options({}));
    CHECK(btt->sectors() == lbas);
    CHECK(btt->sector_size() == 4096);
    REQUIRE(btt->write({7}, content(7, 1, 4096)));
    REQUIRE(btt->write({lbas - 1}, content(lbas - 1, 1, 4096)));
    REQUIRE(btt->write({7}, content(7, 2, 4096)));
    CHECK(read_back(*btt, 7, 1) == content(7, 2, 4096));
    CHECK(read_back(*btt, 8, 1) == std::vector<std::byte>(4096));
    btt.reopen();
    CHECK(read_back(*btt, 7, 1) == content(7, 2, 4096));
    CHECK(read_back(*btt, lbas - 1, 1) == content(lbas - 1, 1, 4096));
    CHECK(btt.findings().list().empty());
  }
}

TEST_CASE("3.4: a write leaves flog and map as Linux writes them") {
  for (const Ground ground : grounds) {
    BttBuilder builder;
    OpenedBtt btt(builder, ground, writable_options({}));
    REQUIRE(btt->write({5}, content(5, 1, 4096)));
    CHECK(btt.word_at(mapoff + 20) == (normal | 3829));
    CHECK(entry_at(btt, 0, 0) == std::array<std::uint32_t, 4>{0, 3829, 3829, 1});
    CHECK(entry_at(btt, 0, 1) == std::array<std::uint32_t, 4>{5, 5, 3829, 2});
    REQUIRE(btt->write({5}, content(5, 2, 4096)));
    CHECK(btt.word_at(mapoff + 20) == (normal | 5));
    CHECK(entry_at(btt, 0, 0) == std::array<std::uint32_t, 4>{5, 3829, 5, 3});
  }
}

TEST_CASE("FL-4: a write to a pool leaves whole map words in the flog, as libpmemblk does") {
  BttShape shape;
  shape.rule = GeometryRule::pmemblk;
  shape.version = btt_version_1_1;
  shape.flagged = true;
  BttBuilder builder(shape);
  OpenedBtt btt(builder, Ground::mapped, writable_options(shape));
  REQUIRE(btt->write({5}, content(5, 1, 4096)));
  CHECK(entry_at(btt, 0, 1) == std::array<std::uint32_t, 4>{5, normal | 5, normal | 3829, 2});
  REQUIRE(btt->mark_error({5}, 1));
  REQUIRE(btt->write({5}, content(5, 2, 4096)));
  CHECK(entry_at(btt, 0, 0) == std::array<std::uint32_t, 4>{5, 0x40000000 | 3829, normal | 5, 3});
}

TEST_CASE("4.1: a call of many sectors uses a lane for each") {
  for (const Ground ground : grounds) {
    BttBuilder builder;
    OpenedBtt btt(builder, ground, writable_options({}));
    for (std::uint32_t version = 1; version < 4; ++version) {
      REQUIRE(btt->write({100}, contents(100, 300, version, 4096)));
      CHECK(read_back(*btt, 100, 300) == contents(100, 300, version, 4096));
    }
    CHECK(entry_at(btt, 255, 0)[3] == 3);  // used in every full batch of 256
    btt.reopen();
    CHECK(read_back(*btt, 100, 300) == contents(100, 300, 3, 4096));
    CHECK(btt.findings().list().empty());
  }
}

TEST_CASE("4.1: what lies side by side is stored together: data, both halves, map words") {
  BttBuilder builder;
  TraceMedia trace(builder.media());
  Findings findings;
  auto btt = Btt::open(trace, writable_options({}), findings);
  REQUIRE(btt);
  for (std::uint32_t version = 1; version < 4; ++version) {
    trace.forget();
    REQUIRE((*btt)->write({100}, contents(100, 64, version, 4096)));
    CHECK(trace.count(MediaCall::Kind::write) == 4);
    CHECK(trace.count(MediaCall::Kind::fence) == 3);
  }
  REQUIRE((*btt)->write({110}, contents(110, 4, 9, 4096)));
  trace.forget();
  REQUIRE((*btt)->write({100}, contents(100, 64, 10, 4096)));  // 4 of the blocks lie elsewhere
  CHECK(trace.count(MediaCall::Kind::write) == 5);
  CHECK(read_back(**btt, 100, 64) == contents(100, 64, 10, 4096));
}

TEST_CASE("WP-R1: an LBA given twice in one call is written twice, in order") {
  BttBuilder builder;
  OpenedBtt btt(builder, Ground::mapped, writable_options({}));
  const auto one = content(9, 1, 4096);
  const auto two = content(9, 2, 4096);
  const auto other = content(3000, 1, 4096);
  const std::array<SectorWrite, 3> writes = {
      SectorWrite{{9}, one.data()}, {{3000}, other.data()}, {{9}, two.data()}};
  REQUIRE(btt->write(writes));
  CHECK(read_back(*btt, 9, 1) == two);
  CHECK(read_back(*btt, 3000, 1) == other);
  btt.reopen();
  CHECK(btt.findings().list().empty());
}

TEST_CASE("calls cross arenas") {
  BttShape shape;
  shape.container = (std::uint64_t{1} << 39) + (std::uint64_t{1} << 24);
  shape.rawsize = shape.container;
  BttBuilder builder(shape);
  OpenedBtt btt(builder, Ground::calls, writable_options(shape));
  const std::uint64_t border = 134086520;  // E-8.0
  CHECK(btt->sectors() == border + lbas);
  REQUIRE(btt->write({border - 3}, contents(border - 3, 6, 1, 4096)));
  CHECK(read_back(*btt, border - 3, 6) == contents(border - 3, 6, 1, 4096));
  btt.reopen();
  CHECK(read_back(*btt, border - 4, 8) == [&] {
    auto bytes = std::vector<std::byte>(4096);
    const auto middle = contents(border - 3, 6, 1, 4096);
    bytes.insert(bytes.end(), middle.begin(), middle.end());
    bytes.resize(8 * 4096);
    return bytes;
  }());
}

TEST_CASE("sectors past the end are refused whole") {
  BttBuilder builder;
  OpenedBtt btt(builder, Ground::mapped, writable_options({}));
  std::vector<std::byte> two(8192);
  for (const Status& status :
       {btt->read({lbas - 1}, two), btt->write({lbas - 1}, two), btt->zero({lbas - 1}, 2),
        btt->mark_error({lbas}, 1), btt->write({UINT64_MAX}, two)}) {
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Errc::out_of_range);
  }
  CHECK(btt->read({lbas - 2}, two));
}

TEST_CASE("GE-9: metadata bytes are not shown, and zero when left out") {
  BttShape shape;
  shape.sector = 4160;
  BttBuilder builder(shape);
  BttOptions options = writable_options(shape);
  OpenedBtt btt(builder, Ground::calls, options);
  CHECK(btt->sector_size() == 4096);
  CHECK(btt->stored_size() == 4160);
  REQUIRE(btt->write({1}, content(1, 1, 4096)));
  options.with_metadata = true;
  auto whole = Btt::open(btt.media(), options, btt.findings());
  REQUIRE(whole);
  CHECK((*whole)->sector_size() == 4160);
  auto expected = content(1, 1, 4096);
  expected.resize(4160);
  CHECK(read_back(**whole, 1, 1) == expected);
  REQUIRE((*whole)->write({1}, content(1, 2, 4160)));
  CHECK(read_back(**whole, 1, 1) == content(1, 2, 4160));
}

TEST_CASE("ZE: zeroing costs a map word where Linux reads it right, else data (MP-7)") {
  BttBuilder builder;
  OpenedBtt btt(builder, Ground::mapped, writable_options({}));
  REQUIRE(btt->write({4}, contents(4, 2, 1, 4096)));
  REQUIRE(btt->zero({5}, 1));
  CHECK(btt.word_at(mapoff + 20) == (0x80000000 | 3830));
  CHECK(read_back(*btt, 4, 1) == content(4, 1, 4096));
  CHECK(read_back(*btt, 5, 1) == std::vector<std::byte>(4096));
  REQUIRE(btt->write({5}, content(5, 2, 4096)));
  CHECK(read_back(*btt, 5, 1) == content(5, 2, 4096));

  BttShape small;
  small.sector = 512;
  BttBuilder small_builder(small);
  OpenedBtt small_btt(small_builder, Ground::calls, writable_options(small));
  REQUIRE(small_btt->write({5}, content(5, 1, 512)));
  REQUIRE(small_btt->zero({5}, 1));
  CHECK(MapEntry{small_btt.word_at(0xFDB000 + 20)}.state() == MapState::normal);
  CHECK(read_back(*small_btt, 5, 1) == std::vector<std::byte>(512));
}

TEST_CASE("an error entry fails with its LBA, keeps its block, and a write heals it") {
  for (const Ground ground : grounds) {
    BttBuilder builder;
    OpenedBtt btt(builder, ground, writable_options({}));
    REQUIRE(btt->write({4}, contents(4, 3, 1, 4096)));
    REQUIRE(btt->mark_error({5}, 1));
    CHECK(btt.word_at(mapoff + 20) == (0x40000000 | 3830));
    std::vector<std::byte> three(3 * 4096);
    const Status status = btt->read({4}, three);
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Errc::bad_media);
    CHECK(status.error().where == Extent{5, 1});
    REQUIRE(btt->write({5}, content(5, 2, 4096)));
    CHECK(read_back(*btt, 5, 1) == content(5, 2, 4096));
    // RC-7: never E in a flog word of a namespace.
    for (std::uint32_t lane = 0; lane < 4; ++lane)
      for (unsigned slot = 0; slot < 2; ++slot) CHECK(entry_at(btt, lane, slot)[1] < 0x40000000);
  }
}

TEST_CASE("D-4: an initial entry reads as its own block in a namespace, as zeros in a pool") {
  for (const bool pool : {false, true}) {
    BttShape shape;
    shape.rule = pool ? GeometryRule::pmemblk : GeometryRule::kernel;
    shape.version = pool ? btt_version_1_1 : btt_version_2_0;
    shape.flagged = pool;
    BttBuilder builder(shape);
    builder.put_bytes(4096 + 3 * 4096, content(3, 1, 4096));
    OpenedBtt btt(builder, Ground::mapped, writable_options(shape));
    CHECK(read_back(*btt, 3, 1) == (pool ? std::vector<std::byte>(4096) : content(3, 1, 4096)));
  }
}

TEST_CASE("D-21: a map entry out of range fails by name and is not replaced") {
  BttBuilder builder;
  builder.put_map(3, normal | blocks);
  OpenedBtt btt(builder, Ground::calls, writable_options({}));
  std::vector<std::byte> sector(4096);
  for (const Status& status : {btt->read({3}, sector), btt->write({3}, sector)}) {
    REQUIRE_FALSE(status);
    CHECK(status.error().where == Extent{3, 1});
    CHECK(status.error().what == "map entry out of range");
  }
  CHECK(btt.word_at(mapoff + 12) == (normal | blocks));
  CHECK(btt->write({4}, sector));  // the arena goes on
}

TEST_CASE("WP-2: after flush() nothing is left to recover") {
  BttBuilder builder;
  BttOptions options = writable_options({});
  options.path = WritePath::wp2;
  OpenedBtt btt(builder, Ground::calls, options);
  REQUIRE(btt->write({0}, contents(0, 1000, 1, 4096)));
  REQUIRE(btt->write({500}, contents(500, 600, 2, 4096)));
  REQUIRE(btt->flush());
  CHECK(read_back(*btt, 0, 500) == contents(0, 500, 1, 4096));
  CHECK(read_back(*btt, 500, 600) == contents(500, 600, 2, 4096));
}

/// A BTT on media where the fence of a thread serves that thread only, written by WP-2.
struct Relay {
  explicit Relay(BttBuilder& builder) {
    std::vector<std::byte> bytes(builder.media().size());
    REQUIRE(builder.media().read(0, bytes));
    media = std::make_unique<CrashMedia>(bytes);
    BttOptions options = writable_options({});
    options.path = WritePath::wp2;
    Findings findings;
    auto opened = Btt::open(*media, options, findings);
    REQUIRE(opened);
    btt = std::move(*opened);
  }
  /// By a thread of its own, which ends; numbers of threads that ended are used again.
  bool write_as(unsigned thread, std::uint64_t lba) {
    bool written = false;
    std::jthread([&] {
      media->run_as(thread);
      written = bool(btt->write({lba}, content(lba, 1, 4096)));
    }).join();
    return written;
  }
  bool is_durable(std::uint64_t lba) const {
    return std::ranges::equal(media->durable().subspan(mapoff + 4 * lba, 4),
                              media->visible().subspan(mapoff + 4 * lba, 4));
  }
  std::unique_ptr<CrashMedia> media;
  std::unique_ptr<Btt> btt;
};

TEST_CASE("WP-R4: a writer makes the map word of the writer before durable") {
  BttBuilder builder;
  Relay relay(builder);
  REQUIRE(relay.write_as(1, 0));
  CHECK_FALSE(relay.is_durable(0));
  REQUIRE(relay.write_as(2, 7));
  CHECK(relay.is_durable(0));
}

TEST_CASE("WP-R4: also when the writer before failed since") {
  BttBuilder builder;
  builder.put_map(3, normal | blocks);
  Relay relay(builder);
  REQUIRE(relay.write_as(1, 0));
  CHECK_FALSE(relay.write_as(1, 3));  // before its first fence
  REQUIRE(relay.write_as(2, 7));
  CHECK(relay.is_durable(0));
}

}  // namespace
}  // namespace ndmedic::test
