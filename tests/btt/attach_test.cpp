// SPDX-License-Identifier: BSD-3-Clause
// Attaching: what is recovered, what is refused, and that reading writes nothing (btt.md 3.2, 3.6).
#include <algorithm>

#include <ndmedic/media/trace_media.h>

#include "opened_btt.h"

namespace ndmedic::test {
namespace {

constexpr std::uint32_t normal = 0xC0000000;
constexpr std::uint64_t mapoff = 0xFF7000;

Error refusal_of(BttBuilder& builder) {
  Findings findings;
  const auto opened = Btt::open(builder.media(), writable_options({}), findings);
  REQUIRE_FALSE(opened);
  return opened.error();
}

/// Lane 2 has committed block 3831 for LBA 7; the map does not show it yet.
void interrupt_lane_2(BttBuilder& builder) {
  builder.put_bytes(4096 + 3831 * 4096, content(7, 2, 4096));
  builder.put_bytes(4096 + 7 * 4096, content(7, 1, 4096));
  builder.put_entry(2, 1, {7, 7, 3831, 2});
}

TEST_CASE("R6: opening for writing completes an interrupted write") {
  for (const Ground ground : grounds) {
    BttBuilder builder;
    interrupt_lane_2(builder);
    OpenedBtt btt(builder, ground, writable_options({}));
    CHECK(read_back(*btt, 7, 1) == content(7, 2, 4096));
    CHECK(btt.word_at(mapoff + 28) == (normal | 3831));
    REQUIRE(btt.findings().list().size() == 1);
    CHECK(btt.findings().list()[0].id == ProblemId::flog_write_interrupted);
  }
}

TEST_CASE("PF-66: opening for reading shows the completed write and stores nothing") {
  BttBuilder builder;
  interrupt_lane_2(builder);
  Findings findings;
  BttOptions options = writable_options({});
  options.writable = false;
  const auto btt = Btt::open_read(builder.media(), options, findings);
  REQUIRE(btt);
  CHECK(read_back(**btt, 7, 1) == content(7, 2, 4096));
  CHECK_FALSE((*btt)->write({7}, content(7, 3, 4096)));
  const auto word = read_structure<Le32>(builder.media(), mapoff + 28);
  REQUIRE(word);
  CHECK(word->value() == 0);
}

TEST_CASE("3.2: a lost primary is restored from its backup when opened for writing") {
  BttBuilder builder;
  InfoBlock damaged = builder.info(0);
  damaged.nfree = 255;
  builder.put_primary(0, damaged, false);
  OpenedBtt btt(builder, Ground::calls, writable_options({}));
  const auto primary = read_structure<InfoBlock>(btt.media(), 0);
  REQUIRE(primary);
  CHECK(primary->nfree.value() == 256);
  CHECK(std::ranges::any_of(btt.findings().list(), [](const Finding& finding) {
    return finding.id == ProblemId::info_primary_bad;
  }));
}

TEST_CASE("what cannot be trusted is refused for writing, with the reason, and stays as it is") {
  struct Case {
    const char* name;
    void (*damage)(BttBuilder&);
    AttachRefusal refusal;
  };
  const std::array cases = {
      Case{"FL-01: equal sequence numbers",
           [](BttBuilder& btt) {
             btt.put_entry(9, 1, {1, 2, 3, 1});
           },
           AttachRefusal::lanes_damaged},
      Case{"FL-02: a lost lane", [](BttBuilder& btt) { btt.put_entry(9, 0, {}); },
           AttachRefusal::lanes_damaged},
      Case{"FL-04: a free block out of range",
           [](BttBuilder& btt) {
             btt.put_entry(9, 1, {1, 4085, 3, 2});
           },
           AttachRefusal::lanes_damaged},
      Case{"FL-06: an unreachable pair",
           [](BttBuilder& btt) {
             btt.put_entry(9, 0, {9, 3838, 3838, 2});
           },
           AttachRefusal::lanes_damaged},
      Case{"XR-03: two lanes with one free block",
           [](BttBuilder& btt) {
             btt.put_entry(9, 0, {9, 3839, 3839, 1});
           },
           AttachRefusal::lanes_collide},
      Case{"R8: the new block of an interrupted write is another lane's free block",
           [](BttBuilder& btt) {
             btt.put_entry(2, 1, {7, 7, 3840, 2});
           },
           AttachRefusal::lanes_collide},
      Case{"error flag",
           [](BttBuilder& btt) {
             InfoBlock info = btt.info(0);
             info.flags = 1;
             btt.put_info(0, info);
           },
           AttachRefusal::error_flag},
      Case{"IB-04: two generations",
           [](BttBuilder& btt) {
             InfoBlock info = btt.info(0);
             info.uuid.bytes[0] ^= 1;
             btt.put_backup(0, info);
           },
           AttachRefusal::copies_differ},
      Case{"FO-08: the start was wiped", [](BttBuilder& btt) { btt.put_zeros(0, 8192); },
           AttachRefusal::start_wiped},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    BttBuilder builder;
    c.damage(builder);
    SparseMedia before(builder.media().size());
    REQUIRE(copy_data(builder.media(), before));
    const Error error = refusal_of(builder);
    CHECK(error.code == Errc::damaged);
    CHECK(error.what == to_string(c.refusal));
    for (std::uint64_t at = 0; at < before.size(); at += 1 << 20) {
      std::vector<std::byte> a(1 << 20);
      std::vector<std::byte> b(1 << 20);
      REQUIRE(before.read(at, a));
      REQUIRE(builder.media().read(at, b));
      CHECK(a == b);
    }
  }
}

TEST_CASE("no BTT is told as such") {
  SparseMedia empty(1 << 24);
  Findings findings;
  const auto opened = Btt::open(empty, writable_options({}), findings);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::not_found);
}

TEST_CASE("attaching 512 GiB reads what nfree says, not the map") {
  BttShape shape;
  shape.container = std::uint64_t{1} << 39;
  shape.rawsize = shape.container;
  BttBuilder builder(shape);
  for (std::uint32_t lba = 0; lba < 100000; lba += 1000) builder.put_map(lba, normal | lba);
  Findings findings;
  TraceMedia trace(builder.media());
  const auto attachment = read_attachment(trace, options_for(shape), findings);
  REQUIRE(attachment);
  CHECK(attachment->refusal == AttachRefusal::none);
  CHECK(trace.bytes(MediaCall::Kind::read) < (std::uint64_t{2} << 20));
}

}  // namespace
}  // namespace ndmedic::test
