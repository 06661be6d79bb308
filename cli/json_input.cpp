// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/json_input.h>

#include <fmt/format.h>

#include <algorithm>

namespace ndmedic::cli {

Json parse_json(std::string_view text) {
  const auto guard = [](int depth, Json::parse_event_t, const Json&) {
    if (depth > json_depth_max)
      throw JsonComplaint("", fmt::format("deeper than {} levels", json_depth_max));
    return true;
  };
  try {
    return Json::parse(text, guard);
  } catch (const Json::parse_error& error) {
    const auto before = text.substr(0, std::min(text.size(), error.byte));
    const auto lines = std::ranges::count(before, '\n');
    throw JsonComplaint(fmt::format("line {}", lines + 1),
                        error.byte > text.size() ? "the JSON ends too early" : "no JSON");
  } catch (const Json::out_of_range&) {
    throw JsonComplaint("", "a number is beyond all range");
  }
}

const Json& json_member(const Json& object, const std::string& pointer, const char* key) {
  if (!object.is_object()) throw JsonComplaint(pointer, "an object is wanted");
  const auto at = object.find(key);
  if (at == object.end()) throw JsonComplaint(pointer + "/" + key, "missing");
  return *at;
}

std::uint64_t json_number(const Json& object, const std::string& pointer, const char* key) {
  const Json& value = json_member(object, pointer, key);
  if (!value.is_number_unsigned())
    throw JsonComplaint(pointer + "/" + key, "an unsigned integer is wanted");
  return value.get<std::uint64_t>();
}

const Json& json_array(const Json& object, const std::string& pointer, const char* key) {
  const Json& value = json_member(object, pointer, key);
  if (!value.is_array()) throw JsonComplaint(pointer + "/" + key, "an array is wanted");
  return value;
}

}  // namespace ndmedic::cli
