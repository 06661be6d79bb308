// SPDX-License-Identifier: BSD-3-Clause
// Media that fail under the engine: which sector is named, what is still written and read, and that
// the next open finds every sector old or new.
#include <algorithm>
#include <array>
#include <map>

#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/trace_media.h>

#include "opened_btt.h"
#include "ownership.h"

namespace ndmedic::test {
namespace {

constexpr std::uint32_t sector = 4096;
constexpr std::uint32_t few_lanes = 4;

BttShape few_lanes_shape() {
  BttShape shape;
  shape.nfree = few_lanes;
  return shape;
}

/// A BTT with few lanes over media that can be told to fail.
struct FaultyBtt {
  explicit FaultyBtt(const BttShape& shape = few_lanes_shape()) : builder(shape) {
    options = writable_options(shape);
    open();
  }
  void open() {
    faults = std::make_unique<FaultMedia>(builder.media());
    auto opened = Btt::open(*faults, options, findings);
    REQUIRE(opened);
    btt = std::move(*opened);
  }
  InfoBlock info() const { return builder.info(0); }
  Extent block(std::uint32_t number) const {
    return {info().dataoff.value() + std::uint64_t{number} * sector, sector};
  }
  Extent map_word(std::uint32_t lba) const { return {info().mapoff.value() + 4 * lba, 4}; }
  Extent flog_group(std::uint32_t lane) const { return {info().flogoff.value() + 64 * lane, 64}; }
  std::uint32_t spare(std::uint32_t lane) const { return info().external_nlba.value() + lane; }

  BttBuilder builder;
  BttOptions options;
  std::unique_ptr<FaultMedia> faults;
  Findings findings;
  std::unique_ptr<Btt> btt;
};

// Each call failing in turn.

struct Step {
  enum class Kind : std::uint8_t { write, zero, mark_error, read } kind;
  std::uint32_t first;
  std::uint32_t count;
  std::uint32_t version;
};
constexpr std::uint32_t error_version = 99;

/// More sectors than lanes, used and new lanes, all states of map entries.
constexpr std::array steps = {
    Step{Step::Kind::write, 5, 1, 1}, Step{Step::Kind::write, 3, 7, 2},
    Step{Step::Kind::zero, 4, 2, 0},  Step{Step::Kind::read, 3, 7, 0},
    Step{Step::Kind::write, 4, 1, 3}, Step{Step::Kind::mark_error, 6, 2, error_version},
    Step{Step::Kind::write, 5, 2, 4}, Step{Step::Kind::write, 20, 3, 5},
};

Status run(Btt& btt, const Step& step) {
  switch (step.kind) {
    case Step::Kind::write:
      return btt.write({step.first}, contents(step.first, step.count, step.version, sector));
    case Step::Kind::zero:
      return btt.zero({step.first}, step.count);
    case Step::Kind::mark_error:
      return btt.mark_error({step.first}, step.count);
    case Step::Kind::read: {
      std::vector<std::byte> into(std::size_t{step.count} * sector);
      return btt.read({step.first}, into);
    }
  }
  return {};
}

bool has_version(const Btt& btt, std::uint32_t lba, std::uint32_t version) {
  std::vector<std::byte> into(sector);
  const Status status = btt.read({lba}, into);
  if (version == error_version || !status)
    return version == error_version && !status && status.error().code == Errc::bad_media;
  return into == (version == 0 ? std::vector<std::byte>(sector) : content(lba, version, sector));
}

using Candidates = std::map<std::uint32_t, std::vector<std::uint32_t>>;

void note(Candidates& candidates, const Step& step, const Status& status) {
  if (step.kind == Step::Kind::read) return;
  for (std::uint32_t lba = step.first; lba < step.first + step.count; ++lba) {
    std::vector<std::uint32_t>& versions = candidates[lba];
    if (versions.empty()) versions = {0};
    if (status || lba < status.error().where.offset) versions.clear();
    versions.push_back(step.version);
  }
}

/// Runs the steps while the `n`-th call fails. An operation may get over that, but says no wrong.
void check_failing_call(std::uint64_t n) {
  FaultyBtt faulty;
  faulty.faults->fail_call(n);
  Candidates candidates;
  bool failed = false;
  bool closed = false;
  for (const Step& step : steps) {
    const Status status = run(*faulty.btt, step);
    note(candidates, step, status);
    if (status) continue;
    const Error& error = status.error();
    if (step.kind == Step::Kind::read && error.code == Errc::bad_media) continue;
    CHECK(error.where.offset >= step.first);
    CHECK(error.where.offset < step.first + step.count);
    CHECK(error.code == (failed ? Errc::read_only : Errc::io));
    closed = failed;
    failed = true;
  }
  const Status after = run(*faulty.btt, {Step::Kind::write, 50, 9, 1});
  if (closed || !after) {
    REQUIRE_FALSE(after);
    CHECK(failed);
    CHECK(after.error().code == Errc::read_only);
  }
  faulty.btt.reset();
  faulty.open();
  for (const auto& [lba, versions] : candidates) {
    CAPTURE(lba);
    CHECK(std::ranges::any_of(
        versions, [&](std::uint32_t version) { return has_version(*faulty.btt, lba, version); }));
  }
  check_ownership(faulty.builder.media(), faulty.options.chain);
  CHECK(run(*faulty.btt, {Step::Kind::write, 50, 9, 1}));
}

/// Calls of the media that the steps make.
std::uint64_t count_calls() {
  BttBuilder builder(few_lanes_shape());
  TraceMedia trace(builder.media());
  Findings findings;
  const auto btt = Btt::open(trace, writable_options(few_lanes_shape()), findings);
  REQUIRE(btt);
  trace.forget();
  for (const Step& step : steps) CHECK(run(**btt, step));
  return trace.calls().size();
}

TEST_CASE("whichever call of the media fails, sectors are old or new and the next open recovers") {
  const std::uint64_t calls = count_calls();
  CHECK(calls > 100);
  for (std::uint64_t n = 1; n <= calls; ++n) {
    CAPTURE(n);
    check_failing_call(n);
  }
}

// Lasting faults.

TEST_CASE("a block that cannot be written puts its lane out of service, others take the work") {
  FaultyBtt faulty;
  faulty.faults->mark_bad(faulty.block(faulty.spare(1)));
  REQUIRE(faulty.btt->write({10}, contents(10, 9, 1, sector)));
  REQUIRE(faulty.btt->write({10}, contents(10, 9, 2, sector)));
  CHECK(read_back(*faulty.btt, 10, 9) == contents(10, 9, 2, sector));
  faulty.open();
  CHECK(read_back(*faulty.btt, 10, 9) == contents(10, 9, 2, sector));
  check_ownership(faulty.builder.media(), faulty.options.chain);
}

TEST_CASE("a lane whose flog cannot be written is out of service; without lanes nothing is") {
  FaultyBtt faulty;
  for (std::uint32_t lane = 0; lane < 3; ++lane) faulty.faults->mark_bad(faulty.flog_group(lane));
  REQUIRE(faulty.btt->write({10}, contents(10, 3, 1, sector)));
  faulty.faults->mark_bad(faulty.flog_group(3));
  for (int i = 0; i < 2; ++i) {
    const Status status = faulty.btt->write({11}, contents(11, 2, 2, sector));
    REQUIRE_FALSE(status);
    CHECK(status.error().what == "no usable lane");
    CHECK(status.error().where == Extent{11, 1});
  }
  CHECK(read_back(*faulty.btt, 10, 3) == contents(10, 3, 1, sector));
  CHECK(faulty.btt->zero({10}, 1));  // needs no lane
  faulty.open();
  CHECK(read_back(*faulty.btt, 11, 2) == contents(11, 2, 1, sector));
}

TEST_CASE("a map word that cannot be read is its sector's fault: no lane is lost by it") {
  FaultyBtt faulty;
  REQUIRE(faulty.btt->write({10}, contents(10, 9, 1, sector)));
  faulty.faults->mark_bad(faulty.map_word(13));
  for (std::uint32_t i = 0; i < 2 * few_lanes; ++i) {
    const Status status = faulty.btt->write({13}, content(13, 2, sector));
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Errc::bad_media);
    CHECK(status.error().where == Extent{13, 1});
  }
  std::vector<std::byte> nine(9 * sector);
  const Status status = faulty.btt->read({10}, nine);
  REQUIRE_FALSE(status);
  CHECK(status.error().where == Extent{13, 1});
  REQUIRE(faulty.btt->write({30}, contents(30, 9, 1, sector)));
  CHECK(read_back(*faulty.btt, 30, 9) == contents(30, 9, 1, sector));
}

TEST_CASE("D-21: in a call of many sectors, those before one that cannot be written are") {
  BttShape shape;
  BttBuilder builder(shape);
  builder.put_map(13, 0xC0000000 | blocks);
  OpenedBtt btt(builder, Ground::mapped, writable_options(shape));
  const Status status = btt->write({10}, contents(10, 9, 1, sector));
  REQUIRE_FALSE(status);
  CHECK(status.error().where == Extent{13, 1});
  CHECK(read_back(*btt, 10, 3) == contents(10, 3, 1, sector));
  CHECK(read_back(*btt, 14, 5) == std::vector<std::byte>(5 * sector));
}

TEST_CASE("data that cannot be read: the sector is named, its neighbours are readable") {
  for (const std::uint32_t bad : {10U, 14U, 18U}) {
    FaultyBtt faulty;
    REQUIRE(faulty.btt->write({10}, contents(10, 9, 1, sector)));
    const auto word = read_structure<Le32>(faulty.builder.media(), faulty.map_word(bad).offset);
    REQUIRE(word);
    const Extent block = faulty.block(MapEntry{word->value()}.postmap({bad}).value);
    faulty.faults->mark_bad({block.offset + 1000, 8});
    std::vector<std::byte> nine(9 * sector);
    const Status status = faulty.btt->read({10}, nine);
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Errc::bad_media);
    CHECK(status.error().where == Extent{bad, 1});
    for (std::uint32_t lba = 10; lba < 19; ++lba)
      CHECK(has_version(*faulty.btt, lba, 1) == (lba != bad));
    CHECK(faulty.btt->write({bad}, content(bad, 2, sector)));
    CHECK(has_version(*faulty.btt, bad, 2));
  }
}

}  // namespace
}  // namespace ndmedic::test
