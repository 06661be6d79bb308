// SPDX-License-Identifier: BSD-3-Clause
// The JSON of scan (docs/schema/scan.schema.json), and the names that it shares with the text.
#pragma once

#include <string>
#include <string_view>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/fsck/scan_proposals.h>

namespace ndmedic::cli {

/// "btt_info", ...: the enumerator, for JSON.
std::string_view sighting_name(SightingKind kind);
/// "BTT info block", ...
std::string_view sighting_text(SightingKind kind);

/// Everything about one file. `uuid`: for info blocks that are made new.
Json scan_json(const std::string& path, const Media& media, const ScanReport& report,
               const ScanProposals& proposals, const Guid& uuid);

}  // namespace ndmedic::cli
