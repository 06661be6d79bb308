// SPDX-License-Identifier: BSD-3-Clause
// Touching mapped bytes that may not be there: SIGBUS becomes an answer instead of the end.
#pragma once

#include <cstddef>
#include <span>

namespace ndmedic {

/// Installs the handler at the first call.
void install_bus_handler();

/// Runs body(argument). A null pointer, or the address within `window` at which the body met a
/// SIGBUS; it was left there for good, so it must own nothing that needs a destructor. A SIGBUS
/// anywhere else goes to the handler that was installed before ours. Guards nest; each thread has
/// its own. The handler is installed at the first call and stays.
const void* run_guarded(std::span<const std::byte> window, void (*body)(void*), void* argument);

/// run_guarded() of a callable.
template <class Body>
const void* bus_fault(std::span<const std::byte> window, Body body) {
  return run_guarded(
      window, [](void* call) { (*static_cast<Body*>(call))(); }, &body);
}

}  // namespace ndmedic
