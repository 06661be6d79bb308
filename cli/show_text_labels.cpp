// SPDX-License-Identifier: BSD-3-Clause
// Label areas and regions of the tree as text.
#include <fmt/format.h>

#include <algorithm>

#include <ndmedic/cli/show_text.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

std::string area_text(const DeviceImage& device, const LabelArea& area) {
  std::string text = size_text(area.size);
  if (device.lsa_file) text += " in a file of its own";
  if (!device.lsa_file && device.kind != DeviceKind::label_area)
    text += fmt::format(" at {}", hex_text(device.whole->size() - area.size));
  if (!area.has_index())
    return text + fmt::format(", no valid index block: {}", to_string(area.reason));
  text += fmt::format(", version {}.{}, {} slots of {} bytes: {} in use, {} free", area.major,
                      area.minor, area.layout.nslot, area.layout.slot_size,
                      area.layout.nslot - area.free_slots(), area.free_slots());
  return text;
}

std::string index_text(const LabelArea& area, const IndexBlock& block) {
  std::string text(to_string(block.state));
  if (block.state == IndexState::not_checked || block.state == IndexState::blank) return text;
  if (block.signed_ok) text += fmt::format(", seq {}", block.seq());
  if (area.current == block.number) text += fmt::format(", current: {}", to_string(area.reason));
  if (block.state == IndexState::valid) return text;
  std::string rules;
  for (const Violation& violation : block.violations)
    rules += fmt::format("{}{}", rules.empty() ? "" : " ", violation.rule);
  if (!rules.empty()) text += fmt::format(" (fails {})", rules);
  return text;
}

/// What a reader of the tree wants to know of a slot's state.
std::string state_text(const LabelRecord& record) {
  std::string text(to_string(record.state));
  if (record.reason != SlotReason::none) text += fmt::format(": {}", to_string(record.reason));
  if (!record.related_slot) return text;
  const std::string_view relation = record.state == SlotState::twin ? " of slot {}"
                                    : record.related_differs <= 1   ? ", copy in slot {}"
                                                                    : ", older copy in slot {}?";
  return text + fmt::format(fmt::runtime(relation), *record.related_slot);
}

std::string flags_text(const LabelRecord& record) {
  std::string text;
  if (record.updating() && record.state != SlotState::twin) text += ", UPDATING";
  if (record.local()) text += ", LOCAL";
  return text;
}

std::string label_text(const LabelRecord& record) {
  if (record.raw_size == 0 || record.format == LabelFormat::cxl_vendor) return {};
  if (record.state == SlotState::scrap || record.state == SlotState::blank_in_use) return {};
  std::string text = fmt::format("{}  {} at {}", to_string(record.uuid, GuidOrder::text),
                                 size_text(record.rawsize), hex_text(record.dpa));
  if (record.is_region()) text += ", region";
  if (record.nlabel != 1)
    text += fmt::format(", position {} of {}", record.position, record.nlabel);
  text += flags_text(record);
  if (!record.is_region()) text += fmt::format("  \"{}\"", escape_untrusted(record.name()));
  return text;
}

void print_slots(const LabelArea& area, const TextOptions& options, Outline& outline) {
  const std::size_t shown =
      options.verbose ? area.slots.size() : std::min(rows_shown_max, area.slots.size());
  std::size_t width = 0;
  for (std::size_t i = 0; i < shown; ++i) width = std::max(width, state_text(area.slots[i]).size());
  for (std::size_t i = 0; i < shown; ++i) {
    const LabelRecord& record = area.slots[i];
    const std::string label = label_text(record);
    const std::string state = state_text(record);
    outline.row(2, fmt::format("slot/{}", record.slot),
                label.empty() ? state : fmt::format("{:<{}}  {}", state, width, label));
  }
  const std::uint64_t rest =
      area.slots.size() - shown + area.slots_in_use_omitted + area.slots_free_omitted;
  if (rest > 0)
    outline.row(2, "...",
                fmt::format("and {} more that are not blank{}", rest,
                            shown < area.slots.size() ? "; -v shows them" : ""));
}

std::string device_name(const std::optional<std::uint32_t>& device) {
  return device ? fmt::format("d{}", *device) : "not given";
}

void print_region(std::size_t number, const RegionState& state, const TextOptions& options,
                  Outline& outline) {
  const RegionDescription& region = state.description;
  std::string text = region.spa_length == 0 ? std::string("one DIMM")
                                            : fmt::format("{} at {}", size_text(region.spa_length),
                                                          hex_text(region.spa_base));
  text += ", " + count_text(region.mappings.size(), "mapping");
  if (state.inferred) text += ", inferred: no NFIT was given";
  if (state.scan_fails) text += "; Linux shows no namespace of it";
  outline.row(0, fmt::format("region{}", number), text);
  const std::size_t shown =
      options.verbose ? region.mappings.size() : std::min(rows_shown_max, region.mappings.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const RegionMapping& mapping = region.mappings[i];
    outline.row(1, device_name(mapping.device),
                fmt::format("{} at {}, region offset {}, serial {}", size_text(mapping.size),
                            hex_text(mapping.dpa_start), hex_text(mapping.region_offset),
                            hex_text(mapping.serial)));
  }
  if (shown < region.mappings.size())
    outline.row(1, "...",
                fmt::format("and {} more; -v shows them", region.mappings.size() - shown));
  if (!options.verbose || !state.cookies_known) return;
  outline.row(1, "cookies",
              fmt::format("{:#018x} in version 1.1 labels, {:#018x} in version 1.2",
                          state.cookies.cookie1, state.cookies.cookie2));
  outline.row(1, "", fmt::format("{:#018x} accepted as well (altcookie)", state.cookies.altcookie));
}

}  // namespace

void print_labels(const DeviceImage& device, const TextOptions& options, Outline& outline) {
  const LabelArea& area = *device.area;
  outline.row(1, "labels", area_text(device, area));
  if (area.has_index() && !area.linux_accepts)
    outline.row(2, "",
                fmt::format("laid out by {}: current Linux finds no index here",
                            to_string(area.layout.kind)));
  for (const IndexBlock& block : area.index) {
    if (block.size == 0) continue;
    outline.row(2, fmt::format("index{}", block.number), index_text(area, block));
    if (options.verbose && block.signed_ok)
      print_fields(2, index_block_structure, bytes_of(block.header), outline);
  }
  print_slots(area, options, outline);
}

void print_regions(const ImageTree& tree, const TextOptions& options, Outline& outline) {
  bool first = true;
  for (std::size_t i = 0; i < tree.labels.regions.size(); ++i) {
    const RegionState& state = tree.labels.regions[i];
    if (state.inferred && !options.verbose) continue;
    if (first) outline.blank();
    first = false;
    print_region(i, state, options, outline);
  }
}

}  // namespace ndmedic::cli
