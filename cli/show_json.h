// SPDX-License-Identifier: BSD-3-Clause
// The image tree and findings as JSON: docs/schema/show.schema.json says what it looks like.
#pragma once

#include <cstdint>
#include <optional>

#include <ndmedic/cli/finding_count.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/format/finding.h>
#include <ndmedic/image/image.h>

namespace ndmedic::cli {

/// All lanes instead of those worth a row.
struct JsonOptions {
  bool all_lanes = false;
  std::optional<std::uint32_t> only{};  ///< this namespace; no devices, no regions
};

/// The parts of the envelope.
Json device_json(const DeviceImage& device);
Json region_json(const RegionState& region);
Json namespace_json(const ImageTree& tree, const NamespaceImage& ns, const JsonOptions& options);
Json finding_json(const Finding& finding);

// Parts of parts, each in a file of its own.
Json label_area_json(const LabelArea& area);
Json label_namespace_json(const LabelNamespace& label);
Json btt_json(const BttImage& btt, const JsonOptions& options);
Json evidence_json(const EvidenceList& evidence);
Json violations_json(std::span<const Violation> violations);

/// What show --json prints, with room for the findings and the summary.
Json envelope(const ImageTree* tree, const JsonOptions& options);

/// Counts of findings by severity, and the exit code.
Json summary_json(const FindingCount& count, int exit_code);

/// How many findings were counted and not kept, by code.
Json dropped_json(const Findings& findings);

}  // namespace ndmedic::cli
