// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/copy.h>

#include <algorithm>
#include <vector>

namespace ndmedic {
namespace {

constexpr std::uint64_t window_size = std::uint64_t{1} << 20;

Status copy_run(const Media& from, Media& to, Extent range) {
  std::vector<std::byte> window(std::min(range.size, window_size));
  for (std::uint64_t done = 0; done < range.size;) {
    const auto part = std::span(window).first(std::min(window_size, range.size - done));
    NDMEDIC_CHECK(from.read(range.offset + done, part));
    NDMEDIC_CHECK(to.write(range.offset + done, part));
    done += part.size();
  }
  return {};
}

}  // namespace

Status copy_data(const Media& from, Media& to) {
  Status status;
  NDMEDIC_CHECK(for_each_run(from, {0, from.size()}, [&](const ExtentRun& run) {
    if (run.kind == ExtentKind::data) status = copy_run(from, to, run.range);
    if (run.kind == ExtentKind::absent) status = Error{Errc::absent, run.range, "copy"};
    if (run.kind == ExtentKind::bad) status = Error{Errc::bad_media, run.range, "copy"};
    return status.has_value();
  }));
  NDMEDIC_CHECK(status);
  NDMEDIC_CHECK(to.flush({0, from.size()}));
  return to.fence();
}

}  // namespace ndmedic
