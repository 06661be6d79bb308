// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/known_content.h>

#include <fmt/format.h>

#include <algorithm>

#include <ndmedic/cli/text.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/image/content.h>

namespace ndmedic::cli {
namespace {

/// Traces of what no reader takes for whole.
std::string known_trace(const EvidenceList& list) {
  for (const Evidence& evidence : list)
    if (evidence.clue == Clue::other_pool_signature || evidence.clue == Clue::btt_damaged ||
        evidence.clue == Clue::btt_info_elsewhere)
      return evidence_text(evidence);
  return {};
}

/// What is inside, by its signature.
std::string known_inside(const Content& content) {
  if (content.state == ContentState::ambiguous) return "content of several kinds at once";
  if (content.state != ContentState::found) return {};
  if (content.type.empty())
    return fmt::format("a partition table ({})", escape_untrusted(content.partition_table));
  std::string text = escape_untrusted(content.type);
  if (!content.label.empty()) text += fmt::format(" \"{}\"", escape_untrusted(content.label));
  return text;
}

/// Sector mode by the word of the label alone: no info block, damaged or whole, main or backup.
bool only_label_says_sectors(const NamespaceImage& ns) {
  const auto told_by_label = [](const Evidence& e) { return e.clue == Clue::label_abstraction; };
  return ns.btt && !ns.btt->chain.found() && std::ranges::all_of(ns.evidence, told_by_label);
}

}  // namespace

std::string known_content(const ImageTree& tree, const NamespaceImage& ns) {
  if (only_label_says_sectors(ns)) return known_inside(probe_content_of(*ns.media, 512));
  if (ns.personality != Personality::raw) {
    std::string text(personality_text(ns.personality));
    if (ns.btt && ns.btt->chain.external_nlba() > 0)
      text += fmt::format(" of {} sectors", ns.btt->chain.external_nlba());
    return text;
  }
  std::string text = known_trace(ns.evidence);
  if (text.empty() && ns.device) text = known_trace(tree.devices[*ns.device].evidence);
  return text.empty() && ns.content ? known_inside(*ns.content) : text;
}

std::string known_labels(const LabelArea& area) {
  if (area.has_index()) {
    const std::uint64_t used = area.layout.nslot - area.free_slots();
    return fmt::format("labels of version {}.{}, {} of {} slots in use", area.major, area.minor,
                       used, area.layout.nslot);
  }
  switch (area.reason) {
    case IndexReason::remains:
      return area.count(SlotState::plausible) == 0
                 ? "index blocks that are damaged"
                 : fmt::format("{} whose index is lost",
                               count_text(area.count(SlotState::plausible), "label"));
    case IndexReason::other_content:
      return "something else than labels";
    case IndexReason::not_checked:
      return "parts that cannot be read";
    default:
      return {};
  }
}

}  // namespace ndmedic::cli
