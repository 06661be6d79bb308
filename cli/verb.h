// SPDX-License-Identifier: BSD-3-Clause
// The options of a verb, in the few kinds there are. CLI11 stays behind this header: compiling its
// own takes longer than compiling any verb.
#pragma once

#include <climits>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include <ndmedic/cli/command.h>

namespace ndmedic::cli {

/// Thrown while a value is taken, for one that is not what the option wants; wrong usage.
class WrongValue : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A verb of the program, or of another verb. `names` are an option's as the help shows them
/// ("-v,--verbose"), `type` the word for its value. What is stored into must live until the verb
/// has run. Copies name the same verb.
class Verb {
 public:
  Verb(CLI::App& parent, const std::string& name, const std::string& help);
  Verb(const Verb& parent, const std::string& name, const std::string& help)
      : Verb(parent.app_, name, help) {}

  /// Printed below the options.
  void footer(const std::string& text) const;
  /// It does nothing itself: one of the verbs below must follow.
  void needs_verb() const;
  /// What the program does when this verb is chosen.
  void runs(Run& chosen, Run run) const;

  void flag(const std::string& names, bool& value, const std::string& help) const;
  /// `take` may throw WrongValue.
  void option(const std::string& names, const std::string& type,
              std::function<void(const std::string&)> take, const std::string& help) const;
  /// option() without which the verb does not run.
  void required_option(const std::string& names, const std::string& type,
                       std::function<void(const std::string&)> take, const std::string& help) const;
  /// As parse_size() reads it.
  void size(const std::string& names, std::function<void(std::uint64_t)> take,
            const std::string& help) const;
  /// A plain number, decimal or 0x.
  void number(const std::string& names, std::function<void(std::uint64_t)> take,
              const std::string& help) const;
  void choice(const std::string& names, const std::string& type,
              std::initializer_list<std::string> words,
              std::function<void(const std::string&)> take, const std::string& help) const;
  /// choice() that may be given several times; `take` is called for each.
  void choices(const std::string& names, const std::string& type,
               std::initializer_list<std::string> words,
               std::function<void(const std::string&)> take, const std::string& help) const;
  /// May be given several times, with one value each.
  void list(const std::string& names, const std::string& type, std::vector<std::string>& values,
            const std::string& help) const;
  /// Arguments by position.
  void arguments(const std::string& name, std::vector<std::string>& values, int least,
                 const std::string& help, int most = INT_MAX) const;
  /// The two options do not go together.
  void excludes(const std::string& one, const std::string& other) const;

 private:
  CLI::App& app_;
};

}  // namespace ndmedic::cli
