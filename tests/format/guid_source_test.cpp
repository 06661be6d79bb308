// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/guid_source.h>

#include <doctest/doctest.h>

#include <set>

namespace ndmedic {
namespace {

bool is_version_4(const Guid& guid) { return guid.bytes[6] >> 4 == 4 && guid.bytes[8] >> 6 == 2; }

TEST_CASE("new uuids are of version 4 and differ") {
  GuidSource source;
  GuidSource seeded(7);
  std::set<Guid> seen;
  for (int i = 0; i < 100; ++i) {
    for (GuidSource* from : {&source, &seeded}) {
      const auto guid = from->next();
      REQUIRE(guid);
      CHECK(is_version_4(*guid));
      seen.insert(*guid);
    }
  }
  CHECK(seen.size() == 200);
}

TEST_CASE("a seed gives the same uuids again, another seed others") {
  GuidSource one(7);
  GuidSource again(7);
  GuidSource other(8);
  const Guid first = *one.next();
  CHECK(first == *again.next());
  CHECK(first != *other.next());
  CHECK(*one.next() == *again.next());
  CHECK(*one.next() != first);
}

}  // namespace
}  // namespace ndmedic
