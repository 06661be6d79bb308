// SPDX-License-Identifier: BSD-3-Clause
// What namespaces are made for, in the words of ndctl: what their labels say of it, and what is put
// into them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <ndmedic/btt/layout.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/format/pfn_layout.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

enum class NamespaceMode : std::uint8_t {
  raw,     ///< plain bytes
  sector,  ///< a BTT
  fsdax,   ///< memory for a file system: a PFN info block
  devdax,  ///< memory for programs: a DAX info block
};
std::string_view to_string(NamespaceMode mode);
std::optional<NamespaceMode> namespace_mode(std::string_view word);

/// Where a namespace is described: that decides where Linux looks for what is inside (PL-4 to
/// PL-6).
enum class NamespaceHome : std::uint8_t {
  no_label,    ///< it is the whole region
  labels_1_1,  ///< labels without abstraction
  labels_1_2,  ///< and CXL 2.1
};

/// The abstraction GUID of labels, in EFI order; 1.1 labels do not hold it.
Guid abstraction_of(NamespaceMode mode, NamespaceHome home);
/// The lbasize of labels (labels.md 2.10): 0 where sectors have metadata bytes.
std::uint64_t label_lbasize(NamespaceMode mode, std::uint32_t sector_size);
/// Of the BTT that Linux looks for there.
BttVersion btt_version_in(NamespaceHome home);

/// What goes into a namespace.
struct NamespacePlan {
  NamespaceMode mode = NamespaceMode::raw;
  NamespaceHome home = NamespaceHome::labels_1_2;
  Guid uuid{};                       ///< of the info block, a new one for each
  Guid parent_uuid{};                ///< that of the label; null without labels
  std::uint32_t sector_size = 4096;  ///< sector: metadata bytes included
  PfnRequest memory{
      .writer = PfnWriter::kernel};  ///< fsdax and devdax; namespace_size is that of the media
  bool keep_start = false;           ///< fsdax and devdax: as PfnPlan has it
};

/// Makes `ns`, which may hold anything, a namespace of that mode, so that an interrupted call
/// leaves none that is taken for whole. Raw: info blocks that are there are destroyed, all else
/// stays. Errors: those of format_btt(), format_pfn() and of Media.
Status format_namespace(Media& ns, const NamespacePlan& plan, const LayoutStage& stage = {});

}  // namespace ndmedic
