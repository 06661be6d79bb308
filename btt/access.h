// SPDX-License-Identifier: BSD-3-Clause
// What the BTT engine asks of the bytes below it: the access policy. One engine template works on
// mapped memory, on any Media and on the crash media of the laboratory, so what is proven there is
// what ships.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include <ndmedic/btt/map_lock.h>
#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/result.h>

namespace ndmedic {

/// Where in the protocol a store, write-back or fence stands (btt.md 4: D, H1, H2, M; path WP-3a).
/// The laboratory takes them away one by one and swaps them; every one that ships is needed.
enum class Site : std::uint8_t {
  data,              // D: the sector, into the lane's free block; and the fence behind D + H1
  first_half,        // H1: lba and old_map
  first_half_again,  // H1 once more: another writer moved the LBA meanwhile (WP-R2)
  second_half,       // H2: new_map and seq, the commit
  map,               // M: the map word
  map_state,         // a map word that only changes its flags (OR-5)
  flush,             // a fence asked for by the user
};
inline constexpr std::size_t site_count = 7;

/// What went wrong in one call.
struct AccessContext {
  Error error{};
};

/// A lane's flog group as its owner wants it on the media: eight 8-byte units in their byte order.
struct alignas(64) FlogImage {
  std::array<std::uint64_t, sizeof(FlogGroup) / 8> units{};
};

/// Unit `unit` of a lane's group is to be stored.
struct FlogHalf {
  const FlogImage* image;
  unsigned unit;

  /// Its bytes in the group at `group`.
  Extent range(std::uint64_t group) const {
    return {group + unit * sizeof(std::uint64_t), sizeof(std::uint64_t)};
  }
};

/// Most of them in one call.
inline constexpr std::size_t halves_max = 64;

/// Offsets are bytes of the namespace, values in host order. An operation that fails fills in
/// context.error and gives false. A store is visible at once; it is durable for certain after a
/// write-back that covers it and a fence of the same thread behind that.
///
/// - load_words, store_words: 4-byte aligned; each word is one load (acquire) or store (release).
/// - will_load: a word there will be asked for soon. May do nothing.
/// - store_halves: a unit of each of the groups from `group` on, each in one atomic store. The
/// other
///   units are on the media already, and nobody else stores into these groups: they may be stored
///   whole.
/// - store_data, load_data: any bytes, atomic in nothing but aligned 8-byte units.
/// - lock, unlock, pause: mutual exclusion and waiting; pause is called while another thread has to
///   go on first.
/// - thread: a small number that no other living thread has.
template <class A>
concept BttAccess = requires(A& access, AccessContext& context, Site site, std::uint64_t offset,
                             std::span<std::byte> into, std::span<const std::byte> from,
                             std::span<std::uint32_t> words,
                             std::span<const std::uint32_t> new_words,
                             std::span<const FlogHalf> halves, Extent range, MapLock& lock) {
  { access.load_data(context, offset, into) } -> std::same_as<bool>;
  {access.will_load(offset)};
  { access.load_words(context, offset, words) } -> std::same_as<bool>;
  { access.store_data(context, site, offset, from) } -> std::same_as<bool>;
  { access.store_halves(context, site, offset, halves) } -> std::same_as<bool>;
  { access.store_words(context, site, offset, new_words) } -> std::same_as<bool>;
  { access.write_back(context, site, range) } -> std::same_as<bool>;
  { access.fence(context, site) } -> std::same_as<bool>;
  {access.lock(lock)};
  {access.unlock(lock)};
  {access.pause()};
  { access.thread() } -> std::same_as<unsigned>;
};

}  // namespace ndmedic
