// SPDX-License-Identifier: BSD-3-Clause
// A PLACE of the command line that is none, or that the images do not have, told.
#pragma once

#include <iosfwd>
#include <string>

#include <ndmedic/format/result.h>
#include <ndmedic/image/image.h>

namespace ndmedic::cli {

/// The Error of parse_place() for `text`. Gives exit_usage.
int tell_place_error(const std::string& text, const Error& error, std::ostream& err);

/// The Error of locate() for `text`, with what there is. Gives exit_usage.
int tell_locate_error(const std::string& text, const Error& error, const ImageTree& tree,
                      std::ostream& err);

}  // namespace ndmedic::cli
