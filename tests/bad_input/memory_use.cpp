// SPDX-License-Identifier: BSD-3-Clause
// Replaces the allocation functions of the program by malloc with a count.
#include "memory_use.h"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace bad_input {
namespace {

std::atomic<std::size_t> now{0};
std::atomic<std::size_t> peak{0};
std::atomic<std::size_t> before{0};

void* counted(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) return nullptr;
  const std::size_t held = now += ::malloc_usable_size(memory);
  if (held > peak) peak = held;
  return memory;
}

void release(void* memory) {
  if (memory == nullptr) return;
  now -= ::malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

std::size_t peak_bytes() { return peak - std::min(peak.load(), before.load()); }

void forget_peak() {
  before = now.load();
  peak = now.load();
}

}  // namespace bad_input

void* operator new(std::size_t size) {
  void* memory = bad_input::counted(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return bad_input::counted(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return bad_input::counted(size);
}
void operator delete(void* memory) noexcept { bad_input::release(memory); }
void operator delete[](void* memory) noexcept { bad_input::release(memory); }
void operator delete(void* memory, std::size_t) noexcept { bad_input::release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { bad_input::release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { bad_input::release(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { bad_input::release(memory); }
