// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/show_text.h>

#include <fmt/format.h>

#include <ostream>

#include <ndmedic/cli/field_text.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr std::size_t value_column = 15;

void print_device(const DeviceImage& device, const TextOptions& options, Outline& outline) {
  const std::uint64_t size = device.whole->size();
  const std::string_view kind =
      device.lsa_file ? "memory of a CXL device" : device_kind_text(device.kind);
  const std::string_view what = size == 0 ? "empty file" : kind;
  outline.row(0, fmt::format("d{}", device.index),
              fmt::format("{}: {}, {}", escape_untrusted(device.path), what, size_text(size)));
  if (options.verbose)
    for (const Evidence& evidence : device.evidence)
      outline.row(1, "evidence", evidence_text(evidence));
  if (device.area) print_labels(device, options, outline);
  if (device.pool) print_pool(*device.pool, options, outline);
  if (device.nfit) print_nfit(*device.nfit, options, outline);
}

}  // namespace

void Outline::row(unsigned depth, std::string_view key, std::string_view value) {
  std::string line(std::size_t{2} * depth, ' ');
  line += key;
  if (value.empty()) {
    out_ << line << '\n';
    return;
  }
  line.resize(std::max(value_column, line.size() + 2), ' ');
  out_ << line << value << '\n';
}

void Outline::blank() { out_ << '\n'; }

void print_fields(unsigned depth, const Structure& structure, std::span<const std::byte> bytes,
                  Outline& outline) {
  for (const Field& field : structure.fields)
    outline.row(depth, "", fmt::format("{:<20}{}", field.name, field_text(field, bytes)));
}

void print_tree(const ImageTree& tree, const TextOptions& options, std::ostream& out) {
  Outline outline(out);
  if (options.only) {
    print_namespace(tree, tree.namespaces[*options.only], options, outline);
    return;
  }
  for (const DeviceImage& device : tree.devices) print_device(device, options, outline);
  print_regions(tree, options, outline);
  for (const NamespaceImage& ns : tree.namespaces) {
    outline.blank();
    print_namespace(tree, ns, options, outline);
  }
}

}  // namespace ndmedic::cli
