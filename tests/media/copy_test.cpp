// SPDX-License-Identifier: BSD-3-Clause
#include <doctest/doctest.h>

#include <array>

#include <ndmedic/media/copy.h>
#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/memory_media.h>

namespace ndmedic {
namespace {

TEST_CASE("a copy holds the same bytes and the same holes") {
  SparseMedia from(std::uint64_t{1} << 40);
  const std::array bytes = {std::byte{1}, std::byte{2}, std::byte{3}};
  REQUIRE(from.write(5, bytes));
  REQUIRE(from.write((std::uint64_t{1} << 40) - 3, bytes));
  SparseMedia to(std::uint64_t{1} << 40);
  REQUIRE(copy_data(from, to));
  CHECK(to.page_count() == 2);
  std::array<std::byte, 3> seen{};
  REQUIRE(to.read((std::uint64_t{1} << 40) - 3, seen));
  CHECK(seen == bytes);
  REQUIRE(to.read(5, seen));
  CHECK(seen == bytes);
}

TEST_CASE("a copy ends at what cannot be read, and says where") {
  SparseMedia base(1 << 20);
  FaultMedia from(base);
  from.mark_bad({8192, 4096});
  SparseMedia to(1 << 20);
  const Status status = copy_data(from, to);
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Errc::bad_media);
  CHECK(status.error().where.offset == 8192);
}

}  // namespace
}  // namespace ndmedic
