// SPDX-License-Identifier: BSD-3-Clause
// The worked examples of btt.md 2.7 with the checksums of 2.3, as printed there.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <ndmedic/format/btt_geometry.h>
#include <ndmedic/format/btt_info.h>

namespace ndmedic::test {

struct BttExample {
  std::string_view id;
  std::uint64_t container;  ///< bytes of the namespace or pool file
  std::uint64_t initial;    ///< where arena 0 begins
  std::uint64_t index;      ///< of the arena
  GeometryRule rule;
  std::uint16_t major;
  std::uint32_t sector;
  std::uint64_t at;  ///< container-relative
  std::uint64_t arena_size;
  std::uint32_t external_nlba;
  std::uint32_t internal_lbasize;
  std::uint32_t internal_nlba;
  std::uint64_t nextoff;
  std::uint64_t mapoff;
  std::uint64_t flogoff;
  std::uint64_t infooff;
  std::uint64_t slack;
  std::uint64_t checksum;  ///< 0: 2.3 does not give one
};

inline constexpr auto K = GeometryRule::kernel;
inline constexpr auto P = GeometryRule::pmemblk;
inline constexpr std::array btt_examples = {
    BttExample{"E-1", 0x1000000, 0, 0, K, 2, 512, 0, 0x1000000, 32202, 512, 32458, 0, 0xFDB000,
               0xFFB000, 0xFFF000, 3072, 0xE65D74331329414C},
    BttExample{"E-2", 0x1001000, 4096, 0, K, 1, 512, 0x1000, 0x1000000, 32202, 512, 32458, 0,
               0xFDB000, 0xFFB000, 0xFFF000, 3072, 0},
    BttExample{"E-3", 0x4000000, 0, 0, K, 2, 4096, 0, 0x4000000, 16105, 4096, 16361, 0, 0x3FEB000,
               0x3FFB000, 0x3FFF000, 4096, 0xFEC4A4531C29DF8A},
    BttExample{"E-4", 0x4000000, 4096, 0, K, 1, 4096, 0x1000, 0x3FFF000, 16104, 4096, 16360, 0,
               0x3FEA000, 0x3FFA000, 0x3FFE000, 4096, 0x01FC78801C2AAF87},
    BttExample{"E-5", 0x40000000, 4096, 0, K, 1, 512, 0x1000, 0x3FFFF000, 2080575, 512, 2080831, 0,
               0x3F80A000, 0x3FFFA000, 0x3FFFE000, 4608, 0xC570C9A0CFEB9435},
    BttExample{"E-6", 0x40000000, 0, 0, K, 2, 520, 0, 0x40000000, 1850973, 576, 1851229, 0,
               0x3F8EB000, 0x3FFFB000, 0x3FFFF000, 3776, 0xDD531563CFF1C2BA},
    BttExample{"E-6b", 0x40000000, 4096, 0, K, 1, 4104, 0x1000, 0x3FFFF000, 257599, 4160, 257855, 0,
               0x3FEFE000, 0x3FFFA000, 0x3FFFE000, 4160, 0},
    BttExample{"E-7.0", 0x10001401000, 4096, 0, K, 1, 65536, 0x1000, 0x8000000000, 8387839, 65536,
               8388095, 0x8000000000, 0x7FFDFFB000, 0x7FFFFFB000, 0x7FFFFFF000, 40960, 0},
    BttExample{"E-7.1", 0x10001401000, 4096, 1, K, 1, 65536, 0x8000001000, 0x8000000000, 8387839,
               65536, 8388095, 0x8000000000, 0x7FFDFFB000, 0x7FFFFFB000, 0x7FFFFFF000, 40960, 0},
    BttExample{"E-7.2", 0x10001401000, 4096, 2, K, 1, 65536, 0x10000001000, 0x1400000, 63, 65536,
               319, 0, 0x13FA000, 0x13FB000, 0x13FF000, 36864, 0},
    BttExample{"E-8.0", 0x10000000000, 0, 0, K, 2, 4096, 0, 0x8000000000, 134086520, 4096,
               134086776, 0x8000000000, 0x7FE007B000, 0x7FFFFFB000, 0x7FFFFFF000, 8192,
               0x4840CBC4002E62A5},
    BttExample{"E-8.1", 0x10000000000, 0, 1, K, 2, 4096, 0x8000000000, 0x8000000000, 134086520,
               4096, 134086776, 0, 0x7FE007B000, 0x7FFFFFB000, 0x7FFFFFF000, 8192,
               0x483ED644002E6225},
    BttExample{"E-8b.1", 0x10000000000, 4096, 1, K, 1, 4096, 0x8000001000, 0x7FFFFFF000, 134086519,
               4096, 134086775, 0, 0x7FE007A000, 0x7FFFFFA000, 0x7FFFFFE000, 8192, 0},
    BttExample{"E-9.0", 0xC000000000, 4096, 0, K, 1, 512, 0x1000, 0x8000000000, 1065417932, 512,
               1065418188, 0x8000000000, 0x7F01FBB000, 0x7FFFFFB000, 0x7FFFFFF000, 2048,
               0x147061519129414C},
    BttExample{"E-9.1", 0xC000000000, 4096, 1, K, 1, 512, 0x8000001000, 0x3FFFFFF000, 532708802,
               512, 532709058, 0, 0x3F80FDA000, 0x3FFFFFA000, 0x3FFFFFE000, 3072,
               0x2797F151D0AA11F8},
    BttExample{"E-10", 0x8000800000, 0, 0, K, 2, 512, 0, 0x8000000000, 1065417932, 512, 1065418188,
               0, 0x7F01FBB000, 0x7FFFFFB000, 0x7FFFFFF000, 2048, 0},
    BttExample{"E-11", 0x8001001000, 4096, 1, K, 1, 4096, 0x8000001000, 0x1000000, 3829, 4096, 4085,
               0, 0xFF7000, 0xFFB000, 0xFFF000, 4096, 0},
    BttExample{"E-12", 0x40003039, 0, 0, K, 2, 512, 0, 0x40003000, 2080607, 512, 2080863, 0,
               0x3F80E000, 0x3FFFE000, 0x40002000, 4608, 0},
    BttExample{"L-1", 17825792, 8192, 0, P, 1, 512, 0x2000, 0x10FE000, 34218, 512, 34474, 0,
               0x10D7000, 0x10F9000, 0x10FD000, 3072, 0xA3BB34401359D10B},
    BttExample{"L-2", 17825792, 8192, 0, P, 1, 520, 0x2000, 0x10FE000, 22786, 768, 23042, 0,
               0x10E2000, 0x10F9000, 0x10FD000, 2560, 0xA50F18D0135A28C3},
    BttExample{"L-3", 67108864, 8192, 0, P, 1, 4096, 0x2000, 0x3FFE000, 16103, 4096, 16359, 0,
               0x3FE9000, 0x3FF9000, 0x3FFD000, 4096, 0x014150A01C2A7F85},
    BttExample{"L-4", 67108864, 8192, 0, P, 1, 4104, 0x2000, 0x3FFE000, 15141, 4352, 15397, 0,
               0x3FEA000, 0x3FF9000, 0x3FFD000, 6912, 0},
    BttExample{"L-5", 67108864, 8192, 0, P, 1, 8, 0x2000, 0x3FFE000, 129728, 512, 129984, 0,
               0x3F7A000, 0x3FF9000, 0x3FFD000, 4096, 0},
    BttExample{"L-6", 104857600, 8192, 0, P, 1, 1000, 0x2000, 0x63FE000, 101709, 1024, 101965, 0,
               0x6395000, 0x63F9000, 0x63FD000, 3072, 0},
    BttExample{"L-7", 1073741824, 8192, 0, P, 1, 512, 0x2000, 0x3FFFE000, 2080567, 512, 2080823, 0,
               0x3F809000, 0x3FFF9000, 0x3FFFD000, 4608, 0},
};

inline constexpr Guid example_uuid =
    guid_literal("00112233-4455-6677-8899-aabbccddeeff", GuidOrder::text);
inline constexpr Guid example_parent =
    guid_literal("01234567-89ab-cdef-0123-456789abcdef", GuidOrder::text);

/// The info block of an example with the uuids of 2.3, sealed by `checksum`.
inline InfoBlock info_of(const BttExample& example, std::uint64_t checksum) {
  InfoBlock info{};
  info.sig = {'B', 'T', 'T', '_', 'A', 'R', 'E', 'N', 'A', '_', 'I', 'N', 'F', 'O', 0, 0};
  info.uuid = example_uuid;
  info.parent_uuid = example_parent;
  info.major = example.major;
  info.minor = example.major == 1 ? 1 : 0;
  info.external_lbasize = example.sector;
  info.external_nlba = example.external_nlba;
  info.internal_lbasize = example.internal_lbasize;
  info.internal_nlba = example.internal_nlba;
  info.nfree = 256;
  info.infosize = 4096;
  info.nextoff = example.nextoff;
  info.dataoff = 4096;
  info.mapoff = example.mapoff;
  info.flogoff = example.flogoff;
  info.infooff = example.infooff;
  info.checksum = checksum;
  return info;
}

}  // namespace ndmedic::test
