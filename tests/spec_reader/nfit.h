// SPDX-License-Identifier: BSD-3-Clause
//
// The NFIT (labels.md 5.7) and the interleave set cookies (labels.md 5.1 to 5.6).
#pragma once

#include "spec_reader/bytes.h"

namespace spec_reader {

// ---- Structures (5.7) -------------------------------------------------------------------

// One structure.  Field names, by type (all begin with type, length):
// 0 range_index flags reserved proximity_domain range_type_guid base size memory_attributes
//   spa_location_cookie (only in 64 bytes)
// 1 device_handle physical_id region_id spa_range_index control_region_index region_size
//   region_offset dpa_base interleave_index interleave_ways state_flags reserved
// 2 index reserved number_of_lines line_size line_offset_0 line_offset_1 ...
// 3 reserved data
// 4 control_region_index vendor_id device_id revision subsystem_vendor subsystem_device
//   subsystem_revision valid_fields manufacturing_location manufacturing_date reserved
//   serial_number format_interface_code windows window_size command_offset command_size
//   status_offset status_size flags reserved2
// 5 control_region_index windows start_offset window_size capacity dpa_start
// 6 device_handle count reserved address_0 address_1 ...
// 7 highest_valid_bit reserved capabilities reserved2
// unknown types: content.  Bytes behind the table of a known type: excess.
struct NfitStructure {
  std::uint64_t offset = 0;  // in the input
  std::uint64_t type = 0;
  std::uint64_t length = 0;  // as stored
  bool known = false;        // type 0..7
  bool cut = false;          // runs behind the end of the table or of the input
  // The length is below what the type needs: 0: 56, or 64 with flag bit 2; 1: 48;
  // 2: 16 + 4 per line; 3: 8; 4: 32, or 80 when there are windows; 5: 40; 6: 16 + 8 per
  // address; 7: 16.
  bool too_short = false;
  Fields fields;
};

struct NfitReading {
  // Names: signature length revision checksum oem_id oem_table_id oem_revision creator_id
  // creator_revision reserved.  None for a headerless buffer.
  Fields header;
  // "signature", "length" (below 40 or behind the input), "checksum" (byte sum not 0, or not
  // computable), "cut" (last structure cut), "zero-length" (a structure of length 0 ended the
  // walk), "bad-length" (length 1..3, or less than 4 bytes left; the walk ends there).
  Verdict problems;
  std::vector<NfitStructure> structures;
};

// `headerless`: the result of a _FIT method, structures only.
NfitReading read_nfit(Bytes table, bool headerless);

// ---- Joining (5.7, last paragraph) ------------------------------------------------------

// What a cookie needs of one mapping (5.1).
struct CookieInput {
  std::uint64_t region_offset = 0;
  std::uint32_t serial = 0;
  std::uint16_t vendor = 0;
  std::uint16_t date = 0;
  std::uint8_t location = 0;
};

struct NfitMapping {
  std::uint64_t device_handle = 0;
  std::uint64_t region_size = 0, region_offset = 0, dpa_base = 0;
  std::uint64_t interleave_index = 0, interleave_ways = 0, state_flags = 0;
  bool has_control_region = false;  // the control region it points to exists
  CookieInput cookie_input;         // identity is 0 without a control region
};

struct NfitRegion {
  std::uint64_t range_index = 0;
  std::uint64_t base = 0, size = 0;
  std::vector<std::uint8_t> range_type;  // 16 bytes as stored (mixed-endian)
  std::vector<NfitMapping> mappings;     // in table order
};

// One region per SPA range that is neither cut nor too short, in table order.  A mapping
// belongs to the first range of its index, a control region index means its first bearer;
// range index 0 takes no mappings (0 = not mapped).
std::vector<NfitRegion> join_nfit(const NfitReading& reading);

// ---- Interleave arithmetic (5.7, type 2) ------------------------------------------------

struct Interleave {
  std::uint64_t line_size = 0;
  std::vector<std::uint32_t> line_offsets;  // in units of the line size
};

// The type 2 structure of that index; nothing when there is none that is complete.
std::optional<Interleave> find_interleave(const NfitReading& reading, std::uint64_t index);

// SPA of byte x of a device's share; nothing on overflow or without lines.
std::optional<std::uint64_t> interleave_spa(const Interleave& interleave, std::uint64_t ways,
                                            std::uint64_t base, std::uint64_t region_offset,
                                            std::uint64_t x);

// The byte x of the share that lies at an SPA; nothing when the SPA is another device's.  When
// several lines claim it, the first in the table wins.
std::optional<std::uint64_t> interleave_share(const Interleave& interleave, std::uint64_t ways,
                                              std::uint64_t base, std::uint64_t region_offset,
                                              std::uint64_t spa);

// ---- Cookies (5.2 to 5.6) ---------------------------------------------------------------

std::uint64_t cookie1(std::vector<CookieInput> mappings);
std::uint64_t cookie2(std::vector<CookieInput> mappings);
std::uint64_t altcookie(std::vector<CookieInput> mappings);

// 5.6: CXL without 2.1 labels; in mapping order, not sorted.
struct CxlCookieInput {
  std::uint64_t dpa_start = 0;
  std::uint64_t serial = 0;
};
std::uint64_t cxl_cookie(const std::vector<CxlCookieInput>& mappings);

}  // namespace spec_reader
