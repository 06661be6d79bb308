// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/area_copy.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <ndmedic/format/label_index.h>
#include <ndmedic/labels/index_choice.h>
#include <ndmedic/labels/label_area.h>
#include <ndmedic/media/memory_media.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t chunk = 128;  // of a slot; index blocks are whole multiples of two

class Replacement {
 public:
  Replacement(Media& area, std::span<const std::byte> content,
              const std::function<void(std::string_view)>& stage)
      : area_(area), content_(content), stage_(stage), now_(content.size()) {}

  Status run() {
    NDMEDIC_CHECK(area_.read(0, now_));
    if (std::ranges::equal(now_, content_)) return {};
    NDMEDIC_CHECK(end_old_index());
    const MemoryMedia media(std::vector<std::byte>(content_.begin(), content_.end()));
    LabelArea found;
    choose_index(media, found);
    if (!found.has_index()) return write({0, content_.size()}, {}, "labels");
    std::array<Extent, 2> blocks{};
    for (unsigned n = 0; n < 2; ++n) blocks[n] = {found.index[n].offset, found.index[n].size};
    NDMEDIC_CHECK(write({0, content_.size()}, blocks, "labels"));
    const unsigned current = *found.current;
    NDMEDIC_CHECK(write(blocks[current], {}, "current index"));
    return write(blocks[1 - current], {}, "other index");
  }

 private:
  void tell(std::string_view name) {
    if (stage_) stage_(name);
  }

  Status put(Extent range, std::span<const std::byte> bytes) {
    NDMEDIC_CHECK(area_.write(range.offset, bytes));
    std::ranges::copy(bytes, now_.begin() + static_cast<std::ptrdiff_t>(range.offset));
    return area_.flush(range);
  }

  /// Zeros in the first unit end a signature and cannot tear.
  Status end_signature(std::uint64_t offset) {
    constexpr std::array<std::byte, 8> zeros{};
    return put({offset, zeros.size()}, zeros);
  }

  bool has_signature(std::uint64_t offset) const {
    const auto signature = std::as_bytes(std::span(index_signature));
    return offset + signature.size() <= now_.size() &&
           std::ranges::equal(std::span(now_).subspan(offset, signature.size()), signature);
  }

  Status end_old_index() {
    LabelArea old;
    choose_index(area_, old);
    // Behind label_off of a valid index are labels, which stay whole as long as it is valid.
    const std::uint64_t end = old.has_index() ? old.layout.label_off : now_.size();
    const std::uint64_t last = old.has_index() ? old.index[*old.current].offset : end;
    tell("old index");
    for (std::uint64_t offset = 0; offset < end; offset += 2 * chunk)
      if (offset != last && has_signature(offset)) NDMEDIC_CHECK(end_signature(offset));
    NDMEDIC_CHECK(area_.fence());
    if (last == end) return {};
    NDMEDIC_CHECK(end_signature(last));
    return area_.fence();
  }

  bool differs(Extent range) const {
    return !std::ranges::equal(std::span(now_).subspan(range.offset, range.size),
                               content_.subspan(range.offset, range.size));
  }

  /// Writes the chunks of `range` that differ, but for those that touch one of `without`.
  Status write(Extent range, std::span<const Extent> without, std::string_view name) {
    tell(name);
    const std::uint64_t end = range.offset + range.size;
    for (std::uint64_t at = range.offset; at < end;) {
      const Extent part{at, std::min(chunk, end - at)};
      at += part.size;
      const bool left_out = std::ranges::any_of(without, [&](const Extent& e) {
        return part.offset < e.offset + e.size && e.offset < part.offset + part.size;
      });
      if (!left_out && differs(part))
        NDMEDIC_CHECK(put(part, content_.subspan(part.offset, part.size)));
    }
    return area_.fence();
  }

  Media& area_;
  std::span<const std::byte> content_;
  const std::function<void(std::string_view)>& stage_;
  std::vector<std::byte> now_;
};

}  // namespace

Status replace_label_area(Media& area, std::span<const std::byte> content,
                          const std::function<void(std::string_view)>& stage) {
  if (content.size() != area.size()) return Error{Errc::invalid, {0, area.size()}, "size"};
  return Replacement(area, content, stage).run();
}

}  // namespace ndmedic
