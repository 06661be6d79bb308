// SPDX-License-Identifier: BSD-3-Clause
// Arithmetic on values read from media: every overflow is noticed, none wraps.
#pragma once

#include <cstdint>
#include <optional>

namespace ndmedic {

/// An unsigned 64-bit number that remembers an overflow: once one step of a computation has left
/// the range, the whole result is "none". `if (auto end = (Checked{offset} + size).get()) ...`
class Checked {
 public:
  constexpr Checked(std::uint64_t value) : value_(value) {}

  constexpr std::optional<std::uint64_t> get() const {
    return ok_ ? std::optional<std::uint64_t>(value_) : std::nullopt;
  }
  constexpr bool ok() const { return ok_; }
  /// True when the value is known and at most `limit`: what a bounds check wants to ask.
  constexpr bool at_most(std::uint64_t limit) const { return ok_ && value_ <= limit; }

  friend constexpr Checked operator+(Checked a, Checked b) {
    Checked r = a;
    r.ok_ = !__builtin_add_overflow(a.value_, b.value_, &r.value_) && a.ok_ && b.ok_;
    return r;
  }
  friend constexpr Checked operator-(Checked a, Checked b) {
    Checked r = a;
    r.ok_ = !__builtin_sub_overflow(a.value_, b.value_, &r.value_) && a.ok_ && b.ok_;
    return r;
  }
  friend constexpr Checked operator*(Checked a, Checked b) {
    Checked r = a;
    r.ok_ = !__builtin_mul_overflow(a.value_, b.value_, &r.value_) && a.ok_ && b.ok_;
    return r;
  }
  /// The next multiple of `unit` (not 0) at or above the value.
  constexpr Checked round_up(std::uint64_t unit) const {
    const std::uint64_t rest = value_ % unit;
    return rest == 0 ? *this : *this + Checked(unit - rest);
  }

 private:
  std::uint64_t value_;
  bool ok_ = true;
};

/// The last multiple of `unit` (not 0) at or below `value`; cannot overflow.
constexpr std::uint64_t round_down(std::uint64_t value, std::uint64_t unit) {
  return value - value % unit;
}

/// True when [offset, offset+size) lies within [0, limit).
constexpr bool lies_within(std::uint64_t offset, std::uint64_t size, std::uint64_t limit) {
  return (Checked(offset) + size).at_most(limit);
}

}  // namespace ndmedic
