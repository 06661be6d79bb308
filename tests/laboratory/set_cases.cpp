// SPDX-License-Identifier: BSD-3-Clause
#include "set_cases.h"

#include <algorithm>
#include <array>
#include <utility>

#include <ndmedic/labels/dpa_space.h>
#include <ndmedic/labels/set_labels.h>
#include <ndmedic/media/memory_media.h>

#include "../labels/two_way.h"

namespace ndmedic::laboratory {
namespace {

using tests::AreaBuilder;

const Guid target = tests::uuid_number(1);
const Guid neighbour = tests::uuid_number(2);

RegionState region_of(std::size_t ways, bool cxl) {
  RegionDescription region = ways == 1   ? tests::one_way(0x123456)
                             : ways == 2 ? tests::two_way()
                                         : tests::three_way();
  if (cxl) {
    region.cxl = true;
    region.mappings[0].size = 512 * tests::mib;
  }
  return {.description = region, .cookies = region_cookies(region)};
}

Areas blank_areas(std::size_t ways, LabelVersion version, std::uint64_t size) {
  AreaBuilder area(size, version == label_version_1_1 ? 128 : 256);
  area.major = version.major;
  area.minor = version.minor;
  if (version.major == 2) area.put(0, make_label(tests::CxlRegionValues{}));
  if (version.major == 2)
    area.block(0, 3, {0}).block(1, 2, {});
  else
    area.block(0, 3, {}).block(1, 2, {});
  return Areas(ways, area.bytes());
}

Status done(const Result<NamespaceAnswer>& answer) {
  if (!answer) return answer.error();
  if (!answer->done()) return Error{Errc::invalid, {}, to_string(answer->refusal)};
  return {};
}

using Run = std::function<Status(std::span<const LabelTarget>)>;

/// What `run` leaves without a power loss.
Areas after(const Areas& areas, const Run& run) {
  std::vector<std::unique_ptr<MemoryMedia>> media;
  std::vector<LabelTarget> targets;
  for (const Bytes& area : areas) {
    media.push_back(std::make_unique<MemoryMedia>(area));
    targets.push_back({static_cast<std::uint32_t>(targets.size()), media.back().get()});
  }
  if (!run(targets)) return {};
  Areas left;
  for (const auto& medium : media)
    left.emplace_back(medium->bytes().begin(), medium->bytes().end());
  return left;
}

Run adding(const RegionState& region, const Guid& uuid, std::string name, std::uint64_t units) {
  const NewNamespace wanted{
      .uuid = uuid, .name = std::move(name), .size = units * default_alignment(region.description)};
  return [region, wanted](std::span<const LabelTarget> dimms) {
    return done(add_namespace(dimms, region, wanted));
  };
}

Run changing(const RegionState& region, const NamespaceChange& change) {
  return [region, change](std::span<const LabelTarget> dimms) {
    return done(change_namespace(dimms, region, target, change));
  };
}

Run removing(const RegionState& region) {
  return [region](std::span<const LabelTarget> dimms) {
    return done(remove_namespace(dimms, region, target));
  };
}

void add_cases(std::vector<SetCase>& cases, std::size_t ways, LabelVersion version) {
  const RegionState region = region_of(ways, version.major == 2);
  const std::string where = ", " + std::to_string(version.major) + "." +
                            std::to_string(version.minor) + ", DIMMs: " + std::to_string(ways);
  const Areas blank = blank_areas(ways, version, 2048);
  const Areas one = after(blank, adding(region, neighbour, "other", 1));
  const Areas two = after(one, adding(region, target, "old", 2));
  const Areas tight = after(blank_areas(ways, version, version.major == 2 ? 1280 : 1024),
                            adding(region, target, "old", 2));
  const std::uint64_t unit = default_alignment(region.description);
  const auto add = [&](std::string name, const Areas& before, const Run& run) {
    cases.push_back({std::move(name) + where, region, before, target, run});
  };
  add("add the first", blank, adding(region, target, "new", 1));
  add("add", one, adding(region, target, "new", 1));
  add("rename", two, changing(region, {.name = "new"}));
  add("change all fields", two,
      changing(region, {.name = "new", .lbasize = 4096, .abstraction = guids::btt2}));
  add("rename with one slot free", tight, changing(region, {.name = "new"}));
  if (version.major != 2) add("grow", two, changing(region, {.size = 3 * unit}));
  add("shrink", two, changing(region, {.size = unit}));
  add("remove", two, removing(region));
  add("remove with one slot free", tight, removing(region));
  if (ways == 1) return;
  RegionState turned = region;
  std::ranges::reverse(turned.description.mappings);
  add("rename, positions against the mappings", two, changing(turned, {.name = "new"}));
  cases.back().region = turned;
}

/// The labels of `uuid` as changes of themselves.
std::vector<LabelChange> changes_of(const SetWriter& dimms, const RegionState& region) {
  const label_sets::LabelIndex index(dimms.devices(), {&region, 1});
  std::vector<LabelChange> changes;
  for (const auto& label : index.active(target)) changes.push_back(change_of(label, *label.label));
  return changes;
}

using Spoil = std::function<void(std::vector<LabelChange>&)>;

Run spoiled(const RegionState& region, const Spoil& spoil) {
  return [region, spoil](std::span<const LabelTarget> targets) {
    SetWriter dimms(targets);
    std::vector<LabelChange> changes = changes_of(dimms, region);
    for (LabelChange& change : changes) change.label.name_field = {'n', 'e', 'w'};
    spoil(changes);
    return dimms.carry_out(std::move(changes));
  };
}

}  // namespace

std::vector<SetCase> set_cases() {
  std::vector<SetCase> cases;
  for (const LabelVersion version : {label_version_1_2, label_version_1_1})
    for (const std::size_t ways : {1u, 2u, 3u}) add_cases(cases, ways, version);
  add_cases(cases, 1, label_version_cxl_2_1);
  return cases;
}

std::vector<SetCase> wrong_set_cases() {
  const RegionState region = region_of(2, false);
  const Areas blank = blank_areas(2, label_version_1_2, 2048);
  const Areas two = after(blank, adding(region, target, "old", 2));
  std::vector<SetCase> cases;
  const auto add = [&](std::string name, const Areas& before, const Run& run) {
    cases.push_back({std::move(name), region, before, target, run});
  };
  add("shrink that begins at position 1", two,
      spoiled(region, [](std::vector<LabelChange>& changes) {
        for (LabelChange& change : changes) change.label.rawsize /= 2;
        std::ranges::reverse(changes);
      }));
  add("rename in one phase", two, spoiled(region, [](std::vector<LabelChange>& changes) {
        for (LabelChange& change : changes) change.announced = false;
      }));
  add("remove in one phase", two, spoiled(region, [](std::vector<LabelChange>& changes) {
        for (LabelChange& change : changes) change.announced = change.stays = false;
      }));
  add("DIMMs one after the other", two, [region](std::span<const LabelTarget> targets) -> Status {
    for (const LabelTarget& one : targets) {
      SetWriter dimms(targets);
      std::vector<LabelChange> changes = changes_of(dimms, region);
      std::erase_if(changes, [&](const LabelChange& c) { return c.device != one.device; });
      for (LabelChange& change : changes) change.stays = false;
      NDMEDIC_CHECK(dimms.carry_out(std::move(changes)));
    }
    return {};
  });
  return cases;
}

}  // namespace ndmedic::laboratory
