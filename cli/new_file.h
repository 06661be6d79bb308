// SPDX-License-Identifier: BSD-3-Clause
// A file that a command makes, and takes away again when it does not come to its end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <ndmedic/format/result.h>

namespace ndmedic::cli {

enum class NewFileKind : std::uint8_t {
  sparse,   ///< as others may read it
  private_  ///< its room is taken at once; only its owner may read it
};

/// A file of zeros that is removed again unless it is kept.
class NewFile {
 public:
  /// Its name is durable. Errors: those of the system (EEXIST: it exists already).
  static Result<std::unique_ptr<NewFile>> make(const std::string& path, std::uint64_t size,
                                               NewFileKind kind = NewFileKind::sparse);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  void keep() { path_.clear(); }

 private:
  explicit NewFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace ndmedic::cli
