// SPDX-License-Identifier: BSD-3-Clause
// Streams of small records: windows, holes, and faults that cut through records.
#include <doctest/doctest.h>

#include <string>

#include <ndmedic/btt/map_census.h>
#include <ndmedic/btt/record_stream.h>

#include "faulty_media.h"
#include "scenario.h"

namespace ndmedic::test {
namespace {

/// Writes what it receives as "d0+4 z4+2 a6+1 b7+1", and checks the order.
class Script final : public RecordVisitor {
 public:
  explicit Script(std::uint32_t size) : size_(size) {}
  Status data(std::uint64_t first, std::span<const std::byte> bytes) override {
    return note('d', first, bytes.size() / size_);
  }
  Status zero(std::uint64_t first, std::uint64_t count) override { return note('z', first, count); }
  Status unread(std::uint64_t first, std::uint64_t count, ExtentKind kind) override {
    return note(kind == ExtentKind::bad ? 'b' : 'a', first, count);
  }

  std::string text;
  std::uint64_t next = 0;

 private:
  Status note(char kind, std::uint64_t first, std::uint64_t count) {
    CHECK(first == next);
    next = first + count;
    text += (text.empty() ? "" : " ") + std::string(1, kind) + std::to_string(first) + '+' +
            std::to_string(count);
    return {};
  }
  std::uint32_t size_;
};

std::string script_of(const Media& media, const RecordArray& records) {
  Script script(records.size);
  const auto finished = stream_records(media, records, script);
  REQUIRE(finished);
  CHECK(*finished);
  CHECK(script.next == records.count);
  return script.text;
}

void fill(SparseMedia& media, std::uint64_t offset, std::size_t size) {
  REQUIRE(media.write(offset, std::vector<std::byte>(size, std::byte{1})));
}

TEST_CASE("holes are one call, data comes in windows of 1 MiB, the end of the media is absent") {
  SparseMedia media(std::uint64_t{1} << 22);
  fill(media, 0, (1 << 20) + 4096);
  CHECK(script_of(media, {0, 64, 1 << 17}) == "d0+16384 d16384+64 z16448+49088 a65536+65536");
}

TEST_CASE("a fault costs the records that it touches, told by the map of runs or not") {
  SparseMedia media(8192);
  fill(media, 0, 8192);
  for (const bool told : {true, false}) {
    FaultyMedia faults(media, told);
    faults.fail({100, 100}, ExtentKind::bad);
    faults.fail({4096, 64}, ExtentKind::absent);
    INFO(told);
    Script script(64);
    REQUIRE(stream_records(faults, {0, 64, 128}, script));
    CHECK(script.next == 128);
    CHECK(script.text.find("d0+1 b1+") == 0);
    CHECK(script.text.find("a64+1 d65+63") != std::string::npos);
  }
}

TEST_CASE("records at the end of the address space are absent, and overflow is refused") {
  SparseMedia media(4096);
  CHECK(script_of(media, {~std::uint64_t{0} - 640, 64, 10}) == "a0+10");
  Script script(64);
  CHECK_FALSE(stream_records(media, {~std::uint64_t{0} - 640, 64, 11}, script));
}

TEST_CASE("MP-05: ranges of error entries are kept, neighbours joined, the rest counted") {
  BttBuilder btt;
  for (const std::uint32_t lba : {3U, 4U, 5U, 100U, 101U, 1500U, 3828U})
    btt.put_map(lba, 0x40000000 | lba);
  Findings findings;
  const Reading reading = read_all(btt.media(), options_for({}));
  CensusOptions options;
  options.error_ranges_max = 3;
  const auto census = count_map(btt.media(), *reading.chain.places[0].arena, options, findings);
  REQUIRE(census);
  CHECK(census->error == 7);
  CHECK(census->initial == 3822);
  CHECK(census->error_ranges == std::vector<PremapRange>{{{3}, 3}, {{100}, 2}, {{1500}, 1}});
  CHECK(census->error_ranges_dropped == 1);
  REQUIRE(findings.list().size() == 4);
  CHECK(findings.list()[0].count == 3);
  CHECK(findings.list()[0].place.first == 3);
  CHECK(findings.list()[0].place.last == 5);
}

TEST_CASE("the padding behind the last map entry is not counted (MP-3)") {
  BttBuilder btt;
  btt.put_map(3829, 0xFFFFFFFF);
  const Reading reading = read_all(btt.media(), options_for({}));
  CHECK(reading.maps[0].normal == 0);
  CHECK(reading.findings.list().empty());
}

TEST_CASE("a cancelled census covers what was counted until then") {
  BttBuilder btt(two_arenas_shape());
  const Reading reading = read_all(btt.media(), options_for(two_arenas_shape()));
  CensusOptions options;
  options.progress = [](std::uint64_t done, std::uint64_t total) {
    CHECK(done <= total);
    return false;
  };
  Findings findings;
  const auto census = count_map(btt.media(), *reading.chain.places[0].arena, options, findings);
  REQUIRE(census);
  CHECK(census->cancelled);
}

}  // namespace
}  // namespace ndmedic::test
