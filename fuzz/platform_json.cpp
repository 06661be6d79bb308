// SPDX-License-Identifier: BSD-3-Clause
// Descriptions of platforms. Contract: any text is refused with a complaint, or gives a platform
// whose own JSON reads as the same one, whose table is joined without a remark and read as the same
// DIMMs, regions and cookies, and whose lines give each byte of a region to one DIMM.
#include <ndmedic/cli/platform_json.h>
#include <ndmedic/format/platform_nfit.h>

#include <algorithm>

#include "fuzz/harness.h"

using namespace ndmedic;

namespace {

/// What a table tells: DIMMs by handle, as large as their regions need.
Platform as_told(Platform platform) {
  std::vector<std::uint32_t> handles;
  for (PlatformDimm& dimm : platform.dimms) {
    handles.push_back(dimm.handle);
    dimm.label_size = 0;
  }
  std::vector<std::uint64_t> ends(platform.dimms.size());
  std::vector<bool> mapped(platform.dimms.size());
  for (const PlatformRegion& region : platform.regions)
    for (const PlatformMapping& mapping : region.mappings) {
      ends[mapping.dimm] = std::max(ends[mapping.dimm], mapping.dpa + mapping.size);
      mapped[mapping.dimm] = true;
    }
  for (std::size_t i = 0; i < ends.size(); ++i)
    if (mapped[i]) platform.dimms[i].size = ends[i];
  std::ranges::sort(platform.dimms, {}, &PlatformDimm::handle);
  for (PlatformRegion& region : platform.regions) {
    region.flags = static_cast<std::uint16_t>(region.flags & ~4U);
    for (PlatformMapping& mapping : region.mappings)
      mapping.dimm =
          static_cast<std::size_t>(std::ranges::lower_bound(platform.dimms, handles[mapping.dimm],
                                                            {}, &PlatformDimm::handle) -
                                   platform.dimms.begin());
  }
  return platform;
}

/// Some bytes of a region with lines: each belongs to one of its DIMMs.
void require_owners(const NfitJoin& join) {
  for (const NfitRegion& region : join.regions) {
    if (region.mappings.empty() || region.mappings.front().interleave_index == 0) continue;
    std::vector<NfitInterleave> shares;
    for (const NfitMapping& mapping : region.mappings) {
      const auto lines = interleave_of(join, mapping);
      fuzz::require(lines.has_value(), "lines are an arrangement");
      shares.push_back(*lines);
    }
    const std::uint64_t line = shares.front().line_size();
    for (const std::uint64_t at :
         {std::uint64_t{0}, line - 1, line, region.size / 2, region.size / 3, region.size - 1}) {
      std::size_t owners = 0;
      for (std::size_t i = 0; i < shares.size(); ++i)
        if (const auto inside = shares[i].share_offset(at))
          owners += *inside < region.mappings[i].region_size ? 1U : 0U;
      fuzz::require(at >= region.size || owners == 1, "a byte belongs to one DIMM");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = cli::read_platform_document(fuzz::text_of(data, size));
  fuzz::require(document.complaint.empty() == document.platform.has_value(),
                "a platform, or a complaint");
  if (!document.platform) {
    fuzz::require(document.complaint.find(": ") != std::string::npos, "a complaint has a place");
    return 0;
  }
  const Platform& platform = *document.platform;
  const auto again = cli::read_platform_document(cli::platform_json(platform).dump());
  fuzz::require(again.platform == platform, "a platform comes back from its own JSON");

  const std::vector<std::byte> table = write_nfit(platform, NfitForm::table);
  fuzz::require(validate_nfit_header(table).empty(), "the header keeps all rules");
  const NfitJoin join = join_nfit(table, NfitForm::table);
  fuzz::require(join.remarks.empty(), "all references are kept");
  const auto read = read_platform(table, NfitForm::table);
  fuzz::require(bool(read), "the table is a platform");
  fuzz::require(*read == as_told(platform), "the table says the same");
  for (std::size_t i = 0; i < platform.regions.size(); ++i)
    fuzz::require(cookies_of(platform, platform.regions[i]) == cookies_of(*read, read->regions[i]),
                  "cookies are the same");
  require_owners(join);
  return 0;
}
