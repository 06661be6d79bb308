// SPDX-License-Identifier: BSD-3-Clause
// The schemas in docs/schema, and whether a document keeps to one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace ndmedic::cli::test {

/// docs/schema/NAME.schema.json, as a draft 7 schema.
class JsonSchema {
 public:
  /// With `definition`, a document must be what #/definitions/<definition> says.
  explicit JsonSchema(const std::string& name, const std::string& definition = {});
  ~JsonSchema();
  JsonSchema(const JsonSchema&) = delete;
  JsonSchema& operator=(const JsonSchema&) = delete;

  /// What does not hold, one line each; empty when `document`, JSON text, keeps to the schema.
  std::string complaints(std::string_view document) const;

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace ndmedic::cli::test
