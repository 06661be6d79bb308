// SPDX-License-Identifier: BSD-3-Clause
// What to do with what a scan proposes: commands that can be copied into a shell.
#pragma once

#include <string>

#include <ndmedic/format/btt_info.h>
#include <ndmedic/fsck/scan_proposals.h>

namespace ndmedic::cli {

/// True when the file opens as this image without any options.
bool opens_as_it_is(const ImageProposal& image, const Media& media);

/// One command for `path`, in which the image lies.
std::string next_command(const std::string& path, const ImageProposal& image, const Media& media);

/// The command that stores both copies of the info block of an arena, `info`, which is made here
/// with `uuid` where the proposal has none. For an arena whose start was cut off: the command that
/// makes room for it first.
struct ArenaAdvice {
  InfoBlock info{};
  std::string command{};
};
ArenaAdvice advice_for(const std::string& path, const ArenaProposal& proposal, const Guid& uuid,
                       const Media& media);

}  // namespace ndmedic::cli
