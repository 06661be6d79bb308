// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/platform_file.h>

#include <span>
#include <utility>

#include <ndmedic/cli/input_file.h>
#include <ndmedic/cli/platform_json.h>

namespace ndmedic::cli {
namespace {

Result<std::string> text_of(const std::string& path) {
  NDMEDIC_TRY(InputFile file, InputFile::open(path));
  std::string text(platform_text_max + 1, '\0');
  NDMEDIC_TRY(const std::size_t size, file.read(std::as_writable_bytes(std::span(text))));
  if (size > platform_text_max)
    return Error{Errc::too_large, {0, platform_text_max}, "description of a platform"};
  text.resize(size);
  return text;
}

}  // namespace

PlatformFile read_platform_file(const std::string& path) {
  PlatformFile file{.path = path};
  const auto text = text_of(path);
  if (!text) {
    file.error = text.error();
    return file;
  }
  PlatformDocument document = read_platform_document(*text);
  file.platform = std::move(document.platform);
  file.complaint = std::move(document.complaint);
  return file;
}

}  // namespace ndmedic::cli
