// SPDX-License-Identifier: BSD-3-Clause
//
// PFN and DAX superblocks: layout, interpretation by version, validity (btt.md 6.1 to 6.3).
#include "spec_reader/fletcher.h"
#include "spec_reader/siblings.h"

namespace spec_reader {

namespace {

// btt.md 6.1.  There is one copy only, at namespace offset 4096.
constexpr FieldRow table[] = {
    {"signature", 0, 16},     {"uuid", 16, 16},
    {"parent_uuid", 32, 16},  {"flags", 48, 4},
    {"version_major", 52, 2}, {"version_minor", 54, 2},
    {"dataoff", 56, 8},       {"npfns", 64, 8},
    {"mode", 72, 4},          {"start_pad", 76, 4},
    {"end_trunc", 80, 4},     {"align", 84, 4},
    {"page_size", 88, 4},     {"page_struct_size", 92, 2},
    {"padding", 94, 3994},    {"checksum", 4088, 8},
};

constexpr std::uint8_t pfn_signature[16] = {'N', 'V', 'D', 'I', 'M', 'M', '_', 'P',
                                            'F', 'N', '_', 'I', 'N', 'F', 'O', 0};
constexpr std::uint8_t dax_signature[16] = {'N', 'V', 'D', 'I', 'M', 'M', '_', 'D',
                                            'A', 'X', '_', 'I', 'N', 'F', 'O', 0};

// The page size of an image: 4096 is assumed where the format leaves it to the running system.
constexpr std::uint64_t page = 4096;

// PF-V2: the highest power of two not above the value; 0 for 0.
std::uint64_t power_not_above(std::uint64_t value) {
  std::uint64_t power = 0;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((value >> bit & 1) != 0) {
      power = std::uint64_t{1} << bit;
    }
  }
  return power;
}

}  // namespace

PfnKind pfn_kind(Bytes block) {
  const Bytes signature = clip(block, 0, 16);
  // All 16 bytes, including the NUL.
  if (same_bytes(signature, pfn_signature)) {
    return PfnKind::fsdax;
  }
  if (same_bytes(signature, dax_signature)) {
    return PfnKind::devdax;
  }
  return PfnKind::none;
}

Fields pfn_fields(Bytes block) { return cut_fields(clip(block, 0, 4096), table); }

PfnMeaning pfn_meaning(Bytes block) {
  PfnMeaning meaning;
  const std::uint64_t minor = number_at(block, 54, 2);
  meaning.dataoff = number_at(block, 56, 8);
  meaning.npfns = number_at(block, 64, 8);
  meaning.mode = number_at(block, 72, 4);
  if (minor >= 1) {  // PF-V1
    meaning.start_pad = number_at(block, 76, 4);
    meaning.end_trunc = number_at(block, 80, 4);
  }
  if (minor >= 2) {  // PF-V2
    meaning.align = number_at(block, 84, 4);
  }
  if (meaning.align == 0) {  // PF-V2 and PF-V5
    meaning.align = power_not_above(meaning.dataoff);
  }
  meaning.flags_count = minor >= 3;  // PF-V3
  if (minor >= 4) {                  // PF-V4
    meaning.page_size = number_at(block, 88, 4);
    meaning.page_struct_size = number_at(block, 92, 2);
  } else {
    meaning.page_size = page;
    meaning.page_struct_size = 64;
  }
  return meaning;
}

Verdict pfn_violations(Bytes block, std::uint64_t namespace_size) {
  if (block.size() < 4096) {
    return {"6.3-2", "6.3-3", "6.3-5", "6.3-9", "6.3-10", "6.3-11", "6.3-13", "6.3-14"};
  }
  Verdict broken;
  const Bytes whole = clip(block, 0, 4096);
  // Rules 1, 4, 6, 7, 8 and 12 need more than the image.  The others use the values of 6.2,
  // not the stored ones.
  const PfnMeaning meaning = pfn_meaning(whole);
  // Rule 2.  Major is not checked, 0 is found in the field (6.7).
  if (pfn_kind(whole) == PfnKind::none) {
    broken.insert("6.3-2");
  }
  // Rule 3.
  if (fletcher64(whole, 4088, 8) != number_at(whole, 4088, 8)) {
    broken.insert("6.3-3");
  }
  // Rule 5: mode 0 is invalid on media.
  if (meaning.mode != 1 && meaning.mode != 2) {
    broken.insert("6.3-5");
  }
  // Rule 9, with the align that counts.
  if (meaning.align > namespace_size) {
    broken.insert("6.3-9");
  }
  // Rule 10.
  if (meaning.dataoff >= namespace_size) {
    broken.insert("6.3-10");
  }
  // Rule 11, the half that needs no physical address (PF-47).
  if (meaning.dataoff % page != 0) {
    broken.insert("6.3-11");
  }
  // Rule 13: two 32-bit fields, so their sum is exact; a negative room holds nothing.
  const std::uint64_t lost = meaning.start_pad + meaning.end_trunc;
  if (lost > namespace_size || meaning.dataoff >= namespace_size - lost) {
    broken.insert("6.3-13");
  }
  // Rule 14: nothing may lie over the superblock.
  if (meaning.mode == 1 && meaning.dataoff < 8192) {
    broken.insert("6.3-14");
  }
  return broken;
}

}  // namespace spec_reader
