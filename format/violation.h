// SPDX-License-Identifier: BSD-3-Clause
// What a codec sees when it validates one structure: which rule of the specification does not
// hold, in which field, what was read and what the rule wants. No judgement: a violation becomes
// a Finding by its context, in labels/, btt/, image/ or fsck/.
#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ndmedic {

/// One rule of a structure. A `required` rule that fails means the structure cannot be trusted;
/// the others are worth telling.
struct Rule {
  std::string_view id;  ///< as in the specification: "V-9", "4.1.3", "IX15"
  bool required;
  std::string_view text;  ///< what must hold, for docs/FORMAT.md
};

/// How `Violation::expected` is meant.
enum class Expect : std::uint8_t {
  equal,        // exactly this value
  at_least,     // this value or more
  at_most,      // this value or less
  multiple_of,  // a multiple of it
  no_bits_of,   // none of these bits
  one_of,       // one of the values the rule's text names; `expected` is the usual one
};

struct Violation {
  std::string_view rule;     ///< Rule::id
  std::string_view field;    ///< Field::name; empty when the whole structure is meant
  std::uint32_t offset = 0;  ///< bytes from the structure's start
  std::uint32_t size = 0;    ///< bytes the field has
  std::uint64_t read = 0;
  std::uint64_t expected = 0;
  Expect expect = Expect::equal;
};

/// A rule id as a template argument, so that a misspelt one does not compile.
template <std::size_t N>
struct RuleId {
  char text[N]{};
  consteval RuleId(const char (&id)[N]) { std::copy_n(id, N, text); }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

/// The violations of one structure: at most one a rule, so the capacity is the number of rules and
/// nothing is allocated. `Rules` is a constexpr std::array<Rule, N>.
template <const auto& Rules>
class Violations {
 public:
  static constexpr std::size_t capacity = Rules.size();

  /// Position of a rule in `Rules`; does not compile for an id that is not there.
  template <RuleId Id>
  static consteval std::size_t index_of() {
    constexpr std::size_t index = [] {
      std::size_t i = 0;
      while (i < Rules.size() && Rules[i].id != Id.view()) ++i;
      return i;
    }();
    static_assert(index < Rules.size(), "no such rule in this structure's table");
    return index;
  }

  /// Notes that a rule fails; a second violation of one rule is dropped (the first field wins).
  template <RuleId Id>
  void add(std::string_view field, std::uint32_t offset, std::uint32_t size, std::uint64_t read,
           std::uint64_t expected, Expect expect = Expect::equal) {
    constexpr std::size_t index = index_of<Id>();
    if (seen_.test(index)) return;
    seen_.set(index);
    list_[count_++] = {Rules[index].id, field, offset, size, read, expected, expect};
    trusted_ = trusted_ && !Rules[index].required;
  }

  template <RuleId Id>
  bool has() const {
    return seen_.test(index_of<Id>());
  }

  /// True when no required rule fails.
  bool trusted() const { return trusted_; }
  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }
  const Violation* begin() const { return list_.data(); }
  const Violation* end() const { return list_.data() + count_; }

 private:
  std::array<Violation, capacity> list_{};
  std::bitset<capacity> seen_{};
  std::size_t count_ = 0;
  bool trusted_ = true;
};

}  // namespace ndmedic
