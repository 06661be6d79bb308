// SPDX-License-Identifier: BSD-3-Clause
// Info blocks of all personalities that stand in a namespace, those of former ones included
// (btt.md 5.6: FO-01, FO-02, FO-08), and removing them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include <ndmedic/image/image.h>

namespace ndmedic {

enum class TraceKind : std::uint8_t { btt, pfn, dax, pool };
std::string_view to_string(TraceKind kind);

/// An info block or pool header, known by its signature.
struct Trace {
  TraceKind kind{};
  std::uint32_t ns = 0;      ///< index into ImageTree::namespaces
  std::uint64_t offset = 0;  ///< bytes of the namespace
  bool backup = false;       ///< the second copy of a BTT's info block
  bool whole = false;        ///< its checksum is right
  bool live = false;         ///< of the personality that the namespace has
  bool in_data = false;      ///< within what a user of that personality sees
  friend bool operator==(const Trace&, const Trace&) = default;
};

struct TraceList {
  std::vector<Trace> traces{};   ///< by namespace, then offset
  std::uint64_t unreadable = 0;  ///< places that could not be read
};

/// Looks where a BTT of any version would have its info blocks by the namespace's size, where the
/// info blocks found there lead to (older sizes), and where PFN, DAX and pool headers stand. What
/// merely looks like an info block inside the data of the live personality is left out unless its
/// checksum is right (PL-3). Errors: those of Media but absent and bad_media.
Result<TraceList> find_traces(const ImageTree& tree);

/// What to remove.
struct WipeChoice {
  bool btt = false;  ///< and the header of a pool, which promises one
  bool pfn = false;
  bool dax = false;
  bool stale = false;    ///< whatever is not of the live personality
  bool in_data = false;  ///< also within the data of a live personality that stays
};

/// The traces that `choice` means. With the live personality of a namespace all others go as well:
/// one of them would come into force (PF-48).
std::vector<Trace> chosen_traces(const TraceList& list, const WipeChoice& choice);

/// Zeroes the blocks of `traces`, namespace by namespace, in this order, a fence after each:
/// backups, which must not revive a BTT whose primary is gone (IB-01); primaries of former
/// personalities; the signature of the live one, whose store cannot tear; the rest. So at every
/// power cut the live personality is as it was, or there is none. `stage` is told what follows.
/// Errors: those of Media.
Status wipe_traces(ImageTree& tree, std::span<const Trace> traces,
                   const std::function<void(std::string_view)>& stage = {});

}  // namespace ndmedic
