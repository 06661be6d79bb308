// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/device.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <ndmedic/format/checked.h>
#include <ndmedic/format/nfit.h>
#include <ndmedic/image/label_tail.h>
#include <ndmedic/media/view.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t poolset_size_max = std::uint64_t{1} << 20;
constexpr std::uint64_t page_size = 4096;  // QEMU's alignment of the guest-visible capacity (8.1)

Place device_place(std::uint32_t index) {
  Place place;
  place.device = index;
  return place;
}

Finding device_finding(ProblemId id, std::uint32_t index) {
  Finding finding;
  finding.id = id;
  finding.place = device_place(index);
  return finding;
}

bool starts_with(std::span<const std::byte> bytes, std::string_view signature) {
  return bytes.size() >= signature.size() &&
         std::memcmp(bytes.data(), signature.data(), signature.size()) == 0;
}

/// A poolset is a text file of at most 1 MiB (btt.md 7.4).
bool is_poolset(DeviceImage& device) {
  using namespace std::string_view_literals;
  constexpr auto signature = "PMEMPOOLSET"sv;
  std::array<std::byte, signature.size()> head{};
  const std::uint64_t size = device.whole->size();
  if (size < head.size() || size > poolset_size_max || !device.whole->read(0, head) ||
      !starts_with(head, signature))
    return false;
  device.evidence.push_back({Clue::poolset_text, {0, size}, 0});
  return true;
}

/// The signature alone is four letters: revision and a length of at least the header go with it.
/// A length beyond the image is a cut table, and told by its reader.
bool is_nfit(const Media& media) {
  const auto header = read_structure<NfitHeader>(media, 0);
  return header && header->revision.value() == 1 && header->length.value() >= sizeof(NfitHeader);
}

/// The kinds that the first bytes decide (btt.md 6.5, labels.md 5.7).
std::optional<DeviceKind> kind_by_head(DeviceImage& device, FindingSink& findings) {
  using namespace std::string_view_literals;
  std::array<std::byte, 8> head{};
  const std::uint64_t size = device.whole->size();
  const auto part = std::span(head).first(std::min<std::uint64_t>(size, head.size()));
  if (const Status read = device.whole->read(0, part); !read) {
    if (read.error().code != Errc::absent)
      device.evidence.push_back({Clue::not_readable, {0, part.size()}, 0});
    return std::nullopt;
  }
  if (starts_with(part, "PMEMBLK\0"sv)) {
    device.evidence.push_back({Clue::pool_head, {0, 8}, 0});
    return DeviceKind::pool;
  }
  if (is_poolset(device)) return DeviceKind::pool;
  if (starts_with(part, "PMEMLOG\0"sv) || starts_with(part, "PMEMOBJ\0"sv)) {
    device.evidence.push_back({Clue::other_pool_signature, {0, 8}, 0});
    Finding finding = device_finding(ProblemId::pool_other_kind, device.index);
    finding.arguments = {{"signature", std::string(reinterpret_cast<const char*>(part.data()), 7)}};
    findings.add(std::move(finding));
    return DeviceKind::bare;
  }
  if (starts_with(part, "NFIT"sv) && is_nfit(*device.whole)) {
    device.evidence.push_back({Clue::nfit_head, {0, size}, 0});
    return DeviceKind::nfit;
  }
  return std::nullopt;
}

/// A label area that ends with the image is stronger evidence than its first bytes, which any user
/// of the data can write; those become a finding.
std::optional<DeviceKind> kind_by_evidence(DeviceImage& device, const LabelTail& tail,
                                           FindingSink& findings) {
  EvidenceList before = std::move(device.evidence);
  device.evidence.clear();
  const bool labels = std::any_of(tail.evidence.begin(), tail.evidence.end(), [](const auto& clue) {
    return clue.clue == Clue::index_valid || clue.clue == Clue::area_cut;
  });
  Findings of_head;
  auto kind = kind_by_head(device, of_head);
  if (labels && tail.offset && kind) {
    Finding finding = device_finding(ProblemId::signature_in_data, device.index);
    const Clue clue = device.evidence.front().clue;
    finding.arguments = {{"signature", std::string(clue == Clue::nfit_head      ? "NFIT"
                                                   : clue == Clue::poolset_text ? "PMEMPOOLSET"
                                                                                : "PMEMBLK")}};
    findings.add(std::move(finding));
    kind.reset();
  } else {
    for (const Finding& finding : of_head.list()) findings.add(finding);
  }
  device.evidence.insert(device.evidence.begin(), before.begin(), before.end());
  return kind;
}

void tell_tail(const DeviceImage& device, const LabelTail& tail, FindingSink& findings) {
  std::uint64_t rivals = 0;
  const auto tell = [&](ProblemId id, std::vector<Argument> arguments) {
    Finding finding = device_finding(id, device.index);
    finding.arguments = std::move(arguments);
    findings.add(std::move(finding));
  };
  for (const Evidence& clue : tail.evidence) {
    if (clue.clue == Clue::area_ambiguous) ++rivals;
    if (clue.clue == Clue::size_suggests_area)
      tell(ProblemId::label_area_suspected, {{"size", clue.value}});
    if (clue.clue == Clue::index_elsewhere && !tail.offset)
      tell(ProblemId::label_area_nested, {{"offset", clue.where.offset, true}});
    if (clue.clue == Clue::area_cut && tail.offset == clue.where.offset)
      tell(ProblemId::label_area_cut, {{"offset", clue.where.offset, true},
                                       {"expected", clue.value},
                                       {"read", clue.where.size}});
  }
  if (rivals != 0) tell(ProblemId::label_area_ambiguous, {{"count", rivals}});
}

/// Parts of the image that detection could not read: told, never taken for zeros.
void tell_unreadable(const DeviceImage& device, FindingSink& findings) {
  for (const Evidence& clue : device.evidence) {
    if (clue.clue != Clue::not_readable) continue;
    Finding finding = device_finding(ProblemId::image_unreadable_part, device.index);
    finding.arguments = {{"count", clue.where.size}, {"offset", clue.where.offset, true}};
    findings.add(std::move(finding));
  }
}

/// Cuts the image at `offset` into data and a label area of `area_size` bytes, of which those
/// beyond the image's end are absent.
Status cut(DeviceImage& device, std::uint64_t offset, std::uint64_t area_size) {
  const std::uint64_t left = device.whole->size() - offset;
  std::vector<Piece> pieces = {Piece::of(*device.whole, offset, left)};
  if (area_size > left) pieces.push_back(Piece::missing(area_size - left));
  NDMEDIC_TRY(device.labels, View::concatenation(pieces));
  device.kind = offset == 0 ? DeviceKind::label_area : DeviceKind::dimm;
  if (offset == 0) return {};
  NDMEDIC_TRY(device.data, View::slice(*device.whole, 0, round_down(offset, page_size)));
  return {};
}

Status take_whole_as_data(DeviceImage& device) {
  NDMEDIC_TRY(device.data, View::slice(*device.whole, 0, device.whole->size()));
  return {};
}

Status take_lsa_file(DeviceImage& device) {
  device.kind = DeviceKind::dimm;
  device.evidence.push_back({Clue::option, {0, device.lsa_file->size()}, 0});
  NDMEDIC_TRY(device.labels, View::slice(*device.lsa_file, 0, device.lsa_file->size()));
  return take_whole_as_data(device);
}

Status cut_by_option(DeviceImage& device, std::uint64_t label_size) {
  const std::uint64_t size = device.whole->size();
  if (label_size > size)
    return Error{Errc::invalid, {0, label_size}, "label size larger than the image"};
  device.evidence.push_back({Clue::option, {size - label_size, label_size}, label_size});
  if (label_size > 0) return cut(device, size - label_size, label_size);
  device.kind = DeviceKind::bare;
  return take_whole_as_data(device);
}

/// What no option decides.
Status understand(DeviceImage& device, const OpenOptions& options, FindingSink& findings) {
  NDMEDIC_TRY(const LabelTail tail, find_label_tail(*device.whole));
  device.evidence.insert(device.evidence.end(), tail.evidence.begin(), tail.evidence.end());
  const auto by_head = options.as ? std::nullopt : kind_by_evidence(device, tail, findings);
  if (by_head == DeviceKind::nfit || by_head == DeviceKind::pool) {
    device.kind = *by_head;
    return device.kind == DeviceKind::pool ? take_whole_as_data(device) : Status();
  }
  tell_tail(device, tail, findings);
  if (tail.offset) return cut(device, *tail.offset, tail.area_size);
  if (options.as == DeviceKind::dimm)
    return Error{Errc::not_found, {0, device.whole->size()}, "label area"};
  device.kind = DeviceKind::bare;
  return take_whole_as_data(device);
}

/// Kind, label area and data, by options first.
Status split(DeviceImage& device, const OpenOptions& options, FindingSink& findings) {
  if (device.lsa_file) return take_lsa_file(device);
  if (options.as) device.evidence.push_back({Clue::option, {0, device.whole->size()}, 0});
  switch (options.as.value_or(DeviceKind::dimm)) {
    case DeviceKind::nfit:
      device.kind = DeviceKind::nfit;
      return {};
    case DeviceKind::pool:
      device.kind = DeviceKind::pool;
      is_poolset(device);
      return take_whole_as_data(device);
    case DeviceKind::label_area:
      return cut(device, 0, device.whole->size());
    case DeviceKind::bare:
      device.kind = DeviceKind::bare;
      return take_whole_as_data(device);
    case DeviceKind::dimm:
      break;
  }
  if (options.label_size) return cut_by_option(device, *options.label_size);
  return understand(device, options, findings);
}

Status select_part(DeviceImage& device, const OpenOptions& options) {
  const std::uint64_t size = device.file->size();
  if (options.offset > size)
    return Error{Errc::invalid, {options.offset, 0}, "offset beyond the image"};
  const std::uint64_t length = options.length.value_or(size - options.offset);
  if (!lies_within(options.offset, length, size))
    return Error{Errc::invalid, {options.offset, length}, "length beyond the image"};
  NDMEDIC_TRY(device.whole, View::slice(*device.file, options.offset, length));
  return {};
}

}  // namespace

Result<DeviceImage> open_device(std::uint32_t index, ImageInput input, const OpenOptions& options,
                                FindingSink& findings) {
  DeviceImage device;
  device.index = index;
  device.path = std::move(input.path);
  device.file = std::move(input.media);
  device.lsa_file = std::move(input.lsa);
  NDMEDIC_CHECK(select_part(device, options));
  if (device.whole->size() == 0) {
    findings.add(device_finding(ProblemId::image_empty, index));
    return device;
  }
  NDMEDIC_CHECK(split(device, options, findings));
  tell_unreadable(device, findings);
  if (device.labels) {
    device.area = read_label_area(*device.labels);
    report_label_area(*device.area, index, findings);
  }
  return device;
}

}  // namespace ndmedic
