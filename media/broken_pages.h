// SPDX-License-Identifier: BSD-3-Clause
// Mapped bytes that may not be there, for work that touches them millions of times a second: a page
// that raises SIGBUS is noted and replaced by a page of zeros, and who touched it asks afterwards.
// A jump out of the signal (bus_guard.h) would cost more than the work.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ndmedic {

/// Pages noted, in the whole process. Most processes never see one.
extern std::atomic<std::uint32_t> broken_page_count;

/// The part of `bytes` in the first page of it that was replaced, or empty. All of it when so many
/// were that nobody counts any more.
std::span<const std::byte> broken_part(std::span<const std::byte> bytes);

/// The question behind each access to a watched window. What was read is worthless and what was
/// stored is lost when it gives true. Async-signal-safe, thread-safe.
inline bool is_broken(std::span<const std::byte> bytes) {
  return broken_page_count.load(std::memory_order_acquire) != 0 && !broken_part(bytes).empty();
}

/// For the handler of SIGBUS: replaces the page when it lies in a watched window.
bool replace_broken_page(const void* fault);

/// Forgets the pages of a mapping that is about to end.
void forget_broken_pages(std::span<const std::byte> window);

/// While it lives, broken pages of `window`, a shared mapping, are replaced.
class WatchedWindow {
 public:
  explicit WatchedWindow(std::span<std::byte> window);
  ~WatchedWindow();
  WatchedWindow(WatchedWindow&& other) noexcept;
  WatchedWindow& operator=(WatchedWindow&&) = delete;

  /// False when too many windows are watched at once: then SIGBUS is what it always was.
  bool watched() const { return slot_ != nullptr; }

 private:
  struct Slot;
  friend bool replace_broken_page(const void* fault);
  static Slot slots[];
  Slot* slot_ = nullptr;
};

}  // namespace ndmedic
