// SPDX-License-Identifier: BSD-3-Clause
#include "label_steps.h"

#include <algorithm>
#include <cstring>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/cxl_label.h>
#include <ndmedic/format/label.h>

#include "picture.h"

namespace ndmedic::laboratory {
namespace {

using Verb = LabelStep::Verb;
constexpr std::uint64_t mib = std::uint64_t{1} << 20;

LabelFormat format_of(LabelVersion version) {
  if (version == label_version_1_1) return LabelFormat::v1_1;
  return version == label_version_cxl_2_1 ? LabelFormat::cxl_namespace : LabelFormat::v1_2;
}

Guid numbered_uuid(std::uint8_t number) {
  Guid uuid;
  uuid.bytes.fill(0x40);
  uuid.bytes.front() = uuid.bytes.back() = number;
  return uuid;
}

LabelStep putting_record(const LabelRecord& record) {
  LabelStep step;
  if (const auto label = encode_label(record)) step.label = *label;
  return step;
}

std::uint32_t lowest_free(const SeenLabels& seen) {
  std::uint32_t slot = 0;
  for (const auto& entry : seen.in_use) slot += entry.slot == slot ? 1u : 0u;
  return slot;
}

Guid uuid_of(const LabelBytes& label) {
  const std::size_t at = label.format == LabelFormat::cxl_namespace ? sizeof(Guid) : 0;
  return decode<Guid>(std::span<const std::byte>(label.raw).subspan(at));
}

}  // namespace

SeenLabels see(const LabelArea& area) {
  SeenLabels seen;
  seen.index = area.has_index();
  for (const LabelRecord& record : area.slots) {
    if (!record.marked_in_use) continue;
    seen.sound = seen.sound && record.active();
    seen.in_use.push_back({record.slot, record.uuid, record.updating()});
  }
  return seen;
}

SeenLabels see(std::span<const std::byte> image) { return see(read_label_area(Picture(image))); }

std::string to_string(const LabelStep& step) {
  if (step.verb == Verb::initialise)
    return "initialise as " + std::to_string(step.version.major) + "." +
           std::to_string(step.version.minor);
  std::string text = step.verb == Verb::put ? "put" : "";
  if (!step.freed.empty()) text += text.empty() ? "free" : ", free";
  for (const std::uint32_t slot : step.freed) text += " " + std::to_string(slot);
  return text;
}

LabelStep initialising(LabelVersion version) {
  LabelStep step;
  step.verb = Verb::initialise;
  step.version = version;
  return step;
}

LabelStep putting(LabelVersion version, std::uint8_t uuid, std::vector<std::uint32_t> freed,
                  bool updating) {
  LabelRecord record;
  record.format = format_of(version);
  record.uuid = numbered_uuid(uuid);
  record.nlabel = 1;
  record.rawsize = mib;
  LabelStep step = putting_record(record);
  step.freed = std::move(freed);
  step.updating = updating;
  return step;
}

LabelStep putting_full(LabelVersion version, std::uint8_t uuid) {
  LabelRecord record;
  record.format = format_of(version);
  record.uuid = numbered_uuid(uuid);
  std::ranges::copy(std::string_view("full"), record.name_field.begin());
  record.nlabel = 1;
  record.isetcookie = 0x00ba90120012b4dc;
  record.lbasize = 512;
  record.dpa = 16 * mib;
  record.rawsize = mib;
  record.type_guid = guids::pm;
  record.abstraction = guids::btt2;
  return putting_record(record);
}

LabelStep freeing(std::vector<std::uint32_t> slots) {
  LabelStep step;
  step.verb = Verb::free;
  step.freed = std::move(slots);
  return step;
}

Status carry_out(Media& media, const LabelStep& step) {
  if (step.verb == Verb::initialise) {
    NDMEDIC_CHECK(initialise_label_area(media, step.version));
    return {};
  }
  NDMEDIC_TRY(AreaWriter writer, AreaWriter::open(media, read_label_area(media)));
  if (step.verb == Verb::free) return writer.free(step.freed);
  NDMEDIC_CHECK(writer.put(step.label, step.updating, step.freed));
  return {};
}

SeenLabels seen_after(const SeenLabels& before, const LabelStep& step) {
  SeenLabels after = before;
  if (step.verb == Verb::initialise) return {.index = true};
  if (step.verb == Verb::put)
    after.in_use.push_back({lowest_free(before), uuid_of(step.label), step.updating});
  std::erase_if(after.in_use, [&step](const SeenLabels::Entry& entry) {
    return std::ranges::find(step.freed, entry.slot) != step.freed.end();
  });
  std::ranges::sort(after.in_use, {}, &SeenLabels::Entry::slot);
  return after;
}

std::vector<Extent> may_change(std::span<const std::byte> image, const LabelArea& area,
                               const LabelStep& step) {
  if (step.verb == Verb::initialise) {
    const auto geometry =
        label_geometry(image.size(), step.version == label_version_1_1 ? 128 : 256);
    std::vector<Extent> ranges = {{0, geometry ? geometry->label_off() : 0}};
    for (std::uint64_t at = 0; at + 16 <= image.size(); at += 256)
      if (std::memcmp(image.data() + at, index_signature.data(), index_signature.size()) == 0)
        ranges.push_back({at, 8});
    return ranges;
  }
  std::vector<Extent> ranges = {{area.layout.index_off[area.next_index()], area.layout.index_size}};
  if (step.verb == Verb::put)
    ranges.push_back({area.layout.slot_off(lowest_free(see(area))), area.layout.slot_size});
  return ranges;
}

std::vector<LabelStep> next_steps(const LabelStep& last, const LabelArea& found) {
  const LabelVersion version{found.major, found.minor};
  if (last.verb == Verb::initialise || !found.has_index())
    return {last.verb == Verb::initialise ? last : initialising(version)};
  std::vector<LabelStep> steps = {initialising(version)};
  const SeenLabels seen = see(found);
  const bool full = found.free_slots() == 0;
  if (!full) steps.push_back(putting(version, 0x77));
  if (seen.in_use.empty()) return steps;
  const std::uint32_t lowest = seen.in_use.front().slot;
  if (!full) steps.push_back(putting(version, 0x78, {lowest}));
  steps.push_back(freeing({lowest}));
  return steps;
}

}  // namespace ndmedic::laboratory
