// SPDX-License-Identifier: BSD-3-Clause
// What an edit changes, in the words of the field tables, and what values a place takes.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/image/place_edit.h>

namespace ndmedic::cli {

/// One value that changes, ready to print.
struct ChangedValue {
  std::string place;
  std::string before;
  std::string after;  ///< empty: `before` says what more there is
};

/// A value for each field, map entry or range that differs. Of a map range the first 16.
std::vector<ChangedValue> changed_values(const std::vector<EditedPlace>& edited);

/// Lines "place  before -> after".
void print_values(const std::vector<ChangedValue>& values, std::ostream& out);

/// An array of {"place", "before", "after"}: objects with the field, or with all "bytes".
Json values_json(const std::vector<EditedPlace>& edited);

/// "a number from 0 to 65535": what parse_value() takes there.
std::string wanted_value_text(const Target& target, PlaceKind kind);

}  // namespace ndmedic::cli
