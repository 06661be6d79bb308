// SPDX-License-Identifier: BSD-3-Clause
// Written by hand, not by the JSON library: ndctl passes text through that is not UTF-8, and its
// layout and escapes are those of json-c.
#include <ndmedic/cli/ndctl_json.h>

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <vector>

#include <ndmedic/format/label.h>
#include <ndmedic/format/label_index.h>

namespace ndmedic::cli {
namespace {

/// As json-c: the solidus is escaped too, other bytes pass.
std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '\b':
        out += "\\b";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\f':
        out += "\\f";
        break;
      case '"':
      case '\\':
      case '/':
        out += '\\';
        out += c;
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        else
          out += c;
    }
  }
  return out + '"';
}

/// An object, a line each member; `depth` is the indentation of its braces.
class ObjectText {
 public:
  explicit ObjectText(std::size_t depth) : depth_(depth) { text_.append(depth, ' ') += "{\n"; }

  ObjectText& add(std::string_view key, std::string_view value) {
    if (!first_) text_ += ",\n";
    first_ = false;
    text_.append(depth_ + 2, ' ') += fmt::format("\"{}\":{}", key, value);
    return *this;
  }
  template <class Integer>
  requires std::is_integral_v<Integer> ObjectText& add(std::string_view key, Integer value) {
    return add(key, fmt::format("{}", value));
  }
  std::string end() {
    text_ += '\n';
    text_.append(depth_, ' ') += '}';
    return std::move(text_);
  }

 private:
  std::size_t depth_;
  std::string text_;
  bool first_ = true;
};

std::string array_text(const std::vector<std::string>& objects, std::size_t depth) {
  std::string text = "[\n";
  for (std::size_t i = 0; i < objects.size(); ++i)
    text += objects[i] + (i + 1 < objects.size() ? ",\n" : "\n");
  return text.append(depth, ' ') + "]";
}

/// ndctl counts votes at offsets 0 and 256, wherever the second block really is.
std::uint32_t guessed_slot_size(const Media& area) {
  int votes = 0;
  for (const std::uint64_t offset : {0U, 256U}) {
    const auto header = read_structure<IndexHeader>(area, offset);
    if (!header || header->major.value() != 1) continue;
    if (header->minor.value() == 1) --votes;
    if (header->minor.value() == 2) ++votes;
  }
  return votes > 0 ? 256 : 128;
}

std::string_view up_to_nul(std::span<const std::uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size() - 1);
  return text.substr(0, text.find('\0'));
}

std::string index_text(const IndexHeader& header) {
  const auto as_int = [](std::uint32_t value) { return static_cast<std::int32_t>(value); };
  return ObjectText(6)
      .add("signature", json_quoted(up_to_nul(header.sig)))
      .add("major", header.major.value())
      .add("minor", header.minor.value())
      .add("labelsize", as_int(1U << ((7U + header.labelsize.value()) & 31U)))
      .add("seq", as_int(header.seq.value()))
      .add("nslot", as_int(header.nslot.value()))
      .end();
}

std::string label_text(const Label256& label, bool guids) {
  const auto as_int = [](std::uint32_t value) { return static_cast<std::int32_t>(value); };
  ObjectText text(6);
  text.add("uuid", json_quoted(to_string(label.uuid, GuidOrder::text)))
      .add("name", json_quoted(up_to_nul(label.name)))
      .add("slot", as_int(label.slot.value()))
      .add("position", label.position.value())
      .add("nlabel", label.nlabel.value())
      .add("flags", label.flags.value())
      .add("isetcookie", label.isetcookie.value())
      .add("lbasize", label.lbasize.value())
      .add("dpa", label.dpa.value())
      .add("rawsize", static_cast<std::int64_t>(label.rawsize.value()));
  if (guids)
    text.add("type_guid", json_quoted(to_string(label.type_guid, GuidOrder::text)))
        .add("abstraction_guid", json_quoted(to_string(label.abstraction_guid, GuidOrder::text)));
  return text.end();
}

/// All slots that hold their own number, to the end of the area.
Result<std::vector<std::string>> labels_text(const Media& area, std::uint64_t label_off,
                                             std::uint32_t slot_size) {
  std::vector<std::string> labels;
  std::uint32_t slot = 0;
  for (std::uint64_t at = label_off; at + slot_size <= area.size(); at += slot_size, ++slot) {
    NDMEDIC_TRY(const ExtentRun run, area.run_at(at, area.size()));
    const std::uint64_t hole = run.kind == ExtentKind::zero ? run.range.size / slot_size : 0;
    if (hole > 1 && slot > 0) {  // zeros name slot 0
      at += (hole - 1) * slot_size;
      slot += static_cast<std::uint32_t>(hole - 1);
      continue;
    }
    Label256 label{};
    NDMEDIC_CHECK(area.read(at, std::as_writable_bytes(std::span(&label, 1)).first(slot_size)));
    if (label.slot.value() == slot) labels.push_back(label_text(label, slot_size == 256));
  }
  return labels;
}

}  // namespace

Result<std::optional<std::string>> ndctl_object(const Media& area, std::uint32_t number) {
  const std::uint32_t slot_size = guessed_slot_size(area);
  const auto geometry = label_geometry(area.size(), slot_size);
  if (!geometry) return Error{Errc::invalid, {0, area.size()}, "label area"};
  std::vector<std::string> indexes;
  for (const std::uint64_t offset : {std::uint64_t{0}, geometry->index_size}) {
    NDMEDIC_TRY(const IndexHeader header, read_structure<IndexHeader>(area, offset));
    indexes.push_back(index_text(header));
  }
  NDMEDIC_TRY(const auto labels, labels_text(area, geometry->label_off(), slot_size));
  if (labels.empty()) return std::optional<std::string>();
  return std::optional(ObjectText(2)
                           .add("dev", json_quoted(fmt::format("nmem{}", number)))
                           .add("index", array_text(indexes, 4))
                           .add("label", array_text(labels, 4))
                           .end());
}

}  // namespace ndmedic::cli
