// SPDX-License-Identifier: BSD-3-Clause
// An NFIT as what the tree needs of it: regions, their devices, and how bytes are spread.
#include <algorithm>
#include <set>

#include <ndmedic/image/siblings.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t nfit_size_max = std::uint64_t{16} << 20;
constexpr std::size_t mappings_max = 65536;  // of one region; hostile tables only

/// Handles of all devices, ascending: the n-th image has the n-th one.
std::vector<std::uint32_t> handles_of(const NfitJoin& join) {
  std::set<std::uint32_t> handles;
  for (const NfitRegion& region : join.regions)
    for (const NfitMapping& mapping : region.mappings) handles.insert(mapping.handle);
  for (const NfitMapping& mapping : join.unmapped) handles.insert(mapping.handle);
  return {handles.begin(), handles.end()};
}

std::optional<std::uint32_t> device_of(const std::vector<std::uint32_t>& handles,
                                       std::uint32_t handle) {
  const auto at = std::lower_bound(handles.begin(), handles.end(), handle);
  if (at == handles.end() || *at != handle) return std::nullopt;
  return static_cast<std::uint32_t>(at - handles.begin());
}

RegionMapping mapping_of(const NfitMapping& from, const std::vector<std::uint32_t>& handles) {
  RegionMapping to;
  to.device = device_of(handles, from.handle);
  to.dpa_start = from.dpa_base;
  to.size = from.region_size;
  to.region_offset = from.region_offset;
  if (!from.identity) return to;
  to.serial = from.identity->serial;
  to.vendor = from.identity->vendor;
  to.manufacturing_date = from.identity->date;
  to.manufacturing_location = from.identity->location;
  return to;
}

/// All mappings of a set have lines of one size, or nothing is said about its bytes.
RegionInterleave interleave_of_region(const NfitJoin& join, const NfitRegion& region,
                                      const RegionDescription& description) {
  RegionInterleave interleave;
  interleave.spa_base = region.base;
  interleave.ways = description.ways;
  for (std::size_t i = 0; i < region.mappings.size(); ++i) {
    const NfitMapping& mapping = region.mappings[i];
    const NfitLines* lines =
        mapping.interleave_index == 0 ? nullptr : join.find_interleave(mapping.interleave_index);
    const bool same = i == 0 || (lines != nullptr && lines->line_size == interleave.line_size);
    if (lines == nullptr || !same) {
      interleave.line_size = 0;
      interleave.shares.clear();
      return interleave;
    }
    interleave.line_size = lines->line_size;
    const RegionMapping& from = description.mappings[i];
    interleave.shares.push_back(
        {from.device, from.dpa_start, from.size, from.region_offset, lines->line_offsets});
  }
  return interleave;
}

void add_region(const NfitJoin& join, const NfitRegion& region, NfitReading& reading) {
  if (region.type != guids::pm || region.mappings.empty() || region.mappings.size() > mappings_max)
    return;
  RegionDescription description;
  for (const NfitMapping& mapping : region.mappings)
    description.mappings.push_back(mapping_of(mapping, reading.handles));
  description.ways = region.mappings.front().ways;
  description.type_guid = region.type;
  description.spa_base = region.base;
  description.spa_length = region.size;
  reading.interleaves.push_back(interleave_of_region(join, region, description));
  reading.regions.push_back(std::move(description));
}

ProblemId problem_of(NfitTrouble trouble) {
  switch (trouble) {
    case NfitTrouble::cut:
    case NfitTrouble::too_short:
    case NfitTrouble::zero_length:
    case NfitTrouble::bad_length:
      return ProblemId::nfit_structure_cut;
    default:
      return ProblemId::nfit_reference;
  }
}

class Report {
 public:
  Report(const Place& place, FindingSink& findings) : place_(place), findings_(findings) {}

  void header(std::span<const std::byte> table) {
    for (const Violation& violation : validate_nfit_header(table)) {
      const bool length = violation.rule == "5.7-length";
      if (!length && violation.rule != "5.7-checksum") continue;
      Finding finding = at_header(length ? ProblemId::nfit_length : ProblemId::nfit_checksum);
      finding.proof = {violation};
      if (length)
        finding.arguments = {{"expected", violation.read}, {"read", std::uint64_t{table.size()}}};
      findings_.add(std::move(finding));
    }
  }

  void remarks(const NfitJoin& join) {
    for (const NfitRemark& remark : join.remarks) {
      Finding finding = at(problem_of(remark.trouble), remark.number);
      finding.arguments = {{"structure", std::uint64_t{remark.number}},
                           {"read", std::uint64_t{remark.value}}};
      findings_.add(std::move(finding));
    }
  }

  void unknown_types(std::span<const std::byte> bytes, NfitForm form) {
    NfitWalk walk(bytes, form);
    while (const auto item = walk.next()) {
      if (item->type <= static_cast<std::uint16_t>(NfitType::capabilities)) continue;
      Finding finding = at(ProblemId::nfit_unknown_type, item->number);
      finding.arguments = {{"structure", std::uint64_t{item->number}},
                           {"read", std::uint64_t{item->type}}};
      findings_.add(std::move(finding));
    }
  }

  void devices(std::size_t described, std::uint32_t given) {
    if (given == 0 || given == described) return;
    Finding finding = at_header(ProblemId::nfit_devices);
    finding.arguments = {{"expected", std::uint64_t{described}}, {"read", std::uint64_t{given}}};
    findings_.add(std::move(finding));
  }

 private:
  Finding at(ProblemId id, std::uint32_t number) const {
    Finding finding;
    finding.id = id;
    finding.place = place_;
    finding.place.first = finding.place.last = number;
    return finding;
  }

  Finding at_header(ProblemId id) const {
    Finding finding = at(id, 0);
    finding.place.nfit_header = true;
    return finding;
  }

  Place place_;
  FindingSink& findings_;
};

}  // namespace

Result<NfitReading> read_nfit(const Media& nfit, bool with_header, std::uint32_t devices,
                              const Place& place, FindingSink& findings) {
  if (nfit.size() > nfit_size_max) return Error{Errc::too_large, {0, nfit.size()}, "NFIT"};
  std::vector<std::byte> bytes(nfit.size());
  NDMEDIC_CHECK(nfit.read(0, bytes));
  const NfitForm form = with_header ? NfitForm::table : NfitForm::fit_buffer;
  const NfitJoin join = join_nfit(bytes, form);
  NfitReading reading;
  reading.size = bytes.size();
  reading.with_header = with_header;
  reading.structures = join.structures;
  reading.handles = handles_of(join);
  for (const NfitRegion& region : join.regions) add_region(join, region, reading);
  Report report(place, findings);
  if (with_header) report.header(bytes);
  report.remarks(join);
  report.unknown_types(bytes, form);
  report.devices(reading.handles.size(), devices);
  return reading;
}

}  // namespace ndmedic
