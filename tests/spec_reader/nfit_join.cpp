// SPDX-License-Identifier: BSD-3-Clause
//
// Joins the structures of an NFIT into regions, and does the interleave arithmetic
// (labels.md 5.7).
#include <map>

#include "spec_reader/nfit.h"

namespace spec_reader {

namespace {

// Half a structure is not joined to anything.
bool is_whole(const NfitStructure& structure) { return !structure.cut && !structure.too_short; }

NfitMapping mapping_of(const Fields& fields) {
  NfitMapping mapping;
  mapping.device_handle = field_number(fields, "device_handle");
  mapping.region_size = field_number(fields, "region_size");
  mapping.region_offset = field_number(fields, "region_offset");
  mapping.dpa_base = field_number(fields, "dpa_base");
  mapping.interleave_index = field_number(fields, "interleave_index");
  mapping.interleave_ways = field_number(fields, "interleave_ways");
  mapping.state_flags = field_number(fields, "state_flags");
  mapping.cookie_input.region_offset = mapping.region_offset;
  return mapping;
}

// 5.1: identity of the device, from its control region.
void add_identity(const Fields& control, NfitMapping& mapping) {
  mapping.has_control_region = true;
  CookieInput& input = mapping.cookie_input;
  input.serial = static_cast<std::uint32_t>(field_number(control, "serial_number"));
  input.vendor = static_cast<std::uint16_t>(field_number(control, "vendor_id"));
  input.date = static_cast<std::uint16_t>(field_number(control, "manufacturing_date"));
  input.location = static_cast<std::uint8_t>(field_number(control, "manufacturing_location"));
}

NfitRegion region_of(const Fields& fields) {
  NfitRegion region;
  region.range_index = field_number(fields, "range_index");
  region.base = field_number(fields, "base");
  region.size = field_number(fields, "size");
  // 16 bytes, kept as stored: mixed-endian (2.8).
  for (const FieldValue& field : fields) {
    if (field.name == "range_type_guid") {
      region.range_type = field.raw;
    }
  }
  return region;
}

}  // namespace

std::vector<NfitRegion> join_nfit(const NfitReading& reading) {
  std::vector<NfitRegion> regions;
  // First bearer of every index.
  std::map<std::uint64_t, std::size_t> region_by_index;
  std::map<std::uint64_t, const Fields*> control_by_index;
  for (const NfitStructure& structure : reading.structures) {
    if (!is_whole(structure)) {
      continue;
    }
    if (structure.type == 0) {
      regions.push_back(region_of(structure.fields));
      region_by_index.emplace(regions.back().range_index, regions.size() - 1);
    }
    if (structure.type == 4) {
      control_by_index.emplace(field_number(structure.fields, "control_region_index"),
                               &structure.fields);
    }
  }
  // Mappings in table order; this is Linux's mapping order.
  for (const NfitStructure& structure : reading.structures) {
    if (!is_whole(structure) || structure.type != 1) {
      continue;
    }
    const std::uint64_t range = field_number(structure.fields, "spa_range_index");
    const auto region = region_by_index.find(range);
    if (range == 0 || region == region_by_index.end()) {
      continue;  // 0 = not mapped
    }
    // Mapping to control region by index; without one the device has no identity.
    NfitMapping mapping = mapping_of(structure.fields);
    const auto control =
        control_by_index.find(field_number(structure.fields, "control_region_index"));
    if (control != control_by_index.end()) {
      add_identity(*control->second, mapping);
    }
    regions[region->second].mappings.push_back(mapping);
  }
  return regions;
}

std::optional<Interleave> find_interleave(const NfitReading& reading, std::uint64_t index) {
  for (const NfitStructure& structure : reading.structures) {
    // The first complete bearer of the index counts.
    if (structure.type != 2 || !is_whole(structure) ||
        field_number(structure.fields, "index") != index) {
      continue;
    }
    Interleave interleave;
    interleave.line_size = field_number(structure.fields, "line_size");
    for (const FieldValue& field : structure.fields) {
      if (field.name.starts_with("line_offset_")) {
        interleave.line_offsets.push_back(static_cast<std::uint32_t>(field.number));
      }
    }
    return interleave;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> interleave_spa(const Interleave& interleave, std::uint64_t ways,
                                            std::uint64_t base, std::uint64_t region_offset,
                                            std::uint64_t x) {
  const std::uint64_t lines = interleave.line_offsets.size();
  const std::uint64_t size = interleave.line_size;
  if (lines == 0 || size == 0) {
    return std::nullopt;
  }
  // labels.md 5.7, type 2, in the names of that paragraph:
  // line = x / size, within = x mod size, turn = line / lines, k = line mod lines.
  const std::uint64_t line = x / size;
  const std::uint64_t within = x % size;
  const std::uint64_t turn = line / lines;
  const std::size_t k = static_cast<std::size_t>(line % lines);
  // SPA = base + RegionOffset + turn*lines*ways*size + offset[k]*size + within
  std::optional<std::uint64_t> spa = multiply(turn, lines);
  spa = spa ? multiply(*spa, ways) : spa;
  spa = spa ? add(*spa, interleave.line_offsets[k]) : spa;
  spa = spa ? multiply(*spa, size) : spa;
  spa = spa ? add(*spa, within) : spa;
  spa = spa ? add(*spa, region_offset) : spa;
  spa = spa ? add(*spa, base) : spa;
  return spa;
}

std::optional<std::uint64_t> interleave_share(const Interleave& interleave, std::uint64_t ways,
                                              std::uint64_t base, std::uint64_t region_offset,
                                              std::uint64_t spa) {
  const std::uint64_t lines = interleave.line_offsets.size();
  const std::uint64_t size = interleave.line_size;
  const std::optional<std::uint64_t> start = add(base, region_offset);
  const std::optional<std::uint64_t> lines_per_turn = multiply(lines, ways);
  if (lines == 0 || size == 0 || ways == 0 || !start || !lines_per_turn || spa < *start) {
    return std::nullopt;
  }
  // The line within the device's lattice, counted from the start of its share.
  const std::uint64_t line_of_set = (spa - *start) / size;
  const std::uint64_t within = (spa - *start) % size;
  // Try each line of a turn: what is left after its offset must be whole turns.
  for (std::size_t k = 0; k < interleave.line_offsets.size(); ++k) {
    const std::uint64_t offset = interleave.line_offsets[k];
    if (line_of_set < offset || (line_of_set - offset) % *lines_per_turn != 0) {
      continue;
    }
    // line_of_set = turn * lines * ways + offset[k]
    const std::uint64_t turn = (line_of_set - offset) / *lines_per_turn;
    // turn * lines + k <= line_of_set + k and times size: checked all the same.
    const std::optional<std::uint64_t> first = multiply(turn, lines);
    const std::optional<std::uint64_t> line = first ? add(*first, k) : first;
    const std::optional<std::uint64_t> bytes = line ? multiply(*line, size) : line;
    return bytes ? add(*bytes, within) : bytes;
  }
  return std::nullopt;
}

}  // namespace spec_reader
