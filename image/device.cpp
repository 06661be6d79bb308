// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/device.h>

#include <array>
#include <cstring>

#include <ndmedic/format/checked.h>
#include <ndmedic/image/label_tail.h>
#include <ndmedic/media/view.h>

namespace ndmedic {
namespace {

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

/// The kinds that the first bytes decide (btt.md 6.5, labels.md 5.7).
std::optional<DeviceKind> kind_by_head(DeviceImage& device, FindingSink& findings) {
  using namespace std::string_view_literals;
  std::array<std::byte, 8> head{};
  const std::uint64_t size = device.whole->size();
  const auto part = std::span(head).first(std::min<std::uint64_t>(size, head.size()));
  if (!device.whole->read(0, part)) {
    device.evidence.push_back({Clue::not_readable, {0, part.size()}, 0});
    return std::nullopt;
  }
  if (starts_with(part, "PMEMBLK\0"sv)) {
    device.evidence.push_back({Clue::pool_signature, {0, 8}, 0});
    return DeviceKind::pool;
  }
  if (starts_with(part, "PMEMPOOL"sv)) {
    device.evidence.push_back({Clue::poolset_text, {0, size}, 0});
    return DeviceKind::pool;
  }
  if (starts_with(part, "PMEMLOG\0"sv) || starts_with(part, "PMEMOBJ\0"sv)) {
    device.evidence.push_back({Clue::other_pool_signature, {0, 8}, 0});
    Finding finding = device_finding(ProblemId::pool_other_kind, device.index);
    finding.arguments = {{"signature", std::string(reinterpret_cast<const char*>(part.data()), 7)}};
    findings.add(std::move(finding));
    return DeviceKind::bare;
  }
  if (starts_with(part, "NFIT"sv) && part.size() == head.size()) {
    Le32 length;
    std::memcpy(&length, &head[4], sizeof length);
    if (length.value() >= 40 && length.value() <= size) {
      device.evidence.push_back({Clue::nfit_signature, {0, length.value()}, 0});
      return DeviceKind::nfit;
    }
  }
  return std::nullopt;
}

void tell_tail(const DeviceImage& device, const LabelTail& tail, FindingSink& findings) {
  std::uint64_t rivals = 0;
  for (const Evidence& clue : tail.evidence) {
    if (clue.clue == Clue::area_ambiguous) ++rivals;
    if (clue.clue != Clue::size_suggests_area) continue;
    Finding finding = device_finding(ProblemId::label_area_suspected, device.index);
    finding.arguments = {{"size", clue.value}};
    findings.add(std::move(finding));
  }
  if (rivals == 0) return;
  Finding finding = device_finding(ProblemId::label_area_ambiguous, device.index);
  finding.arguments = {{"count", rivals}};
  findings.add(std::move(finding));
}

/// Size of the label area at the device's end: by option, or by evidence.
Result<std::optional<std::uint64_t>> label_size_of(DeviceImage& device, const OpenOptions& options,
                                                   FindingSink& findings) {
  if (options.label_size) {
    const std::uint64_t size = *options.label_size;
    if (size > device.whole->size())
      return Error{Errc::invalid, {0, size}, "label size larger than the image"};
    device.evidence.push_back({Clue::option, {device.whole->size() - size, size}, size});
    return size == 0 ? std::nullopt : std::optional(size);
  }
  NDMEDIC_TRY(LabelTail tail, find_label_tail(*device.whole));
  device.evidence.insert(device.evidence.end(), tail.evidence.begin(), tail.evidence.end());
  tell_tail(device, tail, findings);
  return tail.area_size;
}

Status cut(DeviceImage& device, std::uint64_t label_size) {
  const std::uint64_t size = device.whole->size();
  NDMEDIC_TRY(device.labels,
              View::slice(std::as_const(*device.whole), size - label_size, label_size));
  const std::uint64_t capacity = round_down(size - label_size, page_size);
  if (device.kind == DeviceKind::label_area) return {};
  NDMEDIC_TRY(device.data, View::slice(std::as_const(*device.whole), 0, capacity));
  return {};
}

Status take_whole_as_data(DeviceImage& device) {
  NDMEDIC_TRY(device.data, View::slice(std::as_const(*device.whole), 0, device.whole->size()));
  return {};
}

/// Kinds with, or possibly with, a label area.
Status split_labels(DeviceImage& device, const OpenOptions& options, FindingSink& findings) {
  if (device.lsa_file) {
    device.kind = DeviceKind::dimm;
    device.evidence.push_back({Clue::option, {0, device.lsa_file->size()}, 0});
    NDMEDIC_TRY(device.labels,
                View::slice(std::as_const(*device.lsa_file), 0, device.lsa_file->size()));
    return take_whole_as_data(device);
  }
  if (options.as == DeviceKind::label_area) return cut(device, device.whole->size());
  if (options.as == DeviceKind::bare) return take_whole_as_data(device);
  NDMEDIC_TRY(const auto label_size, label_size_of(device, options, findings));
  if (!label_size) {
    if (options.as == DeviceKind::dimm)
      return Error{Errc::not_found, {0, device.whole->size()}, "label area"};
    device.kind = DeviceKind::bare;
    return take_whole_as_data(device);
  }
  device.kind = *label_size == device.whole->size() ? DeviceKind::label_area : DeviceKind::dimm;
  return cut(device, *label_size);
}

Status select_part(DeviceImage& device, const OpenOptions& options) {
  const std::uint64_t size = device.file->size();
  if (options.offset > size)
    return Error{Errc::invalid, {options.offset, 0}, "offset beyond the image"};
  const std::uint64_t length = options.length.value_or(size - options.offset);
  if (!lies_within(options.offset, length, size))
    return Error{Errc::invalid, {options.offset, length}, "length beyond the image"};
  NDMEDIC_TRY(device.whole, View::slice(std::as_const(*device.file), options.offset, length));
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
  const auto by_head = options.as || device.lsa_file ? options.as : kind_by_head(device, findings);
  device.kind = by_head.value_or(DeviceKind::bare);
  if (options.as) device.evidence.push_back({Clue::option, {0, device.whole->size()}, 0});
  switch (device.kind) {
    case DeviceKind::nfit:
      break;
    case DeviceKind::pool:
      NDMEDIC_CHECK(take_whole_as_data(device));
      break;
    default:
      NDMEDIC_CHECK(split_labels(device, options, findings));
  }
  if (device.labels) {
    device.area = read_label_area(*device.labels);
    report_label_area(*device.area, index, findings);
  }
  return device;
}

}  // namespace ndmedic
