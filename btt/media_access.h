// SPDX-License-Identifier: BSD-3-Clause
// The engine on any Media: files by system calls, views over several devices, test media. A store
// is a write, a fence makes it durable for all threads.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <ndmedic/btt/access.h>
#include <ndmedic/format/endian.h>
#include <ndmedic/media/media.h>
#include <boost/endian/conversion.hpp>

namespace ndmedic {

/// Models BttAccess. `barriers` false: fences do nothing; what was written survives the process,
/// not the power (Durability::process).
class MediaAccess {
 public:
  explicit MediaAccess(Media& media, bool barriers = true) : media_(media), barriers_(barriers) {}

  bool load_data(AccessContext& context, std::uint64_t offset, std::span<std::byte> into) const {
    return note(context, media_.read(offset, into));
  }

  void will_load(std::uint64_t) const {}

  bool load_words(AccessContext& context, std::uint64_t offset,
                  std::span<std::uint32_t> words) const {
    if (!note(context, media_.read(offset, std::as_writable_bytes(words)))) return false;
    for (std::uint32_t& word : words) word = boost::endian::little_to_native(word);
    return true;
  }

  bool store_data(AccessContext& context, Site, std::uint64_t offset,
                  std::span<const std::byte> from) {
    return note(context, media_.write(offset, from));
  }

  bool store_halves(AccessContext& context, Site, std::uint64_t group,
                    std::span<const FlogHalf> halves) {
    if (halves.size() == 1) {
      const std::span unit(&halves[0].image->units[halves[0].unit], 1);
      return note(context, media_.write(halves[0].range(group).offset, std::as_bytes(unit)));
    }
    std::array<FlogImage, halves_max> groups;
    assert(halves.size() <= groups.size());
    for (std::size_t i = 0; i < halves.size(); ++i) groups[i] = *halves[i].image;
    return note(context,
                media_.write(group, std::as_bytes(std::span(groups).first(halves.size()))));
  }

  bool store_words(AccessContext& context, Site, std::uint64_t offset,
                   std::span<const std::uint32_t> words) {
    std::array<Le32, words_max> stored;
    assert(words.size() <= stored.size());
    std::copy(words.begin(), words.end(), stored.begin());
    return note(context,
                media_.write(offset, std::as_bytes(std::span(stored).first(words.size()))));
  }

  bool write_back(AccessContext& context, Site, Extent range) {
    return !barriers_ || note(context, media_.flush(range));
  }

  bool fence(AccessContext& context, Site) { return !barriers_ || note(context, media_.fence()); }

  void lock(MapLock& lock) { lock_map(lock); }
  void unlock(MapLock& lock) { unlock_map(lock); }
  void pause() { pause_thread(); }
  unsigned thread() const { return thread_number(); }

 private:
  static constexpr std::size_t words_max = 64;

  static bool note(AccessContext& context, const Status& status) {
    if (status) return true;
    context.error = status.error();
    return false;
  }

  Media& media_;
  bool barriers_;
};
static_assert(BttAccess<MediaAccess>);

}  // namespace ndmedic
