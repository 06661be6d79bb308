// SPDX-License-Identifier: BSD-3-Clause
// A formatted BTT opened for writing, on media by calls or on mapped memory.
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <ndmedic/btt/engine.h>
#include <ndmedic/media/copy.h>
#include <ndmedic/media/memory_media.h>

#include "btt_builder.h"

namespace ndmedic::test {

enum class Ground : std::uint8_t { calls, mapped };
inline constexpr std::array grounds = {Ground::calls, Ground::mapped};

inline BttOptions writable_options(const BttShape& shape) {
  BttOptions options;
  options.chain = options_for(shape);
  options.writable = true;
  return options;
}

/// The BTT that `builder` made, copied to memory that is mapped or not.
class OpenedBtt {
 public:
  OpenedBtt(BttBuilder& builder, Ground ground, const BttOptions& options) : options_(options) {
    if (ground == Ground::mapped)
      media_ = std::make_unique<MemoryMedia>(builder.media().size());
    else
      media_ = std::make_unique<SparseMedia>(builder.media().size());
    REQUIRE(copy_data(builder.media(), *media_));
    reopen();
  }

  void reopen() {
    btt_.reset();
    auto opened = Btt::open(*media_, options_, findings_);
    REQUIRE(opened);
    btt_ = std::move(*opened);
  }

  Btt& operator*() { return *btt_; }
  Btt* operator->() { return btt_.get(); }
  Media& media() { return *media_; }
  Findings& findings() { return findings_; }

  std::uint32_t word_at(std::uint64_t offset) const {
    const auto word = read_structure<Le32>(*media_, offset);
    REQUIRE(word);
    return word->value();
  }

 private:
  BttOptions options_;
  std::unique_ptr<Media> media_;
  Findings findings_;
  std::unique_ptr<Btt> btt_;
};

/// A sector whose every 8 bytes say which LBA and which version of it they belong to.
inline std::vector<std::byte> content(std::uint64_t lba, std::uint32_t version, std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::byte>((lba * 31 + version * 7 + i / 8 % 3) & 0xFF);
  return bytes;
}

inline std::vector<std::byte> contents(std::uint64_t first, std::uint64_t count,
                                       std::uint32_t version, std::size_t size) {
  std::vector<std::byte> all;
  for (std::uint64_t lba = first; lba < first + count; ++lba) {
    const auto one = content(lba, version, size);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

inline std::vector<std::byte> read_back(const Btt& btt, std::uint64_t first, std::uint64_t count) {
  std::vector<std::byte> bytes(count * btt.sector_size());
  REQUIRE(btt.read({first}, bytes));
  return bytes;
}

}  // namespace ndmedic::test
