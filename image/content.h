// SPDX-License-Identifier: BSD-3-Clause
// What is inside a namespace, or behind a BTT: file system, partition table, boot image. Asked of
// libblkid over a copy of the first and last 2 MiB; nothing else is read.
#pragma once

#include <optional>
#include <string>

#include <ndmedic/format/result.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// What was recognised. Strings come from the media and are untrusted; empty when not present.
struct Content {
  std::string type;             ///< libblkid's TYPE: "ext4", "xfs", "ntfs"; "linux-boot" by HdrS
  std::string partition_table;  ///< "gpt", "dos"
  std::string label;
  std::string uuid;
  std::string version;
};

/// True when this build has libblkid; without it only a Linux boot image is recognised.
bool content_probe_available();

/// Looks at the first and last 2 MiB of `media` (all of it when smaller). None: nothing known.
/// Errors: those of Media::read. Sector media are probed like plain bytes.
Result<std::optional<Content>> probe_content(const Media& media);

}  // namespace ndmedic
