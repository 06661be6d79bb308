// SPDX-License-Identifier: BSD-3-Clause
// PFN and DAX info blocks, pool headers, NFITs.
#include <algorithm>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/nfit_join.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/format/set_cookie.h>

#include "agreement/compare.h"

namespace agreement {

using namespace ndmedic;

namespace {

/// Rules that need more than the block, and remarks that 6.3 does not count.
const Rules& pfn_library_only() {
  static const Rules rules = {"6.3-4", "6.3-12", "6.1", "6.4", "6.7", "PF-V3"};
  return rules;
}

const Rules& pool_library_only() {
  static const Rules rules = {"PH-7", "PH-2-ro", "PH-3", "PH-4", "7.2-zero"};
  return rules;
}

Rules header_rules(const spec_reader::Verdict& problems) {
  Rules rules;
  for (const auto& [word, rule] :
       {std::pair{"signature", "5.7-sig"}, {"length", "5.7-length"}, {"checksum", "5.7-checksum"}})
    if (problems.contains(word)) rules.insert(rule);
  return rules;
}

void compare_header(Bytes table, const spec_reader::NfitReading& second, Differences& out) {
  const Rules library = rules_of(validate_nfit_header(table), {"5.7-revision", "5.7-reserved"});
  compare_rules("nfit", library, header_rules(second.problems), table, out);
  if (table.size() >= nfit_header_size)
    compare_fields(nfit_header_structure, second.header, table, out);
}

void compare_item(const NfitItem& item, const spec_reader::NfitStructure& second,
                  Differences& out) {
  compare_value("nfit offset", item.offset, second.offset, out);
  compare_value("nfit type", item.type, second.type, out);
  compare_value("nfit length", item.length, second.length, out);
  compare_value("nfit cut", item.fault == NfitFault::cut, second.cut, out);
  if (item.fault == NfitFault::none) {
    compare_value("nfit too short", false, second.too_short, out);
    compare_fields(nfit_structure(item.type, item.length), second.fields, item.bytes, out);
  } else if (item.fault == NfitFault::too_short) {
    compare_value("nfit too short", true, second.too_short, out);
  }
}

void compare_walk(Bytes table, NfitForm form, const spec_reader::NfitReading& second,
                  Differences& out) {
  NfitWalk walk(table, form);
  std::size_t count = 0;
  while (const auto item = walk.next()) {
    if (count < second.structures.size()) compare_item(*item, second.structures[count], out);
    ++count;
  }
  compare_value("nfit structures", count, second.structures.size(), out);
  compare_value("nfit cut", walk.end() == NfitEnd::cut, second.problems.contains("cut"), out);
  compare_value("nfit zero length", walk.end() == NfitEnd::zero_length,
                second.problems.contains("zero-length"), out);
  compare_value("nfit bad length", walk.end() == NfitEnd::bad_length,
                second.problems.contains("bad-length"), out);
}

void compare_mapping(const NfitMapping& mapping, const spec_reader::NfitMapping& second,
                     Differences& out) {
  compare_value("handle", mapping.handle, second.device_handle, out);
  compare_value("region size", mapping.region_size, second.region_size, out);
  compare_value("region offset", mapping.region_offset, second.region_offset, out);
  compare_value("dpa", mapping.dpa_base, second.dpa_base, out);
  compare_value("ways", mapping.ways, second.interleave_ways, out);
  compare_value("identity", mapping.identity.has_value(), second.has_control_region, out);
  if (!mapping.identity || !second.has_control_region) return;
  compare_value("serial", mapping.identity->serial, second.cookie_input.serial, out);
  compare_value("vendor", mapping.identity->vendor, second.cookie_input.vendor, out);
  compare_value("date", mapping.identity->date, second.cookie_input.date, out);
  compare_value("location", mapping.identity->location, second.cookie_input.location, out);
}

/// The lines of a mapping, both ways, at a few bytes of its share.
void compare_lines(const NfitJoin& join, const NfitMapping& mapping,
                   const spec_reader::NfitReading& reading, Differences& out) {
  if (mapping.interleave_index == 0) return;
  const auto lines = interleave_of(join, mapping);
  const auto second = spec_reader::find_interleave(reading, mapping.interleave_index);
  compare_value("interleave", join.find_interleave(mapping.interleave_index) != nullptr,
                second.has_value(), out);
  if (!lines || !second) return;
  for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{4097},
                                 mapping.region_size / 2, mapping.region_size, UINT64_MAX / 3}) {
    const auto spa = lines->spa_offset(at);
    if (spa != spec_reader::interleave_spa(*second, mapping.ways, 0, mapping.region_offset, at))
      out.push_back("SPA of a byte of an interleaved share");
    if (spa &&
        lines->share_offset(*spa) !=
            spec_reader::interleave_share(*second, mapping.ways, 0, mapping.region_offset, *spa))
      out.push_back("byte of the share at an SPA");
  }
}

/// Cookies of mappings with one and the same offset depend on the order of sorting.
void compare_cookies(const NfitRegion& region, const spec_reader::NfitRegion& second,
                     Differences& out) {
  std::vector<MappingIdentity> mappings;
  std::vector<spec_reader::CookieInput> inputs;
  for (const NfitMapping& mapping : region.mappings) {
    const NfitIdentity id = mapping.identity.value_or(NfitIdentity{});
    mappings.push_back({mapping.region_offset, id.serial, id.vendor, id.date, id.location});
  }
  for (const auto& mapping : second.mappings) inputs.push_back(mapping.cookie_input);
  std::ranges::sort(mappings, {}, &MappingIdentity::region_offset);
  const auto same = [](const auto& a, const auto& b) { return a.region_offset == b.region_offset; };
  if (mappings.empty() || std::ranges::adjacent_find(mappings, same) != mappings.end()) return;
  const SetCookies cookies = set_cookies(mappings);
  compare_value("cookie 1", cookies.cookie1, spec_reader::cookie1(inputs), out);
  compare_value("cookie 2", cookies.cookie2, spec_reader::cookie2(inputs), out);
  compare_value("altcookie", cookies.altcookie, spec_reader::altcookie(inputs), out);
}

void compare_regions(Bytes table, NfitForm form, const spec_reader::NfitReading& reading,
                     Differences& out) {
  const NfitJoin join = join_nfit(table, form);
  const auto second = spec_reader::join_nfit(reading);
  compare_value("regions", join.regions.size(), second.size(), out);
  for (std::size_t i = 0; i < std::min(join.regions.size(), second.size()); ++i) {
    const NfitRegion& region = join.regions[i];
    compare_value("range index", region.range_index, second[i].range_index, out);
    compare_value("base", region.base, second[i].base, out);
    compare_value("size", region.size, second[i].size, out);
    if (!std::ranges::equal(region.type.bytes, second[i].range_type)) out.push_back("range type");
    compare_value("mappings", region.mappings.size(), second[i].mappings.size(), out);
    const std::size_t count = std::min(region.mappings.size(), second[i].mappings.size());
    for (std::size_t k = 0; k < count; ++k) {
      compare_mapping(region.mappings[k], second[i].mappings[k], out);
      compare_lines(join, region.mappings[k], reading, out);
    }
    compare_cookies(region, second[i], out);
  }
}

}  // namespace

Differences compare_pfn(Bytes block, std::uint64_t namespace_size) {
  Differences out;
  const auto info = decode<PfnInfo>(block);
  compare_rules("pfn_info",
                rules_of(validate(info, {namespace_size, {}, {}, {}}), pfn_library_only()),
                spec_reader::pfn_violations(theirs(block), namespace_size), block, out);
  compare_fields(pfn_info_structure, spec_reader::pfn_fields(theirs(block)), block, out);
  const PfnMeaning meaning = interpret(info);
  const auto second = spec_reader::pfn_meaning(theirs(block));
  compare_value("start_pad", meaning.start_pad, second.start_pad, out);
  compare_value("end_trunc", meaning.end_trunc, second.end_trunc, out);
  compare_value("align", meaning.align, second.align, out);
  compare_value("page_struct_size", meaning.page_struct_size, second.page_struct_size, out);
  compare_value("page_size", meaning.page_size.value_or(4096), second.page_size, out);
  compare_value("flags count", meaning.reserved_counts, second.flags_count, out);
  return out;
}

Differences compare_pool(Bytes bytes) {
  Differences out;
  const auto header = decode<PoolHeader>(bytes);
  compare_rules("pool_header", rules_of(validate(header), pool_library_only()),
                spec_reader::pool_violations(theirs(bytes)), bytes, out);
  compare_fields(pool_header_structure, spec_reader::pool_fields(theirs(bytes)), bytes, out);
  compare_value("checksum", checksum_of(header), spec_reader::pool_checksum(theirs(bytes)), out);
  return out;
}

Differences compare_nfit(Bytes table, NfitForm form) {
  Differences out;
  const auto second = spec_reader::read_nfit(theirs(table), form == NfitForm::fit_buffer);
  if (form == NfitForm::table) compare_header(table, second, out);
  if (form == NfitForm::table && table.size() < nfit_header_size) return out;
  compare_walk(table, form, second, out);
  compare_regions(table, form, second, out);
  return out;
}

}  // namespace agreement
