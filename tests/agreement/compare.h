// SPDX-License-Identifier: BSD-3-Clause
// What the comparisons share: both readers' types side by side. Internal to agree*.cpp.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "agreement/agree.h"

#include "spec_reader/spec_reader.h"

namespace agreement {

inline spec_reader::Bytes theirs(Bytes bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

using Rules = std::set<std::string>;

/// The rules of a list of violations, without those that only the library knows.
template <class List>
Rules rules_of(const List& violations, const Rules& left_out = {}) {
  Rules rules;
  for (const auto& violation : violations)
    if (std::string id(violation.rule); !left_out.contains(id)) rules.insert(std::move(id));
  return rules;
}

/// Adds the rules that one reader reports and the other does not, unless that is known.
void compare_rules(std::string_view structure, const Rules& library, const Rules& second,
                   Bytes bytes, Differences& out);

/// Each field of the second reader has a row of the same place and value in the library's table.
void compare_fields(const ndmedic::Structure& table, const spec_reader::Fields& fields, Bytes bytes,
                    Differences& out);

template <class A, class B>
void compare_value(std::string_view what, const A& library, const B& second, Differences& out) {
  if (library == static_cast<A>(second)) return;
  out.push_back(std::string(what) + ": library " + std::to_string(library) + ", second reader " +
                std::to_string(second));
}

}  // namespace agreement
