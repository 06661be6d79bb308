// SPDX-License-Identifier: BSD-3-Clause
// Making fsdax and devdax namespaces: their info block (btt.md 6).
#pragma once

#include <functional>
#include <string_view>

#include <ndmedic/format/pfn_layout.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// What to make; `request.namespace_size` is that of the media, whatever stands there.
struct PfnPlan {
  PfnKind kind = PfnKind::fsdax;
  Guid uuid{};
  Guid parent_uuid{};  ///< uuid of the namespace's label; null only without labels (6.3-4)
  PfnRequest request{.writer = PfnWriter::kernel};
  bool keep_start = false;  ///< the first 4 KiB stay: the MBR of an image of two faces (6.7)
};

/// What is about to be written, for a plan: "old info", "info".
using PfnStage = std::function<void(std::string_view)>;

/// Makes `media` a namespace of that kind: destroys what the first 8 KiB hold (unless keep_start),
/// so that no BTT is found before it, then writes the info block, with a fence behind each. The
/// page map behind it is left as it is: the kernel builds it anew whenever it attaches. When that
/// is interrupted the namespace is raw, or what it was. Errors: those of pfn_layout() and of Media.
Status format_pfn(Media& media, const PfnPlan& plan, const PfnStage& stage = {});

}  // namespace ndmedic
