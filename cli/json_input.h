// SPDX-License-Identifier: BSD-3-Clause
// JSON that a user gives: bounded in depth, numbers in range, and every complaint with its place.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <ndmedic/cli/json_fields.h>

namespace ndmedic::cli {

inline constexpr int json_depth_max = 16;

/// What is wrong with a document: a JSON pointer or a line, and a sentence.
struct JsonComplaint : std::runtime_error {
  JsonComplaint(const std::string& pointer, const std::string& what)
      : std::runtime_error((pointer.empty() ? "/" : pointer) + ": " + what) {}
};

// All of these throw JsonComplaint. `pointer` is that of `object`.

Json parse_json(std::string_view text);
const Json& json_member(const Json& object, const std::string& pointer, const char* key);
std::uint64_t json_number(const Json& object, const std::string& pointer, const char* key);
const Json& json_array(const Json& object, const std::string& pointer, const char* key);

}  // namespace ndmedic::cli
