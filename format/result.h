// SPDX-License-Identifier: BSD-3-Clause
// How an operation that could not be carried out is told: Result<T>, a T or an Error.
// Damaged media is not an Error: it is a Violation (violation.h) or a Finding (finding.h).
#pragma once

#include <cassert>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

namespace ndmedic {

/// A range of one device or view, in bytes from its start.
struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  friend bool operator==(const Extent&, const Extent&) = default;
};

enum class Errc : std::uint8_t {
  out_of_range,   // the range does not lie within the media
  short_read,     // the system gave fewer bytes than the media's size promised
  absent,         // the bytes are not in this image: cut tail, missing DIMM, left out of a dump
  bad_media,      // EIO or a poisoned range
  read_only,      // a store on media opened for reading
  in_use,         // another process has the media open
  changed,        // the bytes are not those that were looked at before
  io,             // any other failure of the system, see os_error
  not_found,      // no such file, structure or namespace
  permission,     // the system refused access
  wrong_kind,     // a directory, a socket, a structure of another kind
  invalid,        // an argument or an input text is not of the documented form
  too_large,      // a documented limit was reached
  not_supported,  // this build or this platform cannot do it
  damaged,        // structures on the media do not allow it; findings say what is wrong
};

/// The bytes are not there to be read: what readers tell as a state of the media, not as a failure.
constexpr bool is_unreadable(Errc code) { return code == Errc::absent || code == Errc::bad_media; }

/// Why an operation failed, and on which bytes. `what` names the thing in a static string
/// ("info block", "flog"); os_error is an errno value or 0.
struct Error {
  Errc code = Errc::io;
  Extent where{};
  std::string_view what{};
  int os_error = 0;
};

/// A T or an Error. The spelling is that of std::expected, which the project cannot use: it is
/// empty under clang 14 and may be dropped unread. Not thread-safe beyond what T is.
template <class T = std::monostate>
class [[nodiscard]] Result {
 public:
  Result() requires std::same_as<T, std::monostate> : state_(T{}) {}
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, error) {}

  explicit operator bool() const { return state_.index() == 0; }
  bool has_value() const { return state_.index() == 0; }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  T& value() & {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && { return std::move(value()); }

  const Error& error() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

using Status = Result<>;

}  // namespace ndmedic

/// `NDMEDIC_TRY(auto bytes, media.read_block(at));` — declares, or returns the Error.
#define NDMEDIC_TRY(declaration, expression) \
  NDMEDIC_TRY_(declaration, expression, NDMEDIC_CONCAT(ndmedic_result_, __LINE__))
#define NDMEDIC_TRY_(declaration, expression, name) \
  auto name = (expression);                         \
  if (!name) return name.error();                   \
  declaration = std::move(*name)
#define NDMEDIC_CONCAT(a, b) NDMEDIC_CONCAT_(a, b)
#define NDMEDIC_CONCAT_(a, b) a##b

/// `NDMEDIC_CHECK(media.read(at, into));` — returns the Error of a Status.
#define NDMEDIC_CHECK(expression) \
  if (auto ndmedic_status = (expression); !ndmedic_status) return ndmedic_status.error()
