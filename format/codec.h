// SPDX-License-Identifier: BSD-3-Clause
// Bytes <-> on-media structures. A structure keeps every byte it was decoded from, reserved ones
// included, so encode(decode(bytes)) == bytes by construction.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>

namespace ndmedic {

/// An on-media structure: trivially copyable, without alignment and therefore without padding.
template <class T>
concept OnMedia = std::is_trivially_copyable_v<T> && alignof(T) == 1;

/// Copies a structure out of `bytes`, which must hold at least sizeof(T).
template <OnMedia T>
T decode(std::span<const std::byte> bytes) {
  T structure;
  std::memcpy(&structure, bytes.first(sizeof(T)).data(), sizeof(T));
  return structure;
}

/// Copies a structure into `bytes`, which must hold at least sizeof(T).
template <OnMedia T>
void encode(const T& structure, std::span<std::byte> bytes) {
  std::memcpy(bytes.first(sizeof(T)).data(), &structure, sizeof(T));
}

/// The bytes of a structure as they stand on the media.
template <OnMedia T>
std::span<const std::byte, sizeof(T)> bytes_of(const T& structure) {
  return std::as_bytes(std::span<const T, 1>(&structure, 1));
}

/// The bytes of a structure, to change.
template <OnMedia T>
std::span<std::byte, sizeof(T)> writable_bytes_of(T& structure) {
  return std::as_writable_bytes(std::span<T, 1>(&structure, 1));
}

}  // namespace ndmedic
