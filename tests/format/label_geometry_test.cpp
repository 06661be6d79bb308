// SPDX-License-Identifier: BSD-3-Clause
// The layout of label areas against the worked values of labels.md 3.
#include <ndmedic/format/label_geometry.h>

#include <array>
#include <cstdint>

#include <doctest/doctest.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;

struct Row {
  std::uint64_t area_size;
  std::uint32_t slot_size;
  std::uint32_t nslot;
  std::uint64_t index_size;
  std::uint64_t label_off;
  std::uint64_t slots_end;
};

constexpr std::array table_3_2 = {
    Row{1 * kib, 128, 4, 256, 512, 1024},
    Row{1 * kib, 256, 2, 256, 512, 1024},
    Row{4 * kib, 128, 28, 256, 512, 4096},
    Row{4 * kib, 256, 14, 256, 512, 4096},
    Row{64 * kib, 128, 508, 256, 512, 65536},
    Row{64 * kib, 256, 254, 256, 512, 65536},
    Row{128 * kib, 128, 1020, 256, 512, 131072},
    Row{128 * kib, 256, 510, 256, 512, 131072},
    Row{192 * kib, 128, 1528, 512, 1024, 196608},
    Row{256 * kib, 128, 2040, 512, 1024, 262144},
    Row{256 * kib, 256, 1022, 256, 512, 262144},
    Row{377088, 256, 1469, 256, 512, 376576},
    Row{512 * kib, 128, 4084, 768, 1536, 524288},
    Row{512 * kib, 256, 2044, 512, 1024, 524288},
    Row{1 * mib, 128, 8172, 1280, 2560, 1048576},
    Row{1 * mib, 256, 4090, 768, 1536, 1048576},
    Row{2 * mib, 256, 8182, 1280, 2560, 2097152},
    Row{4 * mib, 128, 32700, 4352, 8704, 4194304},
    Row{16 * mib, 128, 130812, 16640, 33280, 16777216},
    Row{16 * mib, 256, 65470, 8448, 16896, 16777216},
    Row{64 * mib, 128, 523260, 65536, 131072, 67108352},
    Row{256 * mib, 256, 1047550, 131072, 262144, 268434944},
};

TEST_CASE("areas of every worked size are laid out as the specification says") {
  for (const Row& row : table_3_2) {
    const auto geometry = label_geometry(row.area_size, row.slot_size);
    REQUIRE(geometry.has_value());
    CHECK(geometry->area_size == row.area_size);
    CHECK(geometry->slot_size == row.slot_size);
    CHECK(geometry->nslot == row.nslot);
    CHECK(geometry->index_size == row.index_size);
    CHECK(geometry->label_off() == row.label_off);
    CHECK(geometry->slot_off(row.nslot) == row.slots_end);
  }
}

TEST_CASE("the smallest areas hold two slots") {
  CHECK(label_geometry(768, 128)->nslot == 2);
  CHECK(label_geometry(1024, 256)->nslot == 2);
  CHECK(label_geometry(1023, 128)->nslot == 3);
  for (std::uint64_t size = 0; size < 768; ++size) CHECK_FALSE(label_geometry(size, 128));
  for (std::uint64_t size = 0; size < 1024; ++size) CHECK_FALSE(label_geometry(size, 256));
}

TEST_CASE("in narrow bands of sizes the index is smaller than the room set aside for it") {
  auto check_band = [](std::uint64_t first, std::uint64_t last, std::uint32_t slot_size,
                       std::uint64_t index_size) {
    auto in_band = [&](std::uint64_t size) {
      const auto geometry = label_geometry(size, slot_size);
      return geometry->index_size == index_size &&
             index_block_size(size / slot_size) == index_size + 256;
    };
    CHECK_FALSE(in_band(first - 1));
    CHECK(in_band(first));
    CHECK(in_band(last));
    CHECK_FALSE(in_band(last + 1));
  };
  check_band(377088, 378111, 256, 256);
  check_band(188544, 189567, 128, 256);
  check_band(450688, 452223, 128, 512);
  CHECK(label_geometry(377088, 256)->nslot == 1469);
  CHECK(label_geometry(378111, 256)->nslot == 1472);
}

TEST_CASE("an index block holds the bitmap that its size allows") {
  struct Limit {
    std::uint64_t index_size;
    std::uint64_t nslot;
  };
  for (const Limit& limit :
       {Limit{256, 1472}, Limit{512, 3520}, Limit{768, 5568}, Limit{1024, 7616}, Limit{1280, 9664},
        Limit{2304, 17856}, Limit{4352, 34240}, Limit{8448, 67008}}) {
    CHECK(index_block_size(limit.nslot) == limit.index_size);
    CHECK(index_block_size(limit.nslot + 1) == limit.index_size + 256);
  }
  CHECK(index_block_size(0) == 256);
}

TEST_CASE("areas of the first kernels have the geometry of generation 1") {
  auto g1 = [](std::uint64_t size) { return label_geometry(size, 128, LabelGeneration::g1); };
  CHECK(g1(128 * kib) == LabelGeometry{128 * kib, 128, 256, 1016});
  CHECK(g1(256 * kib) == LabelGeometry{256 * kib, 128, 768, 2032});
  CHECK(g1(512 * kib)->index_size == 1792);
  CHECK(g1(1 * mib)->index_size == 3840);
  CHECK_FALSE(label_geometry(128 * kib, 256, LabelGeneration::g1));
  CHECK_FALSE(g1(512 * 129 - 1));  // fewer than 512 slots: an index of 0 bytes
  CHECK(g1(512 * 129)->index_size == 256);
}

TEST_CASE("areas of the second generation have its geometry") {
  auto g2 = [](std::uint64_t size, std::uint32_t slot_size) {
    return label_geometry(size, slot_size, LabelGeneration::g2);
  };
  CHECK(g2(128 * kib, 128) == LabelGeometry{128 * kib, 128, 256, 1016});
  CHECK(g2(256 * kib, 128) == LabelGeometry{256 * kib, 128, 512, 2032});
  CHECK(g2(1 * mib, 256) == LabelGeometry{1 * mib, 256, 768, 4080});
  CHECK(g2(16 * mib, 128)->index_size == 16384);
  CHECK_FALSE(g2(64 * kib, 256));
  CHECK_FALSE(g2(32 * kib, 128));
}

TEST_CASE("the last two generations agree on the index size of common areas") {
  for (const std::uint32_t slot_size : {128u, 256u})
    for (std::uint64_t size = 128 * kib; size <= 8 * mib; size *= 2)
      CHECK(label_geometry(size, slot_size)->index_size ==
            label_geometry(size, slot_size, LabelGeneration::g2)->index_size);
  CHECK(label_geometry(16 * mib, 256)->index_size ==
        label_geometry(16 * mib, 256, LabelGeneration::g2)->index_size);
}

TEST_CASE("every geometry fits its area, and its bitmap fits the index block") {
  for (const auto generation : {LabelGeneration::g1, LabelGeneration::g2, LabelGeneration::g3})
    for (const std::uint32_t slot_size : {128u, 256u})
      for (std::uint64_t size = 0; size < 2 * mib; size += 61) {
        const auto geometry = label_geometry(size, slot_size, generation);
        if (!geometry) continue;
        REQUIRE(geometry->slot_off(geometry->nslot) <= size);
        REQUIRE(72 + (geometry->nslot + 7) / 8 <= geometry->index_size);
        REQUIRE(geometry->nslot >= 2);
      }
}

TEST_CASE("areas above 4 GiB - 1 and other slot sizes are refused") {
  CHECK(label_geometry(4096 * mib - 1, 128).has_value());
  CHECK_FALSE(label_geometry(4096 * mib, 128));
  CHECK_FALSE(label_geometry(~std::uint64_t{0}, 256));
  for (const auto generation : {LabelGeneration::g1, LabelGeneration::g2, LabelGeneration::g3})
    for (const std::uint32_t slot_size : {0u, 1u, 127u, 129u, 512u, 1u << 31, ~0u})
      CHECK_FALSE(label_geometry(128 * kib, slot_size, generation));
}

}  // namespace
}  // namespace ndmedic
