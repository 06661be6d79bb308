// SPDX-License-Identifier: BSD-3-Clause
// What is inside a namespace, or behind a BTT: file system, partition table, boot image. Asked of
// libblkid over a copy of the first and last 2 MiB; nothing else is read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <ndmedic/media/media.h>

namespace ndmedic {

enum class ContentState : std::uint8_t {
  found,
  nothing,      ///< all was read, and nothing known is there
  ambiguous,    ///< signatures of several kinds: none is believed
  not_checked,  ///< parts could not be read, or this build cannot tell
};

/// What was recognised. Strings come from the media and are untrusted; empty when not present.
struct Content {
  ContentState state = ContentState::not_checked;
  std::string type{};             ///< libblkid's TYPE: "ext4", "xfs"; "linux-boot" by HdrS
  std::string partition_table{};  ///< "gpt", "dos"
  std::string label{};
  std::string uuid{};
  std::string version{};
};
std::string_view to_string(ContentState state);

/// True when this build has libblkid; without it only a Linux boot image is recognised.
bool content_probe_available();

/// Looks at the first and last 2 MiB of `media` (all of it when smaller), which is seen in sectors
/// of `sector_size` bytes. Sectors that cannot be read are left out; when nothing is found then,
/// the state is not_checked.
Content probe_content_of(const Media& media, std::uint32_t sector_size);

}  // namespace ndmedic
