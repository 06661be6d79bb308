// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/namespace_mode.h>

#include <algorithm>
#include <array>
#include <utility>

#include <ndmedic/image/pfn_format.h>

namespace ndmedic {
namespace {

constexpr std::array<std::pair<NamespaceMode, std::string_view>, 4> words = {{
    {NamespaceMode::raw, "raw"},
    {NamespaceMode::sector, "sector"},
    {NamespaceMode::fsdax, "fsdax"},
    {NamespaceMode::devdax, "devdax"},
}};

}  // namespace

std::string_view to_string(NamespaceMode mode) {
  return std::ranges::find(words, mode, &std::pair<NamespaceMode, std::string_view>::first)->second;
}

std::optional<NamespaceMode> namespace_mode(std::string_view word) {
  for (const auto& [mode, text] : words)
    if (text == word) return mode;
  return std::nullopt;
}

Guid abstraction_of(NamespaceMode mode, NamespaceHome home) {
  switch (mode) {
    case NamespaceMode::raw:
      return {};
    case NamespaceMode::sector:
      return home == NamespaceHome::labels_1_2 ? guids::btt2 : guids::btt;
    case NamespaceMode::fsdax:
      return guids::pfn;
    case NamespaceMode::devdax:
      return guids::dax;
  }
  return {};
}

std::uint64_t label_lbasize(NamespaceMode mode, std::uint32_t sector_size) {
  if (mode != NamespaceMode::sector) return 512;
  return sector_size == 512 || sector_size == 4096 ? sector_size : 0;
}

BttVersion btt_version_in(NamespaceHome home) {
  return home == NamespaceHome::labels_1_2 ? btt_version_2_0 : btt_version_1_1;
}

Status format_namespace(Media& ns, const NamespacePlan& plan, const LayoutStage& stage) {
  if (plan.mode == NamespaceMode::raw) return write_layout(ns, {}, BttContainer::ns, stage);
  if (plan.mode != NamespaceMode::sector) {
    const PfnKind kind = plan.mode == NamespaceMode::fsdax ? PfnKind::fsdax : PfnKind::devdax;
    return format_pfn(ns, {kind, plan.uuid, plan.parent_uuid, plan.memory, plan.keep_start}, stage);
  }
  FormatPlan format;
  format.uuid = plan.uuid;
  format.parent_uuid = plan.parent_uuid;
  format.version = btt_version_in(plan.home);
  format.external_lbasize = plan.sector_size;
  return format_btt(ns, format, stage);
}

}  // namespace ndmedic
