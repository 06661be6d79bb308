// SPDX-License-Identifier: BSD-3-Clause
// The engine on mapped memory. On persistent memory all stores are non-temporal: they pass the
// caches by, so that a fence alone makes them durable, and nothing has to be written back.
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

  bool store_half(AccessContext& context, Site, std::uint64_t offset, std::uint64_t half) {
    store_word(word_at<std::uint64_t>(offset), boost::endian::native_to_little(half));
    return is_there(context, {offset, sizeof half});
  }

  bool store_words(AccessContext& context, Site, std::uint64_t offset,
                   std::span<const std::uint32_t> words) {
    for (std::size_t i = 0; i < words.size(); ++i)
      store_word(word_at<std::uint32_t>(offset + 4 * i), boost::endian::native_to_little(words[i]));
    return is_there(context, {offset, words.size_bytes()});
  }

  bool write_back(AccessContext&, Site, Extent) { return true; }

  bool fence(AccessContext&, Site) {
#if defined(__x86_64__)
    if (durable_) _mm_sfence();
#endif
    return true;
  }

  void lock(MapLock& lock) { lock_map(lock); }
  void unlock(MapLock& lock) { unlock_map(lock); }
  void pause() { pause_thread(); }
  unsigned thread() const { return thread_number(); }

 private:
  template <class Word>
  Word* word_at(std::uint64_t offset) const {
    return reinterpret_cast<Word*>(window_.data() + offset);
  }

  void store_word(std::uint64_t* place, std::uint64_t stored) {
#if defined(__x86_64__)
    if (durable_)
      return _mm_stream_si64(reinterpret_cast<long long*>(place), static_cast<long long>(stored));
#endif
    std::atomic_ref(*place).store(stored, std::memory_order_release);
  }
  void store_word(std::uint32_t* place, std::uint32_t stored) {
#if defined(__x86_64__)
    if (durable_) return _mm_stream_si32(reinterpret_cast<int*>(place), static_cast<int>(stored));
#endif
    std::atomic_ref(*place).store(stored, std::memory_order_release);
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
