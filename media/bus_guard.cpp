// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/bus_guard.h>

#include <csetjmp>
#include <csignal>
#include <functional>
#include <mutex>

#include <ndmedic/media/broken_pages.h>

namespace ndmedic {
namespace {

/// Not initialised as a whole: `resume` is some 200 bytes, and sigsetjmp fills it in.
struct Guard {
  Guard(std::span<const std::byte> bytes, Guard* around) : window(bytes), outer(around) {}
  std::span<const std::byte> window;
  Guard* outer;
  const void* fault = nullptr;
  sigjmp_buf resume;
};

thread_local Guard* innermost = nullptr;
struct sigaction previous = {};

bool covers(const Guard& guard, const void* address) {
  const auto* byte = static_cast<const std::byte*>(address);
  return !std::less<>{}(byte, guard.window.data()) &&
         std::less<>{}(byte, guard.window.data() + guard.window.size());
}

void pass_on(int signal, siginfo_t* info, void* context) {
  if ((previous.sa_flags & SA_SIGINFO) != 0) return previous.sa_sigaction(signal, info, context);
  if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN)
    return previous.sa_handler(signal);
  // The default ends the process, where the fault is repeated or at the raise below.
  struct sigaction fallback = {};
  fallback.sa_handler = SIG_DFL;
  ::sigaction(signal, &fallback, nullptr);
  ::raise(signal);
}

void on_bus_error(int signal, siginfo_t* info, void* context) {
  for (Guard* guard = innermost; guard != nullptr; guard = guard->outer) {
    if (info->si_code <= 0 || !covers(*guard, info->si_addr)) continue;
    guard->fault = info->si_addr;
    siglongjmp(guard->resume, 1);
  }
  if (info->si_code > 0 && replace_broken_page(info->si_addr)) return;
  pass_on(signal, info, context);
}

void install_handler() {
  struct sigaction action = {};
  action.sa_sigaction = on_bus_error;
  // Not blocked while handled: siglongjmp leaves the handler without restoring a mask.
  action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  ::sigaction(SIGBUS, &action, &previous);
}

}  // namespace

void install_bus_handler() {
  static std::once_flag installed;
  std::call_once(installed, install_handler);
}

const void* run_guarded(std::span<const std::byte> window, void (*body)(void*), void* argument) {
  install_bus_handler();
  Guard guard(window, innermost);
  if (sigsetjmp(guard.resume, 0) == 0) {
    innermost = &guard;
    body(argument);
  }
  innermost = guard.outer;
  return guard.fault;
}

}  // namespace ndmedic
