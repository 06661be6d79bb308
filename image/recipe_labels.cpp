// SPDX-License-Identifier: BSD-3-Clause
// Namespaces of DIMM sets and CXL devices: their labels, and what lies in them.
#include <ndmedic/image/recipe_labels.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/set_cookie.h>
#include <ndmedic/image/build_labels.h>
#include <ndmedic/image/pfn_format.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t size_max = std::uint64_t{1} << 44;  // 16 TiB: at most 32 arenas

enum class Mode : std::uint8_t { sector, fsdax, devdax, raw };

struct NamespaceWords {
  Mode mode = Mode::sector;
  std::uint64_t size = 0;
  std::uint32_t sector = 4096;
  std::uint32_t nfree = 256;
  std::uint64_t align = std::uint64_t{2} << 20;
  std::string_view name{};
  Guid uuid{};
  Guid info_uuid{};
  std::optional<std::uint64_t> dpa{};
  bool empty = false;
};

Result<NamespaceWords> namespace_words(RecipeState& state, WordReader& words) {
  NamespaceWords ns;
  const auto uuids = state.next_uuids();
  ns.uuid = uuids.identity;
  ns.info_uuid = uuids.content;
  while (!words.done()) {
    if (words.accept("sector")) {
      NDMEDIC_TRY(ns.sector, words.number32(1, UINT32_MAX, "bytes of a sector"));
    } else if (words.accept("fsdax")) {
      ns.mode = Mode::fsdax;
    } else if (words.accept("devdax")) {
      ns.mode = Mode::devdax;
    } else if (words.accept("raw")) {
      ns.mode = Mode::raw;
    } else if (words.accept("size")) {
      NDMEDIC_TRY(ns.size, words.number(1, size_max, "a size"));
    } else if (words.accept("name")) {
      NDMEDIC_TRY(ns.name, words.word("a name"));
    } else if (words.accept("uuid")) {
      NDMEDIC_TRY(ns.uuid, words.uuid());
    } else if (words.accept("info-uuid")) {
      NDMEDIC_TRY(ns.info_uuid, words.uuid());
    } else if (words.accept("dpa")) {
      NDMEDIC_TRY(ns.dpa, words.number(0, size_max, "a DPA"));
    } else if (words.accept("nfree")) {
      NDMEDIC_TRY(ns.nfree, words.number32(1, build_nfree_max, "number of lanes"));
    } else if (words.accept("align")) {
      NDMEDIC_TRY(ns.align, words.number(1, UINT32_MAX, "an alignment"));
    } else if (words.accept("empty")) {
      ns.empty = true;
    } else {
      return words.unexpected();
    }
  }
  if (ns.size == 0) return Error{Errc::invalid, {}, "the option size"};
  if (ns.name.size() > 63) return Error{Errc::invalid, {}, "a name of at most 63 bytes"};
  return ns;
}

Guid abstraction_of(Mode mode) {
  switch (mode) {
    case Mode::sector:
      return guids::btt2;
    case Mode::fsdax:
      return guids::pfn;
    case Mode::devdax:
      return guids::dax;
    case Mode::raw:
      break;
  }
  return {};
}

/// What ndctl stores: nothing for sectors with metadata bytes (labels.md 2.10).
std::uint64_t lbasize_of(const NamespaceWords& ns) {
  if (ns.mode != Mode::sector) return 512;
  return ns.sector == 512 || ns.sector == 4096 ? ns.sector : 0;
}

std::uint64_t cookie_of(const RecipeSet& set) {
  if (set.cxl) {
    const CxlMappingIdentity mapping{0, set.serial};
    return cxl_set_cookie({&mapping, 1});
  }
  const QemuRegion region = set.region();
  const Platform platform = qemu_platform({&region, 1});
  const SetCookies cookies = cookies_of(platform, platform.regions.front());
  return set.minor == 1 ? cookies.cookie1 : cookies.cookie2;
}

void set_name(std::array<std::uint8_t, 64>& field, std::string_view name) {
  std::copy(name.begin(), name.end(), field.begin());
}

void fill_head(LabelHead& label, const RecipeSet& set, const NamespaceWords& ns, std::uint64_t dpa,
               std::uint32_t position) {
  label.uuid = ns.uuid;
  set_name(label.name, ns.name);
  label.nlabel = static_cast<std::uint16_t>(set.ways);
  label.position = static_cast<std::uint16_t>(position);
  label.isetcookie = cookie_of(set);
  label.lbasize = lbasize_of(ns);
  label.dpa = dpa;
  label.rawsize = ns.size / set.ways;
}

CxlNamespaceLabel cxl_label(const RecipeSet& set, const NamespaceWords& ns, std::uint64_t dpa) {
  CxlNamespaceLabel label{};
  label.type = guids::cxl_namespace;
  label.uuid = ns.uuid;
  set_name(label.name, ns.name);
  label.nrange = 1;
  label.dpa = dpa;
  label.rawsize = ns.size;
  label.region_uuid = set.region_uuid;
  label.abstraction_uuid = swapped(abstraction_of(ns.mode));
  label.lbasize = static_cast<std::uint16_t>(lbasize_of(ns));
  return label;
}

Status add_one_label(RecipeState& state, const RecipeSet& set, const NamespaceWords& ns,
                     std::uint64_t dpa, std::uint32_t position) {
  const DevicePlaces& places = state.device_places(set.first_device + position);
  Media& area = *state.writable(places.labels);
  if (set.major == 2) return build_label(area, places.geometry, cxl_label(set, ns, dpa));
  if (set.minor == 1) {
    Label128 label{};
    fill_head(label, set, ns, dpa, position);
    return build_label(area, places.geometry, label);
  }
  Label256 label{};
  fill_head(label, set, ns, dpa, position);
  label.type_guid = set.cxl ? Guid{} : guids::pm;
  label.abstraction_guid = abstraction_of(ns.mode);
  return build_label(area, places.geometry, label);
}

Status fill_namespace(Media& media, const RecipeSet& set, const NamespaceWords& ns,
                      NamespacePlaces& places) {
  if (ns.mode == Mode::raw || ns.empty) return {};
  if (ns.mode == Mode::sector) {
    FormatPlan plan;
    plan.uuid = ns.info_uuid;
    plan.parent_uuid = ns.uuid;
    plan.version = set.minor == 1 ? btt_version_1_1 : btt_version_2_0;
    plan.external_lbasize = ns.sector;
    plan.nfree = ns.nfree;
    return add_btt(media, plan, places);
  }
  PfnPlan plan;
  plan.kind = ns.mode == Mode::fsdax ? PfnKind::fsdax : PfnKind::devdax;
  plan.uuid = ns.info_uuid;
  plan.parent_uuid = ns.uuid;
  plan.request.align = ns.align;
  places.info = &pfn_info_structure;
  places.info_offset = pfn_info_offset;
  return format_pfn(media, plan);
}

Status namespace_line(RecipeState& state, WordReader& words) {
  NDMEDIC_TRY(const NamespaceWords ns, namespace_words(state, words));
  RecipeSet* const set = state.current_set();
  if (set == nullptr || set->blank)
    return Error{Errc::invalid, {}, "a dimm or lsa line with index blocks before it"};
  if (ns.size % set->ways != 0) return Error{Errc::invalid, {}, "a size that the DIMMs can share"};
  const std::uint64_t dpa = ns.dpa.value_or(set->next_dpa);
  const std::uint64_t share = ns.size / set->ways;
  for (std::uint32_t i = 0; i < set->ways; ++i)
    NDMEDIC_CHECK(add_one_label(state, *set, ns, dpa, i));
  set->next_dpa = std::max(set->next_dpa, dpa + share);
  if (set->cxl) return {};

  if (dpa + share > set->capacity) return Error{Errc::invalid, {}, "room on the DIMM"};
  std::vector<RecipePiece> pieces;
  for (std::uint32_t i = 0; i < set->ways; ++i)
    pieces.push_back({set->first_device + i, {dpa, share}});
  NDMEDIC_TRY(View* const view, state.add_view(std::move(pieces), set->interleave));
  NamespacePlaces places;
  places.uuid = ns.uuid;
  places.media = view;
  NDMEDIC_CHECK(fill_namespace(*view, *set, ns, places));
  state.add_namespace(std::move(places), BttContainer::ns);
  return {};
}

Status region_line(RecipeState& state, WordReader& words) {
  CxlRegionLabel label{};
  label.type = guids::cxl_region;
  label.uuid = state.next_uuids().identity;
  label.nlabel = 1;
  while (!words.done()) {
    if (words.accept("size")) {
      NDMEDIC_TRY(label.rawsize, words.number(1, size_max, "a size"));
    } else if (words.accept("uuid")) {
      NDMEDIC_TRY(label.uuid, words.uuid());
    } else if (words.accept("dpa")) {
      NDMEDIC_TRY(label.dpa, words.number(0, size_max, "a DPA"));
    } else if (words.accept("hpa")) {
      NDMEDIC_TRY(label.hpa, words.number(0, UINT64_MAX, "an address"));
    } else if (words.accept("nlabel")) {
      NDMEDIC_TRY(const auto ways, words.number32(0, UINT16_MAX, "number of devices"));
      label.nlabel = static_cast<std::uint16_t>(ways);
    } else if (words.accept("position")) {
      NDMEDIC_TRY(const auto position, words.number32(0, UINT16_MAX, "a position"));
      label.position = static_cast<std::uint16_t>(position);
    } else if (words.accept("granularity")) {
      NDMEDIC_TRY(label.granularity, words.number32(0, UINT32_MAX, "a granularity"));
    } else {
      return words.unexpected();
    }
  }
  RecipeSet* const set = state.current_set();
  if (set == nullptr || set->major != 2 || set->blank)
    return Error{Errc::invalid, {}, "an lsa line of version 2.1 before it"};
  set->region_uuid = label.uuid;
  const DevicePlaces& places = state.device_places(set->first_device);
  return build_label(*state.writable(places.labels), places.geometry, label);
}

}  // namespace

Status add_btt(Media& media, const FormatPlan& plan, NamespacePlaces& places) {
  places.info = &info_block_structure;
  places.info_offset = initial_offset(plan.container, plan.version).value;
  NDMEDIC_TRY(places.arenas, build_btt(media, plan));
  return {};
}

std::optional<Status> run_label_statement(RecipeState& state, WordReader& words) {
  if (words.accept("namespace")) return namespace_line(state, words);
  if (words.accept("region")) return region_line(state, words);
  return std::nullopt;
}

}  // namespace ndmedic
