// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/platform_json.h>

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <set>
#include <utility>

#include <ndmedic/cli/json_input.h>
#include <ndmedic/cli/sizes.h>
#include <ndmedic/format/checked.h>

namespace ndmedic::cli {
namespace {

/// The members of one JSON object: each is asked for once, what is left at the end is not known.
class Members {
 public:
  Members(const Json& object, std::string pointer) : object_(object), pointer_(std::move(pointer)) {
    if (!object.is_object()) throw JsonComplaint(pointer_, "an object is wanted");
  }

  bool has(const char* key) const { return object_.contains(key); }
  std::string pointer(const char* key) const { return pointer_ + "/" + key; }

  template <class T>
  T number(const char* key) {
    return static_cast<T>(
        number_of(json_member(object_, pointer_, known(key)), pointer(key), most<T>()));
  }
  template <class T>
  T number(const char* key, T otherwise) {
    known(key);
    return has(key) ? number<T>(key) : otherwise;
  }

  template <class T>
  std::vector<T> numbers(const char* key, std::vector<T> otherwise) {
    known(key);
    if (!has(key)) return otherwise;
    std::vector<T> values;
    for (const Json& value : json_array(object_, pointer_, key))
      values.push_back(static_cast<T>(
          number_of(value, fmt::format("{}/{}", pointer(key), values.size()), most<T>())));
    return values;
  }

  bool flag(const char* key) {
    known(key);
    if (!has(key)) return false;
    if (!object_[key].is_boolean()) throw JsonComplaint(pointer(key), "true or false is wanted");
    return object_[key].get<bool>();
  }

  const std::string& text(const char* key) {
    const Json& value = json_member(object_, pointer_, known(key));
    if (!value.is_string()) throw JsonComplaint(pointer(key), "a string is wanted");
    return value.get_ref<const std::string&>();
  }

  const Json& array(const char* key) { return json_array(object_, pointer_, known(key)); }
  const Json& object(const char* key) { return json_member(object_, pointer_, known(key)); }

  /// After the last one was taken.
  void finish() const {
    for (const auto& [key, value] : object_.items())
      if (!known_.contains(key)) throw JsonComplaint(pointer_ + "/" + key, "unknown key");
  }

 private:
  template <class T>
  static constexpr std::uint64_t most() {
    return std::numeric_limits<T>::max();
  }

  const char* known(const char* key) {
    known_.emplace(key);
    return key;
  }

  static std::uint64_t number_of(const Json& value, const std::string& pointer,
                                 std::uint64_t limit) {
    std::optional<std::uint64_t> number;
    if (value.is_number_unsigned()) number = value.get<std::uint64_t>();
    if (value.is_string()) number = parse_size(value.get_ref<const std::string&>());
    if (!number)
      throw JsonComplaint(pointer,
                          "an unsigned integer is wanted, or a string like \"64M\" or \"0x1000\"");
    if (*number > limit) throw JsonComplaint(pointer, fmt::format("larger than {}", limit));
    return *number;
  }

  const Json& object_;
  std::string pointer_;
  std::set<std::string> known_;
};

/// The members of each element of an array, in order.
template <class Take>
void each(const Json& array, const std::string& pointer, const Take& take) {
  if (array.size() > platform_items_max)
    throw JsonComplaint(pointer, fmt::format("more than {}", platform_items_max));
  for (std::size_t i = 0; i < array.size(); ++i) {
    Members members(array[i], fmt::format("{}/{}", pointer, i));
    take(members, i);
    members.finish();
  }
}

template <std::size_t Size>
std::array<std::uint8_t, Size> padded_text(Members& members, const char* key, char pad) {
  const std::string& text = members.text(key);
  const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
  if (text.size() > Size || !std::ranges::all_of(text, printable))
    throw JsonComplaint(members.pointer(key), fmt::format("at most {} ASCII characters", Size));
  std::array<std::uint8_t, Size> bytes{};
  bytes.fill(static_cast<std::uint8_t>(pad));
  std::ranges::copy(text, bytes.begin());
  return bytes;
}

PlatformOem read_oem(Members& members) {
  PlatformOem oem;
  if (members.has("id")) oem.id = padded_text<6>(members, "id", ' ');
  if (members.has("table_id")) oem.table_id = padded_text<8>(members, "table_id", ' ');
  oem.revision = members.number<std::uint32_t>("revision", oem.revision);
  return oem;
}

PlatformDimm read_dimm(Members& members, std::size_t number) {
  PlatformDimm dimm;
  dimm.handle = members.number<std::uint32_t>("handle");
  dimm.size = members.number<std::uint64_t>("size");
  dimm.label_size = members.number<std::uint64_t>("label_size", 0);
  dimm.physical_id = members.number<std::uint16_t>("physical_id", 0);
  dimm.control_index =
      members.number<std::uint16_t>("control_index", static_cast<std::uint16_t>(number + 1));
  dimm.flush_hints = members.numbers<std::uint64_t>("flush_hints", {});
  NfitIdentity& identity = dimm.identity;
  identity.serial = members.number<std::uint32_t>("serial");
  identity.vendor = members.number<std::uint16_t>("vendor");
  identity.device = members.number<std::uint16_t>("device", 0);
  identity.revision = members.number<std::uint16_t>("revision", 0);
  identity.subsystem_vendor = members.number<std::uint16_t>("subsystem_vendor", 0);
  identity.subsystem_device = members.number<std::uint16_t>("subsystem_device", 0);
  identity.subsystem_revision = members.number<std::uint16_t>("subsystem_revision", 0);
  identity.interface_code = members.number<std::uint16_t>("interface_code", 0x0301);
  identity.date = members.number<std::uint16_t>("date", 0);
  identity.location = members.number<std::uint8_t>("location", 0);
  identity.date_valid = members.flag("date_valid");
  return dimm;
}

PlatformMapping read_mapping(Members& members, const Platform& platform) {
  PlatformMapping mapping;
  const auto handle = members.number<std::uint32_t>("dimm");
  const auto dimm = std::ranges::find(platform.dimms, handle, &PlatformDimm::handle);
  if (dimm == platform.dimms.end())
    throw JsonComplaint(members.pointer("dimm"), fmt::format("no DIMM has handle {}", handle));
  mapping.dimm = static_cast<std::size_t>(dimm - platform.dimms.begin());
  mapping.dpa = members.number<std::uint64_t>("dpa");
  mapping.size = members.number<std::uint64_t>("size");
  mapping.region_offset = members.number<std::uint64_t>("offset");
  if (members.has("interleave")) mapping.interleave = members.number<std::uint32_t>("interleave");
  mapping.region_id = members.number<std::uint16_t>("region_id", 0);
  mapping.state_flags = members.number<std::uint16_t>("state_flags", 0);
  return mapping;
}

PlatformRegion read_region(Members& members, std::size_t number, const Platform& platform) {
  PlatformRegion region;
  region.base = members.number<std::uint64_t>("base");
  Checked sum = 0;
  each(members.array("mappings"), members.pointer("mappings"), [&](Members& mapping, std::size_t) {
    region.mappings.push_back(read_mapping(mapping, platform));
    sum = sum + region.mappings.back().size;
  });
  region.size = members.number<std::uint64_t>("size", sum.get().value_or(0));
  region.range_index =
      members.number<std::uint16_t>("range_index", static_cast<std::uint16_t>(number + 1));
  region.flags = members.number<std::uint16_t>("flags", 0);
  region.proximity_domain = members.number<std::uint32_t>("proximity_domain", 0);
  region.memory_attributes =
      members.number<std::uint64_t>("memory_attributes", region.memory_attributes);
  if (members.has("location_cookie"))
    region.location_cookie = members.number<std::uint64_t>("location_cookie");
  if (members.has("type")) {
    const auto type = parse_guid(members.text("type"), GuidOrder::efi);
    if (!type) throw JsonComplaint(members.pointer("type"), "no GUID");
    region.type = *type;
  }
  return region;
}

Platform read_platform(const Json& json) {
  Platform platform;
  Members members(json, "");
  if (members.number<std::uint64_t>("schema_version") != platform_schema_version)
    throw JsonComplaint("/schema_version",
                        fmt::format("only {} is known", platform_schema_version));
  if (members.has("oem")) {
    Members oem(members.object("oem"), "/oem");
    platform.oem = read_oem(oem);
    oem.finish();
  }
  each(members.array("dimms"), "/dimms",
       [&platform](Members& dimm, std::size_t i) { platform.dimms.push_back(read_dimm(dimm, i)); });
  if (members.has("interleaves"))
    each(members.array("interleaves"), "/interleaves", [&platform](Members& lines, std::size_t) {
      platform.interleaves.push_back({lines.number<std::uint32_t>("line_size"),
                                      lines.numbers<std::uint32_t>("line_offsets", {0})});
    });
  each(members.array("regions"), "/regions", [&platform](Members& region, std::size_t i) {
    platform.regions.push_back(read_region(region, i, platform));
  });
  if (members.has("capabilities"))
    platform.capabilities = members.number<std::uint32_t>("capabilities");
  members.finish();
  if (const auto finding = find_fault(platform))
    throw std::runtime_error(platform_fault_text(*finding));
  return platform;
}

template <std::size_t Size>
std::string unpadded(const std::array<std::uint8_t, Size>& bytes) {
  std::string text(bytes.begin(), bytes.end());
  return text.substr(0, text.find_last_not_of(std::string(" \0", 2)) + 1);
}

Json dimm_json(const PlatformDimm& dimm) {
  const NfitIdentity& identity = dimm.identity;
  Json json = {{"handle", dimm.handle},
               {"size", dimm.size},
               {"label_size", dimm.label_size},
               {"physical_id", dimm.physical_id},
               {"control_index", dimm.control_index},
               {"serial", identity.serial},
               {"vendor", identity.vendor},
               {"device", identity.device},
               {"revision", identity.revision},
               {"subsystem_vendor", identity.subsystem_vendor},
               {"subsystem_device", identity.subsystem_device},
               {"subsystem_revision", identity.subsystem_revision},
               {"interface_code", identity.interface_code},
               {"date", identity.date},
               {"location", identity.location},
               {"date_valid", identity.date_valid}};
  if (!dimm.flush_hints.empty()) json["flush_hints"] = dimm.flush_hints;
  return json;
}

Json mapping_json(const Platform& platform, const PlatformMapping& mapping) {
  Json json = {{"dimm", platform.dimms[mapping.dimm].handle},
               {"dpa", mapping.dpa},
               {"size", mapping.size},
               {"offset", mapping.region_offset},
               {"region_id", mapping.region_id},
               {"state_flags", mapping.state_flags}};
  if (mapping.interleave) json["interleave"] = *mapping.interleave;
  return json;
}

Json region_json(const Platform& platform, const PlatformRegion& region) {
  Json json = {{"base", region.base},
               {"size", region.size},
               {"range_index", region.range_index},
               {"flags", region.flags},
               {"proximity_domain", region.proximity_domain},
               {"type", to_string(region.type, GuidOrder::efi)},
               {"memory_attributes", region.memory_attributes}};
  if (region.location_cookie) json["location_cookie"] = *region.location_cookie;
  json["mappings"] = Json::array();
  for (const PlatformMapping& mapping : region.mappings)
    json["mappings"].push_back(mapping_json(platform, mapping));
  return json;
}

}  // namespace

PlatformDocument read_platform_document(std::string_view text) {
  PlatformDocument document;
  try {
    document.platform = read_platform(parse_json(text));
  } catch (const std::exception& error) {
    document.complaint = error.what();
  }
  return document;
}

Json platform_json(const Platform& platform) {
  Json json = {{"schema_version", platform_schema_version}};
  json["oem"] = {{"id", unpadded(platform.oem.id)},
                 {"table_id", unpadded(platform.oem.table_id)},
                 {"revision", platform.oem.revision}};
  json["dimms"] = Json::array();
  for (const PlatformDimm& dimm : platform.dimms) json["dimms"].push_back(dimm_json(dimm));
  if (!platform.interleaves.empty()) json["interleaves"] = Json::array();
  for (const PlatformInterleave& lines : platform.interleaves)
    json["interleaves"].push_back(
        {{"line_size", lines.line_size}, {"line_offsets", lines.line_offsets}});
  json["regions"] = Json::array();
  for (const PlatformRegion& region : platform.regions)
    json["regions"].push_back(region_json(platform, region));
  if (platform.capabilities) json["capabilities"] = *platform.capabilities;
  return json;
}

}  // namespace ndmedic::cli
