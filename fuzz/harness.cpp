// SPDX-License-Identifier: BSD-3-Clause
#include "fuzz/harness.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include <ndmedic/format/label.h>
#include <ndmedic/format/label_index.h>

#include "agreement/structures.h"

namespace fuzz {

using namespace ndmedic;

Input split(const std::uint8_t* data, std::size_t size) {
  const Bytes all = std::as_bytes(std::span(data, size));
  Taker taker(all.first(std::min(size, head_size)));
  Input input;
  input.head.flags = static_cast<std::uint8_t>(taker.number(1));
  input.head.choice = static_cast<std::uint8_t>(taker.number(1));
  input.head.small = static_cast<std::uint16_t>(taker.number(2));
  input.head.number = static_cast<std::uint32_t>(taker.number(4));
  input.head.size = taker.number(8);
  input.body = all.subspan(std::min(size, head_size));
  return input;
}

Buffer padded(Bytes body, std::size_t size) {
  Buffer buffer(size);
  std::ranges::copy(body.first(std::min(size, body.size())), buffer.begin());
  return buffer;
}

Bytes Taker::bytes(std::size_t size) {
  const Bytes taken = bytes_.first(std::min(size, bytes_.size()));
  bytes_ = bytes_.subspan(taken.size());
  return taken;
}

std::uint64_t Taker::number(std::size_t size) {
  const Bytes taken = bytes(size);
  std::uint64_t number = 0;
  for (std::size_t i = taken.size(); i-- > 0;)
    number = number << 8 | std::to_integer<std::uint64_t>(taken[i]);
  return number;
}

void require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

void require_agreement(const agreement::Differences& differences) {
  for (const std::string& difference : differences)
    std::fprintf(stderr, "  %s\n", difference.c_str());
  require(differences.empty(), "both readers agree");
}

void CheckedSink::add(Finding finding) {
  ++count_;
  const std::string message = message_of(finding);
  require(!message.empty(), "a finding has a message");
  const bool own_words = std::ranges::none_of(finding.arguments, [](const Argument& argument) {
    return std::holds_alternative<std::string>(argument.value);
  });
  if (own_words) require(message.find('{') == std::string::npos, "arguments fill in the message");
  require(!to_string(finding.place).empty(), "a finding has a place");
}

namespace {

void dress_area(Buffer& area, std::uint32_t slot_size, std::size_t written) {
  const auto geometry = label_geometry(area.size(), slot_size);
  if (!geometry) return;
  const std::span<std::byte> all(area);
  for (const std::uint64_t offset : {std::uint64_t{0}, geometry->index_size})
    agreement::dress(&index_block_structure, all.subspan(offset, geometry->index_size));
  if (slot_size != sizeof(Label256)) return;
  for (std::uint64_t at = geometry->label_off(); at + slot_size <= std::min(area.size(), written);
       at += slot_size)
    agreement::dress(&label256_structure, all.subspan(at, slot_size));
}

}  // namespace

Buffer label_area_of(const Input& input) {
  static constexpr std::array<std::uint32_t, 12> sizes = {
      131072, 0, 1, 511, 512, 1024, 4096, 12345, 131200, 65536, 262144, 1000};
  Buffer area = padded(input.body, sizes[input.head.choice % sizes.size()]);
  const std::uint32_t slot_size = input.head.flag(1) ? 128 : 256;
  if (input.head.dressed()) dress_area(area, slot_size, input.body.size());
  return area;
}

}  // namespace fuzz
