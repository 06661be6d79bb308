// SPDX-License-Identifier: BSD-3-Clause
// Two tables of fixed size, for a signal handler may neither lock nor allocate.

#include <ndmedic/media/broken_pages.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <ndmedic/media/bus_guard.h>

namespace ndmedic {
namespace {

constexpr std::size_t most_pages = 1024;
constexpr std::size_t most_windows = 64;

std::array<std::atomic<std::uintptr_t>, most_pages> pages;  // addresses, 0: free
std::atomic<bool> overflow{false};                          // a page found no place

std::uintptr_t page_size() {
  static const auto size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

std::uintptr_t address_of(const void* byte) { return reinterpret_cast<std::uintptr_t>(byte); }

void note_page(std::uintptr_t page) {
  for (auto& place : pages) {
    std::uintptr_t free = 0;
    if (place.load(std::memory_order_relaxed) == page) return;
    if (place.compare_exchange_strong(free, page)) {
      broken_page_count.fetch_add(1);
      return;
    }
  }
  overflow.store(true);
  broken_page_count.fetch_add(1);
}

}  // namespace

std::atomic<std::uint32_t> broken_page_count{0};

struct WatchedWindow::Slot {
  std::atomic<bool> taken{false};
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};  // 0: not ready
};

WatchedWindow::Slot WatchedWindow::slots[most_windows];

WatchedWindow::WatchedWindow(std::span<std::byte> window) {
  install_bus_handler();
  static_cast<void>(page_size());  // computed before a handler asks
  for (Slot& slot : slots) {
    if (slot.taken.exchange(true)) continue;
    slot.begin.store(address_of(window.data()));
    slot.end.store(address_of(window.data()) + window.size());
    slot_ = &slot;
    return;
  }
}

WatchedWindow::WatchedWindow(WatchedWindow&& other) noexcept
    : slot_(std::exchange(other.slot_, nullptr)) {}

WatchedWindow::~WatchedWindow() {
  if (slot_ == nullptr) return;
  slot_->end.store(0);
  slot_->taken.store(false);
}

bool replace_broken_page(const void* fault) {
  const std::uintptr_t address = address_of(fault);
  for (const WatchedWindow::Slot& slot : WatchedWindow::slots) {
    if (address >= slot.end.load() || address < slot.begin.load()) continue;
    const int saved = errno;
    const std::uintptr_t page = address - address % page_size();
    // Noted first: nobody may see the zeros and not the note.
    note_page(page);
    const void* const replaced =
        ::mmap(reinterpret_cast<void*>(page), page_size(), PROT_READ | PROT_WRITE,
               MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    errno = saved;
    return replaced != MAP_FAILED;
  }
  return false;
}

std::span<const std::byte> broken_part(std::span<const std::byte> bytes) {
  if (overflow.load()) return bytes;
  const std::uintptr_t begin = address_of(bytes.data());
  const std::uintptr_t end = begin + bytes.size();
  std::uintptr_t first = end;
  for (const auto& place : pages) {
    const std::uintptr_t page = place.load();
    if (page != 0 && page < first && begin < page + page_size()) first = std::max(page, begin);
  }
  const std::uintptr_t past = std::min(first - first % page_size() + page_size(), end);
  return bytes.subspan(first - begin, past - first);
}

void forget_broken_pages(std::span<const std::byte> window) {
  if (broken_page_count.load() == 0) return;
  const std::uintptr_t begin = address_of(window.data());
  for (auto& place : pages) {
    std::uintptr_t page = place.load();
    if (page < begin || page >= begin + window.size()) continue;
    if (place.compare_exchange_strong(page, 0)) broken_page_count.fetch_sub(1);
  }
}

}  // namespace ndmedic
