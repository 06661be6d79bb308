// SPDX-License-Identifier: BSD-3-Clause
// Base lines of recipes that make devices: dimm, lsa, bare, arena, pool, nfit.
#include <utility>

#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/platform_nfit.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/image/build_labels.h>
#include <ndmedic/image/build_pool.h>
#include <ndmedic/image/pfn_format.h>
#include <ndmedic/image/recipe_labels.h>
#include <ndmedic/image/recipe_state.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t size_max = std::uint64_t{1} << 44;  // 16 TiB: at most 32 arenas
constexpr std::uint64_t label_size_max = std::uint64_t{1} << 28;

Result<std::uint64_t> size_word(WordReader& words) { return words.number(1, size_max, "a size"); }

/// "1.2" and the like, out of those that a statement knows.
Status version_word(WordReader& words, std::uint16_t& major, std::uint16_t& minor) {
  NDMEDIC_TRY(const std::string_view text, words.word("a version"));
  if (text != "1.1" && text != "1.2" && text != "2.0" && text != "2.1")
    return Error{Errc::invalid, {}, "a version"};
  major = static_cast<std::uint16_t>(text[0] - '0');
  minor = static_cast<std::uint16_t>(text[2] - '0');
  return {};
}

/// Options of `dimm` and `lsa`.
struct AreaWords {
  RecipeSet set{};
  LabelAreaPlan plan{};
  std::uint64_t label_size = std::uint64_t{128} << 10;

  /// Takes one option that both have.
  std::optional<Status> accept(WordReader& words) {
    if (words.accept("version")) return version_word(words, plan.major, plan.minor);
    if (words.accept("tail64")) return plan.tail64 = true, Status{};
    if (words.accept("blank")) return set.blank = true, Status{};
    return std::nullopt;
  }
};

/// The label area of a device: a view, initialised unless it is to stay blank.
Status add_label_area(RecipeState& state, std::uint32_t device, Extent range, AreaWords& area) {
  NDMEDIC_TRY(View* const labels, state.add_view({{device, range}}, 0));
  DevicePlaces& places = state.device_places(device);
  places.labels = labels;
  places.label_major = area.plan.major;
  area.set.major = area.plan.major;
  area.set.minor = area.plan.minor;
  if (!area.set.blank) {
    NDMEDIC_TRY(places.geometry, build_label_area(*labels, area.plan));
    return {};
  }
  const std::uint32_t slot_size = area.plan.major == 1 && area.plan.minor == 1 ? 128 : 256;
  const auto geometry = label_geometry(range.size, slot_size, area.plan.generation);
  if (!geometry) return Error{Errc::invalid, {}, "size of the label area"};
  places.geometry = *geometry;
  return {};
}

Status generation_word(WordReader& words, LabelGeneration& generation) {
  NDMEDIC_TRY(const auto number, words.number(1, 3, "1, 2 or 3"));
  generation = number == 1   ? LabelGeneration::g1
               : number == 2 ? LabelGeneration::g2
                             : LabelGeneration::g3;
  return {};
}

Status dimm(RecipeState& state, WordReader& words) {
  AreaWords area;
  NDMEDIC_TRY(area.set.capacity, size_word(words));
  while (!words.done()) {
    if (const auto taken = area.accept(words)) {
      NDMEDIC_CHECK(*taken);
    } else if (words.accept("label-size")) {
      NDMEDIC_TRY(area.label_size, words.number(1, label_size_max, "size of the label area"));
    } else if (words.accept("slot")) {
      NDMEDIC_TRY(area.set.slot, words.number32(0, 255, "a slot"));
    } else if (words.accept("ways")) {
      NDMEDIC_TRY(area.set.ways, words.number32(1, recipe_devices_max, "number of DIMMs"));
    } else if (words.accept("interleave")) {
      NDMEDIC_TRY(area.set.interleave, words.number32(64, 1U << 30, "bytes of a turn"));
    } else if (words.accept("generation")) {
      NDMEDIC_CHECK(generation_word(words, area.plan.generation));
    } else {
      return words.unexpected();
    }
  }
  for (std::uint32_t i = 0; i < area.set.ways; ++i) {
    NDMEDIC_TRY(const std::uint32_t device, state.add_device(area.set.capacity + area.label_size));
    if (i == 0) area.set.first_device = device;
    NDMEDIC_CHECK(add_label_area(state, device, {area.set.capacity, area.label_size}, area));
  }
  state.add_set(area.set);
  return {};
}

Status lsa(RecipeState& state, WordReader& words) {
  AreaWords area;
  area.set.cxl = true;
  area.plan.major = 2;
  area.plan.minor = 1;
  NDMEDIC_TRY(area.label_size, words.number(1, label_size_max, "size of the label area"));
  while (!words.done()) {
    if (const auto taken = area.accept(words)) {
      NDMEDIC_CHECK(*taken);
    } else if (words.accept("serial")) {
      NDMEDIC_TRY(area.set.serial, words.number(0, UINT64_MAX, "a serial number"));
    } else {
      return words.unexpected();
    }
  }
  NDMEDIC_TRY(area.set.first_device, state.add_device(area.label_size));
  NDMEDIC_CHECK(add_label_area(state, area.set.first_device, {0, area.label_size}, area));
  state.add_set(area.set);
  return {};
}

Status bare(RecipeState& state, WordReader& words) {
  NDMEDIC_TRY(const std::uint64_t size, size_word(words));
  std::optional<PfnKind> kind;
  PfnPlan plan;
  const auto uuids = state.next_uuids();
  plan.uuid = uuids.content;
  while (!words.done()) {
    if (words.accept("fsdax")) {
      kind = PfnKind::fsdax;
    } else if (words.accept("devdax")) {
      kind = PfnKind::devdax;
    } else if (words.accept("uuid")) {
      NDMEDIC_TRY(plan.uuid, words.uuid());
    } else if (words.accept("parent")) {
      NDMEDIC_TRY(plan.parent_uuid, words.uuid());
    } else if (words.accept("align")) {
      NDMEDIC_TRY(plan.request.align, words.number(1, UINT32_MAX, "an alignment"));
    } else {
      return words.unexpected();
    }
  }
  NDMEDIC_TRY(const std::uint32_t device, state.add_device(size));
  NamespacePlaces places;
  places.media = &state.device(device);
  if (kind) {
    plan.kind = *kind;
    places.info = &pfn_info_structure;
    places.info_offset = pfn_info_offset;
    NDMEDIC_CHECK(format_pfn(state.device(device), plan));
  }
  state.add_namespace(std::move(places), BttContainer::ns);
  return {};
}

Status arena(RecipeState& state, WordReader& words) {
  NDMEDIC_TRY(const std::uint64_t size, size_word(words));
  FormatPlan plan;
  plan.uuid = state.next_uuids().content;
  while (!words.done()) {
    if (words.accept("sector")) {
      NDMEDIC_TRY(plan.external_lbasize, words.number32(1, UINT32_MAX, "bytes of a sector"));
    } else if (words.accept("nfree")) {
      NDMEDIC_TRY(plan.nfree, words.number32(1, build_nfree_max, "number of lanes"));
    } else if (words.accept("version")) {
      NDMEDIC_CHECK(version_word(words, plan.version.major, plan.version.minor));
    } else if (words.accept("uuid")) {
      NDMEDIC_TRY(plan.uuid, words.uuid());
    } else if (words.accept("parent")) {
      NDMEDIC_TRY(plan.parent_uuid, words.uuid());
    } else {
      return words.unexpected();
    }
  }
  NDMEDIC_TRY(const std::uint32_t device, state.add_device(size));
  NamespacePlaces places;
  places.media = &state.device(device);
  NDMEDIC_CHECK(add_btt(state.device(device), plan, places));
  state.add_namespace(std::move(places), BttContainer::ns);
  return {};
}

Status pool(RecipeState& state, WordReader& words) {
  NDMEDIC_TRY(const std::uint64_t size, size_word(words));
  const auto uuids = state.next_uuids();
  PoolFormat plan;
  bool virgin = false;
  plan.uuid = uuids.identity;
  plan.poolset_uuid = uuids.identity;
  plan.poolset_uuid.bytes[8] = 0xA0;
  plan.btt_uuid = uuids.content;
  while (!words.done()) {
    if (words.accept("block")) {
      NDMEDIC_TRY(plan.bsize, words.number32(1, UINT32_MAX, "bytes of a block"));
    } else if (words.accept("nfree")) {
      NDMEDIC_TRY(plan.nfree, words.number32(1, build_nfree_max, "number of lanes"));
    } else if (words.accept("uuid")) {
      NDMEDIC_TRY(plan.uuid, words.uuid());
    } else if (words.accept("poolset")) {
      NDMEDIC_TRY(plan.poolset_uuid, words.uuid());
    } else if (words.accept("virgin")) {
      virgin = true;
    } else {
      return words.unexpected();
    }
  }
  NDMEDIC_TRY(const std::uint32_t device, state.add_device(size));
  state.device_places(device).pool = true;
  NamespacePlaces places;
  places.uuid = plan.poolset_uuid;
  places.media = &state.device(device);
  NDMEDIC_TRY(places.arenas, build_pool(state.device(device), plan, virgin));
  if (!virgin) places.info = &info_block_structure;
  places.info_offset = pool_btt_offset;
  state.add_namespace(std::move(places), BttContainer::pool);
  return {};
}

/// What to describe: the DIMMs that the recipe has made, or QEMU's.
std::vector<QemuRegion> nfit_regions(const RecipeState& state, std::uint32_t qemu,
                                     std::uint64_t capacity) {
  std::vector<QemuRegion> regions;
  for (std::uint32_t slot = 0; slot < qemu; ++slot)
    regions.push_back({.slot = slot, .size = capacity});
  if (qemu > 0) return regions;
  for (const RecipeSet& set : state.sets())
    if (!set.cxl) regions.push_back(set.region());
  return regions;
}

Status nfit(RecipeState& state, WordReader& words) {
  std::uint32_t qemu = 0;
  std::uint64_t capacity = 0;
  bool header = true;
  while (!words.done()) {
    if (words.accept("qemu")) {
      NDMEDIC_TRY(qemu, words.number32(1, recipe_devices_max, "number of DIMMs"));
      NDMEDIC_TRY(capacity, size_word(words));
    } else if (words.accept("no-header")) {
      header = false;
    } else {
      return words.unexpected();
    }
  }
  const std::vector<std::byte> table =
      write_nfit(qemu_platform(nfit_regions(state, qemu, capacity)),
                 header ? NfitForm::table : NfitForm::fit_buffer);
  NDMEDIC_TRY(const std::uint32_t device, state.add_device(table.size()));
  NDMEDIC_CHECK(state.device(device).write(0, table));
  state.device_places(device).nfit = &state.device(device);
  state.device_places(device).nfit_header = header;
  return {};
}

}  // namespace

std::optional<Status> run_base_statement(RecipeState& state, WordReader& words) {
  if (words.accept("dimm")) return dimm(state, words);
  if (words.accept("lsa")) return lsa(state, words);
  if (words.accept("bare")) return bare(state, words);
  if (words.accept("arena")) return arena(state, words);
  if (words.accept("pool")) return pool(state, words);
  if (words.accept("nfit")) return nfit(state, words);
  return run_label_statement(state, words);
}

}  // namespace ndmedic
