// SPDX-License-Identifier: BSD-3-Clause
// DIMMs that `create dimm` and `create namespace` made, in a guest: what they told is compared with
// what Linux finds, and what Linux and ndctl leave with what is read here.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "guest.h"
#include "images.h"

namespace kernel_test {

/// A DIMM to make; its place in a list is the slot.
struct Wanted {
  std::string label_size = "128K";  ///< "0": none
  std::string version = "1.2";
  std::string size{};
  std::vector<std::string> namespaces{};  ///< as --namespace takes them; "victim" is replaced
  bool one_by_one = false;                ///< by `create namespace`, in a DIMM that exists
  std::vector<std::string> options{};     ///< of the command
};

/// A guest with these DIMMs that has come to its end: an ext4 on every block device, and ndctl made
/// namespaces of `new_mode` of those called "victim" and of those without labels.
class Provisioned {
 public:
  Provisioned(const std::vector<Wanted>& wanted, std::string new_mode);

  /// Linux lists exactly what was made; both read the same labels; what is left is sound, and of
  /// the new mode where it was replaced.
  void check() const;

  std::size_t replaced() const { return told("replaced "); }
  std::size_t filled() const { return told("filled "); }  ///< block devices

 private:
  void make(const Wanted& wanted);
  void make_one_by_one(const Wanted& wanted, const std::vector<std::string>& target,
                       nlohmann::json& dimm);
  void boot_guest();
  std::string dump() const;
  std::size_t told(const std::string& head) const;
  std::size_t dimm_of(const std::string& dev) const;
  nlohmann::json entry_of(const nlohmann::json& listed, std::size_t dimm,
                          const nlohmann::json& ns) const;
  void check_namespace(const nlohmann::json& entry, const nlohmann::json& ns) const;
  void check_what_is_left() const;

  std::string new_mode_;
  ScratchFolder scratch_{};
  std::vector<Dimm> dimms_{};
  std::vector<nlohmann::json> made_{};  ///< what the commands told of each
  std::string labels_before_{};
  BootResult guest_{};
};

}  // namespace kernel_test
