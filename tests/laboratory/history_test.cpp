// SPDX-License-Identifier: BSD-3-Clause
// Which histories of one sector can be explained.
#include "history.h"

#include <doctest/doctest.h>

namespace ndmedic::laboratory {
namespace {

using Contents = std::vector<Content>;

TEST_CASE("a write that has not returned may have happened or not") {
  SectorHistory sector(1);
  CHECK(sector.possible() == Contents{1});
  const auto op = sector.begin_write(2);
  CHECK(sector.possible() == Contents{1, 2});
  sector.end_write(op);
  CHECK(sector.possible() == Contents{2});
}

TEST_CASE("of two writes at once either may be last, of two after each other the second") {
  SectorHistory sector(1);
  const auto a = sector.begin_write(2);
  const auto b = sector.begin_write(3);
  CHECK(sector.possible() == Contents{1, 2, 3});
  sector.end_write(a);
  CHECK(sector.possible() == Contents{2, 3});
  sector.end_write(b);
  CHECK(sector.possible() == Contents{2, 3});
  const auto c = sector.begin_write(4);
  CHECK(sector.possible() == Contents{2, 3, 4});
  sector.end_write(c);
  CHECK(sector.possible() == Contents{4});
}

TEST_CASE("one call that writes a sector twice does it in its order") {
  SectorHistory sector(1);
  const auto a = sector.begin_write(2);
  const auto b = sector.begin_write(3, a);
  CHECK(sector.possible() == Contents{1, 2, 3});
  sector.end_write(a);
  CHECK(sector.possible() == Contents{2, 3});
  sector.end_write(b);
  CHECK(sector.possible() == Contents{3});
}

TEST_CASE("what a read gave is the sector's content from then on") {
  SectorHistory sector(1);
  sector.begin_write(2);
  const auto read = sector.begin_read();
  CHECK(sector.possible() == Contents{1, 2});
  sector.end_read(read, 2);
  CHECK(sector.possible() == Contents{2});
  CHECK(sector.possible(false) == Contents{1, 2});
}

TEST_CASE("a read of what was overwritten before it began cannot be explained") {
  SectorHistory sector(1);
  const auto write = sector.begin_write(2);
  sector.end_write(write);
  const auto read = sector.begin_read();
  sector.end_read(read, 1);
  CHECK(sector.possible().empty());
}

TEST_CASE("two reads after each other do not see two writes in two orders") {
  SectorHistory sector(1);
  sector.begin_write(2);
  sector.begin_write(3);
  for (const Content content : {2U, 3U, 2U}) {
    CHECK(!sector.possible().empty());
    const auto read = sector.begin_read();
    sector.end_read(read, content);
  }
  CHECK(sector.possible().empty());
}

TEST_CASE("a read that began before a write returned may give the old content") {
  SectorHistory sector(1);
  const auto read = sector.begin_read();
  const auto write = sector.begin_write(2);
  sector.end_write(write);
  sector.end_read(read, 1);
  CHECK(sector.possible() == Contents{2});
}

}  // namespace
}  // namespace ndmedic::laboratory
