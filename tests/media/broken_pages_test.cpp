// SPDX-License-Identifier: BSD-3-Clause
// A file cut under its mapping: watched windows note the page, later accesses ask and are told.
#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <fstream>

#include <ndmedic/media/broken_pages.h>
#include <ndmedic/media/mapped_media.h>

namespace ndmedic {
namespace {

TEST_CASE("a watched page that is not there reads as zeros and is told, its neighbours are not") {
  const auto path = std::filesystem::temp_directory_path() / "ndmedic-broken-pages";
  std::ofstream(path) << "x";
  std::filesystem::resize_file(path, 3 * 4096);
  {
    auto media = MappedMedia::open_write(path);
    REQUIRE(media);
    const std::span<std::byte> window = (*media)->traits().direct;
    const WatchedWindow watched(window);
    REQUIRE(watched.watched());
    CHECK_FALSE(is_broken(window));
    std::filesystem::resize_file(path, 4096);

    const volatile std::byte* const bytes = window.data();
    CHECK(bytes[4096 + 100] == std::byte{0});
    CHECK(is_broken(window.subspan(4096 + 100, 1)));
    CHECK(is_broken(window));
    CHECK_FALSE(is_broken(window.first(4096)));
    CHECK_FALSE(is_broken(window.subspan(8192)));
    CHECK(broken_part(window.subspan(50)).data() == window.data() + 4096);
    CHECK(broken_part(window.subspan(4100)).data() == window.data() + 4100);
    CHECK(broken_part(window.subspan(4100)).size() == 4092);

    // The mapping itself must not take the page for zeros.
    std::array<std::byte, 8> into{};
    const Status status = (*media)->read(5000, into);
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Errc::bad_media);
    CHECK(status.error().where == Extent{5000, 8});
    CHECK((*media)->read(0, into));
  }
  CHECK(broken_page_count.load() == 0);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace ndmedic
