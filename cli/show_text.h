// SPDX-License-Identifier: BSD-3-Clause
// The image tree as text for people: a tree by indentation, keys on the left that dump takes as
// places, values in one column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include <ndmedic/cli/finding_count.h>
#include <ndmedic/format/finding.h>
#include <ndmedic/image/image.h>

namespace ndmedic::cli {

struct TextOptions {
  bool verbose = false;                 ///< evidence, all slots and lanes, info blocks, cookies
  bool colour = false;                  ///< severity words only
  std::optional<std::uint32_t> only{};  ///< this namespace and nothing else
};

/// Rows of a list that are shown without -v.
inline constexpr std::size_t rows_shown_max = 32;

/// Writes rows "key  value", keys indented by depth, values aligned. Values are safe text.
class Outline {
 public:
  explicit Outline(std::ostream& out) : out_(out) {}
  void row(unsigned depth, std::string_view key, std::string_view value);
  void blank();

 private:
  std::ostream& out_;
};

/// Everything but findings.
void print_tree(const ImageTree& tree, const TextOptions& options, std::ostream& out);

// The parts of the tree, each in a file of its own.
void print_labels(const DeviceImage& device, const TextOptions& options, Outline& outline);
void print_regions(const ImageTree& tree, const TextOptions& options, Outline& outline);
void print_namespace(const ImageTree& tree, const NamespaceImage& ns, const TextOptions& options,
                     Outline& outline);
void print_btt(const BttImage& btt, const TextOptions& options, Outline& outline);
void print_nfit(const NfitReading& nfit, const TextOptions& options, Outline& outline);
void print_pool(const PoolReading& pool, const TextOptions& options, Outline& outline);
void print_fields(unsigned depth, const Structure& structure, std::span<const std::byte> bytes,
                  Outline& outline);

/// One line a finding: code, severity, place, message. `width` aligns the places.
std::string finding_line(const Finding& finding, std::size_t place_width, bool colour);

/// All findings that were kept, and how many were not.
void print_findings(const Findings& findings, const TextOptions& options, std::ostream& out);

/// The last line: "no findings", "no damage found: 2 notes", "damage found: 1 damage, 2 notes".
void print_verdict(const FindingCount& count, std::ostream& out);

}  // namespace ndmedic::cli
