// SPDX-License-Identifier: BSD-3-Clause
// Fletcher64 against the vectors of btt.md 2.3 and labels.md 2.3, and against the loop of CS-1.
#include <ndmedic/format/fletcher64.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>

#include <doctest/doctest.h>

#include "hex.h"

namespace ndmedic {
namespace {

using test::Bytes;
using test::hex;
using test::random_bytes;

/// CS-1 word by word.
std::uint64_t plain_loop(std::span<const std::byte> bytes) {
  std::uint32_t lo = 0;
  std::uint32_t hi = 0;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t word = 0;
    for (std::size_t i = 4; i-- > 0;)
      word = word << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
    lo += word;
    hi += lo;
  }
  return std::uint64_t{hi} << 32 | lo;
}

Bytes text(std::string_view characters) {
  Bytes bytes(characters.size());
  std::memcpy(bytes.data(), characters.data(), characters.size());
  return bytes;
}

/// `size` bytes, byte i being i modulo 256.
Bytes counting(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = std::byte(i & 0xff);
  return bytes;
}

TEST_CASE("the checksum vectors of the label specification hold") {
  CHECK(fletcher64({}) == 0);
  CHECK(fletcher64(hex("00000000")) == 0);
  CHECK(fletcher64(hex("01000000")) == 0x0000000100000001);
  CHECK(fletcher64(hex("01000000 02000000 03000000")) == 0x0000000a00000006);
  CHECK(fletcher64(hex("01000000 02000000 03000000 00000000")) == 0x0000001000000006);
  CHECK(fletcher64(hex("ffffffffffffffff")) == 0xfffffffdfffffffe);
  CHECK(fletcher64(text("abcdefgh")) == 0x312e2b27cccac8c6);
  CHECK(fletcher64(text("abcdefghxyzzy")) == 0x78736d654745423e);
  CHECK(fletcher64(counting(256)) == 0x9d754a80601fdf80);
  CHECK(fletcher64(Bytes(256, std::byte{0xff})) == 0xfffff7e0ffffffc0);
}

TEST_CASE("the checksum vectors F-1 to F-3 of the BTT specification hold") {
  CHECK(fletcher64(Bytes(4096)) == 0);
  CHECK(fletcher64(counting(16)) == 0x463c322824201c18);
  CHECK(fletcher64(Bytes(8, std::byte{0xff})) == 0xfffffffdfffffffe);
  CHECK(fletcher64(counting(4096)) == 0x9385a80001fdf800);
  CHECK(fletcher64(counting(4096), {4088, 8}) == 0x9b90b6140604000c);
}

TEST_CASE("zero words at the end change the sum") {
  Bytes bytes = counting(256);
  const std::uint64_t shorter = fletcher64(bytes);
  bytes.resize(512);
  CHECK(fletcher64(bytes) != shorter);
}

TEST_CASE("a trailing fragment of 1 to 3 bytes is ignored") {
  const Bytes bytes = random_bytes(67, 1);
  const std::span<const std::byte> all(bytes);
  for (std::size_t size : {65u, 66u, 67u})
    CHECK(fletcher64(all.first(size)) == fletcher64(all.first(64)));
}

TEST_CASE("every length from 0 to 600 bytes, at every alignment, agrees with the plain loop") {
  const Bytes bytes = random_bytes(608, 2);
  for (std::size_t start = 0; start < 8; ++start) {
    for (std::size_t size = 0; size <= 600; ++size) {
      const auto part = std::span<const std::byte>(bytes).subspan(start, size);
      REQUIRE(fletcher64(part) == plain_loop(part));
    }
  }
}

TEST_CASE("sums whose word counts and values leave 32 bits agree with the plain loop") {
  const Bytes random = random_bytes(1 << 20, 3);
  CHECK(fletcher64(random) == plain_loop(random));
  const Bytes ones(1 << 20, std::byte{0xff});
  CHECK(fletcher64(ones) == plain_loop(ones));
}

TEST_CASE("words counted as zero give the sum of a copy with zeros, wherever they stand") {
  const Bytes bytes = random_bytes(256 + 3, 4);
  for (std::size_t offset = 0; offset < 256; offset += 4) {
    for (std::size_t size : {0u, 4u, 8u, 64u}) {
      Bytes zeroed = bytes;
      const std::size_t end = std::min<std::size_t>(offset + size, zeroed.size());
      std::fill(zeroed.begin() + std::ptrdiff_t(offset), zeroed.begin() + std::ptrdiff_t(end),
                std::byte{0});
      REQUIRE(fletcher64(bytes, {offset, size}) == plain_loop(zeroed));
    }
  }
}

TEST_CASE("the part of the zero range beyond the bytes is ignored") {
  const Bytes bytes = random_bytes(64, 5);
  const std::uint64_t largest = std::numeric_limits<std::uint64_t>::max() / 4 * 4;
  CHECK(fletcher64(bytes, {64, 8}) == fletcher64(bytes));
  CHECK(fletcher64(bytes, {largest, largest}) == fletcher64(bytes));
  CHECK(fletcher64(bytes, {0, largest}) == 0);
  CHECK(fletcher64({}, {0, 8}) == 0);
}

TEST_CASE("the bytes are left as they are") {
  const Bytes bytes = random_bytes(128, 6);
  const Bytes before = bytes;
  static_cast<void>(fletcher64(bytes, {64, 8}));
  CHECK(bytes == before);
}

}  // namespace
}  // namespace ndmedic
