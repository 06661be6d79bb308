// SPDX-License-Identifier: BSD-3-Clause
// libpmemblk pools and poolsets (btt.md 7).
#include <algorithm>
#include <charconv>
#include <string>

#include <ndmedic/format/checked.h>
#include <ndmedic/image/siblings.h>
#include <ndmedic/media/file_media.h>
#include <ndmedic/media/view.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t poolset_size_max = std::uint64_t{1} << 20;
constexpr std::size_t parts_max = 4096;
constexpr std::uint64_t page_size = 4096;

Finding pool_finding(ProblemId id, std::uint32_t device, PlaceKind kind) {
  Finding finding;
  finding.id = id;
  finding.place.kind = kind;
  finding.place.device = device;
  return finding;
}

void report_header(const PoolReading& reading, std::uint32_t device, FindingSink& findings) {
  for (const Violation& violation : reading.violations) {
    ProblemId id{};
    if (violation.rule == "PH-1")
      id = ProblemId::pool_header_checksum;
    else if (violation.rule == "PH-2")
      id = ProblemId::pool_feature_unknown;
    else
      continue;
    Finding finding = pool_finding(id, device, PlaceKind::pool_header);
    finding.arguments = {{"read", violation.read, true}};
    finding.proof = {violation};
    findings.add(std::move(finding));
  }
}

/// Text of a poolset, line by line.
struct PoolsetText {
  std::vector<PoolPart> parts;
  bool headers_in_all_parts = true;
};

std::string_view trimmed(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

/// "16777216", "20M", "1GiB": PMDK's sizes; binary units, decimal ones ("MB") are binary too.
std::optional<std::uint64_t> part_size(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit.empty() || unit == "B") return number;
  const auto power = std::string_view("KMGT").find(unit.front());
  const std::string_view rest = unit.substr(1);
  if (power == std::string_view::npos || !(rest.empty() || rest == "iB" || rest == "B"))
    return std::nullopt;
  return (Checked(number) * (std::uint64_t{1024} << (10 * power))).get();
}

Error bad_line(std::uint64_t line, std::string_view what) {
  return {Errc::invalid, {line, 0}, what};
}

Status parse_line(std::string_view line, std::uint64_t number, PoolsetText& set) {
  if (line.starts_with("OPTION")) {
    if (line.ends_with("SINGLEHDR") || line.ends_with("NOHDRS")) set.headers_in_all_parts = false;
    return {};
  }
  if (line.starts_with("REPLICA")) return bad_line(number, "poolset with replicas");
  const auto gap = line.find_first_of(" \t");
  const auto size = part_size(line.substr(0, gap));
  if (gap == std::string_view::npos || !size) return bad_line(number, "poolset line");
  if (set.parts.size() == parts_max) return Error{Errc::too_large, {number, 0}, "poolset parts"};
  set.parts.push_back({std::string(trimmed(line.substr(gap))), *size, true});
  return {};
}

Result<PoolsetText> parse_poolset(std::string_view text) {
  PoolsetText set;
  for (std::uint64_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view whole = trimmed(text.substr(0, end));
    const std::string_view line = trimmed(whole.substr(0, whole.find('#')));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (number == 1) {
      if (whole != "PMEMPOOLSET") return bad_line(number, "poolset signature");
      continue;
    }
    if (!line.empty()) NDMEDIC_CHECK(parse_line(line, number, set));
  }
  if (set.parts.empty()) return bad_line(1, "poolset without parts");
  return set;
}

void report_part(const Poolset& set, std::size_t part, std::uint32_t device,
                 FindingSink& findings) {
  Finding finding = pool_finding(ProblemId::pool_part_missing, device, PlaceKind::device);
  finding.arguments = {{"part", std::uint64_t{part}}, {"path", set.parts[part].path}};
  findings.add(std::move(finding));
}

void report_size(const Poolset& set, std::size_t part, std::uint64_t read, std::uint32_t device,
                 FindingSink& findings) {
  Finding finding = pool_finding(ProblemId::pool_part_size, device, PlaceKind::device);
  finding.arguments = {
      {"part", std::uint64_t{part}}, {"read", read}, {"expected", set.parts[part].size}};
  findings.add(std::move(finding));
}

/// Each part names the one before and behind it; the last one's next is the first.
bool rings_close(const std::vector<PoolHeader>& headers) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const PoolHeader& next = headers[(i + 1) % headers.size()];
    if (headers[i].next_part_uuid != next.uuid || next.prev_part_uuid != headers[i].uuid)
      return false;
  }
  return true;
}

void check_rings(const Poolset& set, std::uint32_t device, FindingSink& findings) {
  std::vector<PoolHeader> headers;
  for (const auto& part : set.part_media) {
    if (!part) return;  // a missing part was told; the ring cannot be judged
    const auto header = read_structure<PoolHeader>(*part, 0);
    if (!header) return;
    headers.push_back(*header);
  }
  if (!rings_close(headers))
    findings.add(pool_finding(ProblemId::pool_rings, device, PlaceKind::pool_header));
}

Status open_parts(Poolset& set, const PoolsetText& text, std::uint32_t device,
                  FindingSink& findings, const std::optional<WriteOptions>& write) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < set.parts.size(); ++i) {
    const std::uint64_t head = i > 0 && text.headers_in_all_parts ? page_size : 0;
    const std::string& path = set.parts[i].path;
    auto file = write ? FileMedia::open_write(path, *write) : FileMedia::open_read(path);
    if (!file && write && file.error().code != Errc::not_found) return file.error();
    std::uint64_t size = round_down(set.parts[i].size, page_size);
    if (!file) {
      set.parts[i].present = false;
      report_part(set, i, device, findings);
      pieces.push_back(Piece::missing(size - std::min(size, head)));
      set.part_media.push_back(nullptr);
      continue;
    }
    const std::uint64_t present = round_down((*file)->size(), page_size);
    if (present != size) report_size(set, i, (*file)->size(), device, findings);
    const std::uint64_t end = std::min(size, present);
    pieces.push_back(Piece::of(**file, std::min(end, head), end - std::min(end, head)));
    if (present < size) pieces.push_back(Piece::missing(size - std::max(present, head)));
    set.part_media.push_back(std::move(*file));
  }
  NDMEDIC_TRY(set.pool, View::concatenation(pieces));
  if (text.headers_in_all_parts) check_rings(set, device, findings);
  return {};
}

}  // namespace

Result<PoolReading> read_pool(const Media& pool, std::uint32_t device, FindingSink& findings) {
  PoolReading reading;
  NDMEDIC_TRY(reading.header, read_structure<PoolHeader>(pool, 0));
  reading.violations = validate(reading.header);
  report_header(reading, device, findings);
  NDMEDIC_TRY(reading.descriptor, read_structure<BlkDescriptor>(pool, blk_descriptor_offset));
  return reading;
}

Result<Poolset> open_poolset(const Media& text, std::uint32_t device, FindingSink& findings,
                             const std::optional<WriteOptions>& write) {
  if (text.size() > poolset_size_max)
    return Error{Errc::too_large, {0, text.size()}, "poolset file"};
  std::string bytes(text.size(), '\0');
  NDMEDIC_CHECK(text.read(0, std::as_writable_bytes(std::span(bytes))));
  NDMEDIC_TRY(const PoolsetText parsed, parse_poolset(bytes));
  Poolset set;
  set.parts = parsed.parts;
  NDMEDIC_CHECK(open_parts(set, parsed, device, findings, write));
  return set;
}

}  // namespace ndmedic
