// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/fault_media.h>

#include <doctest/doctest.h>

#include <cerrno>

#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/trace_media.h>

#include "pattern.h"

namespace ndmedic {
namespace {

using test::bytes_of;
using test::filled;
using test::pattern;

TEST_CASE("fault: a bad range fails with the part that was asked for, the rest reads on") {
  MemoryMedia base(pattern(100));
  FaultMedia media(base);
  media.mark_bad({40, 10});
  CHECK(bytes_of(media, 0, 40) == bytes_of(base, 0, 40));
  CHECK(bytes_of(media, 50, 50) == bytes_of(base, 50, 50));
  std::vector<std::byte> bytes(20);
  const Status read = media.read(35, bytes);
  REQUIRE(!read);
  CHECK(read.error().code == Errc::bad_media);
  CHECK(read.error().where == Extent{40, 10});
  CHECK(media.read(45, bytes).error().where == Extent{45, 5});
  CHECK(media.write(49, filled(2, 0)).error().where == Extent{49, 1});
  CHECK(base.bytes()[49] == pattern(50)[49]);
}

TEST_CASE("fault: runs name bad and absent ranges, up to 2^64") {
  SparseMedia base(~std::uint64_t{0});
  FaultMedia media(base);
  media.mark_absent({~std::uint64_t{0} - 10, 100});
  media.mark_bad({1000, 24});
  media.mark_bad({500, 0});
  const auto runs = *extents(media, {0, media.size()});
  REQUIRE(runs.size() == 4);
  CHECK(runs[0] == ExtentRun{{0, 1000}, ExtentKind::zero});
  CHECK(runs[1] == ExtentRun{{1000, 24}, ExtentKind::bad});
  CHECK(runs[2].kind == ExtentKind::zero);
  CHECK(runs[3] == ExtentRun{{~std::uint64_t{0} - 10, 10}, ExtentKind::absent});
  CHECK(is_zero(media, {990, 20}).error().where == Extent{1000, 10});
  CHECK(is_zero(media, {media.size() - 20, 20}).error().code == Errc::absent);
}

TEST_CASE("fault: the n-th call fails once, whatever it is") {
  MemoryMedia base(100);
  FaultMedia media(base);
  media.fail_call(3);
  CHECK(media.write(0, filled(1, 1)));
  CHECK(media.flush({0, 1}));
  const Status fence = media.fence();
  REQUIRE(!fence);
  CHECK(fence.error().code == Errc::io);
  CHECK(fence.error().os_error == EIO);
  CHECK(media.fence());
}

TEST_CASE("fault: from the n-th call on all fail, until chosen otherwise") {
  MemoryMedia base(100);
  FaultMedia media(base);
  media.stop_at_call(2);
  CHECK(media.write(0, filled(1, 1)));
  CHECK(media.write(0, filled(1, 2)).error().code == Errc::io);
  CHECK(media.fence().error().code == Errc::io);
  CHECK(media.write(0, filled(1, 3)).error().code == Errc::io);
  media.fail_call(0);
  CHECK(media.fence());
  CHECK(bytes_of(media, 0, 1) == filled(1, 1));
}

TEST_CASE("fault: a medium shorter than its size reads short") {
  MemoryMedia base(100);
  FaultMedia media(base);
  media.end_early(60);
  std::vector<std::byte> bytes(20);
  CHECK(media.read(40, bytes));
  const Status read = media.read(50, bytes);
  REQUIRE(!read);
  CHECK(read.error().code == Errc::short_read);
  CHECK(read.error().where == Extent{60, 10});
  CHECK(media.read(70, bytes).error().where == Extent{70, 20});
}

TEST_CASE("trace: calls are kept in order, failed ones too") {
  MemoryMedia base(100);
  TraceMedia media(base);
  using Kind = MediaCall::Kind;
  std::vector<std::byte> bytes(20);
  CHECK(media.read(5, bytes));
  CHECK(media.write(90, filled(20, 1)).error().code == Errc::out_of_range);
  CHECK(media.flush({1, 2}));
  CHECK(media.fence());
  CHECK(media.run_at(10, 30));
  CHECK(media.calls() == std::vector<MediaCall>{{Kind::read, {5, 20}},
                                                {Kind::write, {90, 20}},
                                                {Kind::flush, {1, 2}},
                                                {Kind::fence, {0, 0}},
                                                {Kind::run_at, {10, 20}}});
  CHECK(media.count(Kind::read) == 1);
  CHECK(media.bytes(Kind::read) == 20);
  CHECK(media.traits().direct.empty());
  media.forget();
  CHECK(media.calls().empty());
}

TEST_CASE("is_zero reads data in windows of 1 MiB and stops at the first other byte") {
  MemoryMedia base(5 << 20);
  TraceMedia media(base);
  CHECK(*is_zero(media, {0, 5 << 20}));
  CHECK(media.count(MediaCall::Kind::read) == 5);
  media.forget();
  base.bytes()[(1 << 20) + 5] = std::byte{1};
  CHECK(!*is_zero(media, {0, 5 << 20}));
  CHECK(media.count(MediaCall::Kind::read) == 2);
}

}  // namespace
}  // namespace ndmedic
