// SPDX-License-Identifier: BSD-3-Clause
// What sits in a namespace: from its label where there is one, otherwise by the signatures that
// Linux probes for (btt.md 2.1, 6.5; labels.md 4.10).
#pragma once

#include <memory>
#include <optional>

#include <ndmedic/btt/sector_media.h>
#include <ndmedic/image/image.h>

namespace ndmedic {

/// What is known of a namespace before its bytes are looked at.
struct NamespaceOrigin {
  std::optional<ClaimClass> claim{};  ///< of the label; none without labels
  std::optional<Guid> uuid{};         ///< of the label: what info blocks name as their parent
  bool pool = false;                  ///< the device is a libpmemblk pool
  std::optional<Guid> poolset_uuid{};
};

/// What may be read in all namespaces of a tree together: hostile labels can name one BTT thousands
/// of times. What is beyond it stays unread: lanes `cancelled`, content not looked at.
struct ReadBudget {
  std::uint64_t lanes = std::uint64_t{1} << 18;  ///< each takes some 120 bytes
  std::uint32_t contents = 256;
};

/// Fills personality, evidence, btt, pfn and content of `ns`, whose media is set. Errors: those of
/// Media::read that are neither absent nor bad_media.
Status read_personality(NamespaceImage& ns, const NamespaceOrigin& origin, bool probe_content,
                        ReadBudget& budget, FindingSink& findings);

/// Bytes of a sector that a user of the namespace sees: 512 without a BTT.
std::uint32_t sector_size_of(const NamespaceImage& ns);

/// The sectors of ns.btt, interrupted writes as recovery would leave them; `ns` must outlive them.
/// Null without a BTT, when an arena is not known, or when arenas differ in their sector size.
std::unique_ptr<SectorMedia> sectors_of(const NamespaceImage& ns);

/// What a user of the namespace sees, for reading: sectors, the data behind a PFN block, or plain
/// bytes. Null when that cannot be told. `ns` must outlive it.
std::unique_ptr<Media> visible_data(const NamespaceImage& ns);

}  // namespace ndmedic
