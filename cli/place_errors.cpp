// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/place_errors.h>

#include <fmt/format.h>

#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/namespace_filter.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

/// The candidates, for an error that says a place is not unique or not there.
void list_choices(const ImageTree& tree, std::ostream& err) {
  list_namespaces(tree, err);
  for (const DeviceImage& device : tree.devices)
    err << fmt::format("  d{}  {} {}\n", device.index, device_kind_text(device.kind),
                       escape_untrusted(device.path));
}

}  // namespace

int tell_place_error(const std::string& text, const Error& error, std::ostream& err) {
  err << fmt::format("ndmedic: \"{}\" is not a PLACE: expected {} at character {}\n",
                     escape_untrusted(text), error.what, error.where.offset + 1);
  return exit_usage;
}

int tell_locate_error(const std::string& text, const Error& error, const ImageTree& tree,
                      std::ostream& err) {
  const bool wrong_kind = error.code == Errc::wrong_kind;
  const bool outside = error.code == Errc::out_of_range;
  const std::string_view end = outside                          ? " lies outside"
                               : wrong_kind                     ? ""
                               : error.what.ends_with("unique") ? ", say which"
                                                                : " not found";
  err << fmt::format("ndmedic: {}: {}{}; the images hold:\n", escape_untrusted(text), error.what,
                     end);
  list_choices(tree, err);
  return exit_usage;
}

}  // namespace ndmedic::cli
