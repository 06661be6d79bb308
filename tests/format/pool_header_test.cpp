// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/pool_header.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include <ndmedic/format/codec.h>

#include "hex.h"

using namespace ndmedic;

namespace {

/// A header that pmempool 1.12.1 wrote: its first 146 bytes and its checksum, zero between.
PoolHeader written(std::string_view head, std::string_view checksum) {
  test::Bytes bytes(4096);
  std::ranges::copy(test::hex(head), bytes.begin());
  std::ranges::copy(test::hex(checksum), bytes.end() - 8);
  return decode<PoolHeader>(bytes);
}

/// `pmempool create blk 512 -s 17M`.
PoolHeader single() {
  return written(
      "504d454d424c4b000100000001000000060000000000000073319959e45b264da8ac6346e644f8f8"
      "4e843e424a6ed24caa75abe265cf16664e843e424a6ed24caa75abe265cf1666"
      "4e843e424a6ed24caa75abe265cf16664e843e424a6ed24caa75abe265cf1666"
      "4e843e424a6ed24caa75abe265cf16665d7c016b0000000010737737f70700000201000000003e00",
      "2827830da540d92a");
}

/// The same pool after `pmempool feature -d` of SHUTDOWN_STATE and CKSUM_2K.
PoolHeader single_without_features() {
  return written(
      "504d454d424c4b000100000001000000000000000000000073319959e45b264da8ac6346e644f8f8"
      "4e843e424a6ed24caa75abe265cf16664e843e424a6ed24caa75abe265cf1666"
      "4e843e424a6ed24caa75abe265cf16664e843e424a6ed24caa75abe265cf1666"
      "4e843e424a6ed24caa75abe265cf16665d7c016b0000000010737737f70700000201000000003e00",
      "2227830dbd28d92a");
}

/// The first of two parts of a poolset.
PoolHeader first_part() {
  return written(
      "504d454d424c4b00010000000100000006000000000000009cba75b9e64d514aa7ef87495904c461"
      "e0366f2739420c4685485fab378df55e77be74b968ae9947a0a3b8c28694e5fc"
      "77be74b968ae9947a0a3b8c28694e5fce0366f2739420c4685485fab378df55e"
      "e0366f2739420c4685485fab378df55e3581016b0000000010737737f70700000201000000003e00",
      "e3c92488f716e604");
}

using Rules = std::vector<std::string_view>;

template <class List>
Rules rules_of(const List& violations) {
  Rules rules;
  for (const Violation& violation : violations) rules.push_back(violation.rule);
  return rules;
}

PoolHeaderViolations after(const std::function<void(PoolHeader&)>& change) {
  PoolHeader header = single();
  change(header);
  header.checksum = checksum_of(header);
  return validate(header);
}

}  // namespace

TEST_CASE("headers that pmempool wrote violate nothing, with CKSUM_2K and without (PH-1)") {
  CHECK(rules_of(validate(single())) == Rules{});
  CHECK(rules_of(validate(single_without_features())) == Rules{});
  CHECK(checksum_of(single()) == 0x2AD940A50D832728);
  CHECK(checksum_of(single_without_features()) == 0x2AD928BD0D832722);
}

TEST_CASE("the fields of a header stand where pmempool puts them") {
  const PoolHeader header = single();
  CHECK(header.major.value() == 1);
  CHECK(header.compat.value() == 1);
  CHECK(header.incompat.value() == 6);
  CHECK(header.alignment_desc.value() == 0x000007F737777310);
  CHECK(header.machine_class.value() == 2);
  CHECK(header.data.value() == 1);
  CHECK(header.machine.value() == 62);
  CHECK(to_string(header.poolset_uuid, GuidOrder::text) == "73319959-e45b-264d-a8ac-6346e644f8f8");
  CHECK(header.uuid == header.next_repl_uuid);
}

TEST_CASE("with CKSUM_2K the second half counts as zero, but is summed over (PH-1)") {
  PoolHeader header = single();
  header.sds_usc = 0x1234;
  header.sds_dirty = 1;
  CHECK_FALSE(validate(header).has<"PH-1">());
  header.unused[1903] = 1;
  CHECK(validate(header).has<"PH-1">());

  PoolHeader whole = single_without_features();
  whole.sds_dirty = 1;
  CHECK(rules_of(validate(whole)) == Rules{"PH-1"});
}

TEST_CASE("each rule of a pool header is seen alone") {
  CHECK(rules_of(after([](PoolHeader& h) { h.sig[6] = 'J'; })) == Rules{"7.2-sig"});
  CHECK(rules_of(after([](PoolHeader& h) { h.incompat = 0xE; })) == Rules{"PH-2"});
  CHECK(rules_of(after([](PoolHeader& h) { h.incompat = 0x7; })) == Rules{});
  CHECK(rules_of(after([](PoolHeader& h) { h.compat = 0xFFFFFFFF; })) == Rules{});
  CHECK(rules_of(after([](PoolHeader& h) { h.ro_compat = 1; })) == Rules{"PH-2-ro"});
  CHECK(rules_of(after([](PoolHeader& h) { h.major = 2; })) == Rules{"PH-7"});
  CHECK(rules_of(after([](PoolHeader& h) { h.data = 2; })) == Rules{"PH-3"});
  CHECK(rules_of(after([](PoolHeader& h) { h.machine_class = 1; })) == Rules{"PH-3"});
  CHECK(rules_of(after([](PoolHeader& h) { h.reserved[3] = 1; })) == Rules{"7.2-zero"});
  const auto zero = after([](PoolHeader& h) { h.unused2[5] = 7; });
  CHECK(rules_of(zero) == Rules{"7.2-zero"});
  CHECK(zero.begin()->field == "unused2");
  CHECK(zero.begin()->offset == 2053);
  CHECK(zero.begin()->read == 7);

  PoolHeader torn = single();
  torn.crtime = 0;
  CHECK(rules_of(validate(torn)) == Rules{"PH-1"});
}

TEST_CASE("a part of a poolset has other parts in its ring, which is told but trusted (PH-4)") {
  const auto found = validate(first_part());
  CHECK(rules_of(found) == Rules{"PH-4"});
  CHECK(found.trusted());
  for (auto neighbour : {&PoolHeader::prev_part_uuid, &PoolHeader::next_part_uuid,
                         &PoolHeader::prev_repl_uuid, &PoolHeader::next_repl_uuid})
    CHECK(rules_of(after([=](PoolHeader& h) { (h.*neighbour).bytes[15] ^= 1; })) == Rules{"PH-4"});
}

TEST_CASE("the descriptor has a sector size, which is that of the arenas (PH-5, PH-6)") {
  const auto descriptor = decode<BlkDescriptor>(test::hex("0002000001000000"));
  CHECK(descriptor.bsize.value() == 512);
  CHECK(descriptor.is_zeroed.value() == 1);
  CHECK(rules_of(validate(descriptor, std::nullopt)) == Rules{});
  CHECK(rules_of(validate(descriptor, 512)) == Rules{});
  CHECK(rules_of(validate(descriptor, 520)) == Rules{"PH-6"});
  CHECK(rules_of(validate(BlkDescriptor{}, std::nullopt)) == Rules{"PH-5"});
  const auto odd = decode<BlkDescriptor>(test::hex("0002000002000000"));
  CHECK(rules_of(validate(odd, std::nullopt)) == Rules{"7.1-zeroed"});
  CHECK(validate(odd, std::nullopt).trusted());
}

TEST_CASE("any bytes decode and encode to themselves") {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    const auto bytes = test::random_bytes(4096, seed);
    test::Bytes again(4096);
    encode(decode<PoolHeader>(bytes), again);
    CHECK(again == bytes);
    CHECK_FALSE(validate(decode<PoolHeader>(bytes)).trusted());
  }
}
