// SPDX-License-Identifier: BSD-3-Clause
// The engine on mapped memory. On persistent memory, sectors and flog groups are stored past the
// caches, in whole lines where they are: a fence alone makes them durable. A map word's line has
// just been read, so it is stored in the cache and written back.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <ndmedic/btt/access.h>
#include <boost/endian/conversion.hpp>

#include <ndmedic/media/broken_pages.h>

namespace ndmedic {

/// Copies into persistent memory past the caches; durable after the next fence of this thread.
/// Any alignment: ragged ends are copied and written back.
void stream_copy(std::byte* into, const std::byte* from, std::size_t size);
/// Writes the lines back that `size` bytes at `at` lie in; durable after the next fence.
void write_back_lines(const std::byte* at, std::size_t size);
/// True where the CPU's stores and fences can make mapped memory durable by themselves here.
bool stream_supported();

/// Models BttAccess. `window` is the namespace's bytes; `durable` says that it is persistent
/// memory. Without, stores are ordinary ones in program order: they survive the process, not the
/// power. What turns out not to be there (SIGBUS) is bad_media.
class MappedAccess {
 public:
  MappedAccess(std::span<std::byte> window, bool durable)
      : window_(window), durable_(durable), watched_(window) {}

  bool load_data(AccessContext& context, std::uint64_t offset, std::span<std::byte> into) const {
    std::memcpy(into.data(), window_.data() + offset, into.size());
    return is_there(context, {offset, into.size()});
  }

  void will_load(std::uint64_t offset) const { __builtin_prefetch(window_.data() + offset); }

  bool load_words(AccessContext& context, std::uint64_t offset,
                  std::span<std::uint32_t> words) const {
    for (std::size_t i = 0; i < words.size(); ++i)
      words[i] = boost::endian::little_to_native(
          std::atomic_ref(*word_at<std::uint32_t>(offset + 4 * i)).load(std::memory_order_acquire));
    return is_there(context, {offset, words.size_bytes()});
  }

  bool store_data(AccessContext& context, Site, std::uint64_t offset,
                  std::span<const std::byte> from) {
    if (durable_)
      stream_copy(window_.data() + offset, from.data(), from.size());
    else
      std::memcpy(window_.data() + offset, from.data(), from.size());
    return is_there(context, {offset, from.size()});
  }

  bool store_halves(AccessContext& context, Site, std::uint64_t group,
                    std::span<const FlogHalf> halves) {
    const Extent range{group, halves.size() * sizeof(FlogImage)};
    for (const FlogHalf& half : halves) {
      store_half(group, half);
      group += sizeof(FlogImage);
    }
    return is_there(context, range);
  }

  bool store_words(AccessContext& context, Site, std::uint64_t offset,
                   std::span<const std::uint32_t> words) {
    for (std::size_t i = 0; i < words.size(); ++i)
      std::atomic_ref(*word_at<std::uint32_t>(offset + 4 * i))
          .store(boost::endian::native_to_little(words[i]), std::memory_order_release);
    return is_there(context, {offset, words.size_bytes()});
  }

  bool write_back(AccessContext&, Site site, Extent range) {
    if (durable_ && (site == Site::map || site == Site::map_state))
      write_back_lines(window_.data() + range.offset, range.size);
    return true;
  }

  bool fence(AccessContext&, Site) {
#if defined(__x86_64__)
    if (durable_) _mm_sfence();
#endif
    return true;
  }

  void lock(MapLock& lock) { spin_lock_map(lock); }
  void unlock(MapLock& lock) { spin_unlock_map(lock); }
  void pause() { pause_thread(); }
  unsigned thread() const { return thread_number(); }

 private:
  template <class Word>
  Word* word_at(std::uint64_t offset) const {
    return reinterpret_cast<Word*>(window_.data() + offset);
  }

  void store_half(std::uint64_t group, const FlogHalf& half) {
    const FlogImage& image = *half.image;
    std::byte* const line = window_.data() + group;
    if (durable_ && reinterpret_cast<std::uintptr_t>(line) % sizeof image == 0)
      stream_line(line, image);
    else
      store_unit(word_at<std::uint64_t>(half.range(group).offset), image.units[half.unit]);
  }

  void store_unit(std::uint64_t* place, std::uint64_t stored) {
#if defined(__x86_64__)
    if (durable_)
      return _mm_stream_si64(reinterpret_cast<long long*>(place), static_cast<long long>(stored));
#endif
    std::atomic_ref(*place).store(stored, std::memory_order_release);
  }
  /// A line in part costs the memory a read of the rest. Unit by unit, for one has just been
  /// stored, and a wider load would wait until that store has left the processor.
  static void stream_line([[maybe_unused]] std::byte* line,
                          [[maybe_unused]] const FlogImage& image) {
#if defined(__x86_64__)
    for (std::size_t i = 0; i < image.units.size(); ++i)
      _mm_stream_si64(reinterpret_cast<long long*>(line) + i,
                      static_cast<long long>(image.units[i]));
#endif
  }

  bool is_there(AccessContext& context, Extent range) const {
    const std::span<const std::byte> bytes = window_.subspan(range.offset, range.size);
    if (!is_broken(bytes)) [[likely]]
      return true;
    const std::span<const std::byte> part = broken_part(bytes);
    const auto offset = static_cast<std::uint64_t>(part.data() - window_.data());
    context.error = {Errc::bad_media, {offset, part.size()}, "mapping", 0};
    return false;
  }

  std::span<std::byte> window_;
  bool durable_;
  WatchedWindow watched_;
};
static_assert(BttAccess<MappedAccess>);

}  // namespace ndmedic
