// SPDX-License-Identifier: BSD-3-Clause
// A mapped file that is cut under the engine: SIGBUS becomes an Error, and no lock stays held.
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include <ndmedic/media/mapped_media.h>

#include "opened_btt.h"

namespace ndmedic::test {
namespace {

constexpr std::uint32_t sector = 4096;
constexpr std::uint64_t mapoff = 0xFF7000;
constexpr std::uint64_t flogoff = 0xFFB000;

class MappedFile {
 public:
  MappedFile() {
    std::string name = std::filesystem::temp_directory_path() / "btt-XXXXXX";
    const int descriptor = ::mkstemp(name.data());
    REQUIRE(descriptor >= 0);
    path_ = name;
    BttBuilder builder;
    cut(builder.media().size());
    ::close(descriptor);
    auto media = MappedMedia::open_write(path_);
    REQUIRE(media);
    media_ = std::move(*media);
    REQUIRE(copy_data(builder.media(), *media_));
    BttOptions options = writable_options({});
    options.durability = Durability::process;
    auto opened = Btt::open(*media_, options, findings_);
    REQUIRE(opened);
    btt_ = std::move(*opened);
  }
  ~MappedFile() { std::filesystem::remove(path_); }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  void cut(std::uint64_t size) { std::filesystem::resize_file(path_, size); }
  Btt* operator->() { return btt_.get(); }
  Btt& operator*() { return *btt_; }

 private:
  std::filesystem::path path_;
  std::unique_ptr<MappedMedia> media_;
  Findings findings_;
  std::unique_ptr<Btt> btt_;
};

void check_fault(const Status& status, std::uint64_t lba) {
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Errc::bad_media);
  CHECK(status.error().where == Extent{lba, 1});
}

TEST_CASE("cut before the flog: reading goes on, writing has no lane, zeroing needs none") {
  MappedFile btt;
  REQUIRE(btt->write({7}, contents(7, 3, 1, sector)));
  btt.cut(flogoff);
  for (int i = 0; i < 2; ++i) {
    check_fault(btt->write({8}, content(8, 2, sector)), 8);
    CHECK(read_back(*btt, 7, 3) == contents(7, 3, 1, sector));
  }
  CHECK(btt->zero({9}, 1));
  CHECK(read_back(*btt, 9, 1) == std::vector<std::byte>(sector));
}

TEST_CASE("cut within the map: the first sector behind is named, locks are free again") {
  MappedFile btt;
  REQUIRE(btt->write({1000}, contents(1000, 100, 1, sector)));
  btt.cut(mapoff + 4096);  // LBAs 0..1023
  std::vector<std::byte> into(100 * sector);
  check_fault(btt->read({1000}, into), 1024);
  CHECK(read_back(*btt, 1000, 24) == contents(1000, 24, 1, sector));
  for (int i = 0; i < 2; ++i) {
    check_fault(btt->write({1030}, content(1030, 2, sector)), 1030);
    check_fault(btt->zero({1030}, 1), 1030);
    check_fault(btt->mark_error({1024}, 1), 1024);
  }
}

TEST_CASE("cut while threads read and write: every call comes back") {
  MappedFile btt;
  std::atomic<unsigned> started{0};
  const auto work = [&](std::uint64_t first, bool reads) {
    std::vector<std::byte> bytes(8 * sector);
    for (std::uint32_t i = 0;; ++i) {
      const Status status = reads ? btt->read({first}, bytes) : btt->write({first + i % 8}, bytes);
      if (i == 3) ++started;
      if (!status) return;
    }
  };
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 4; ++i) threads.emplace_back(work, i / 2 * 4, i % 2 == 1);
  while (started < 4) std::this_thread::yield();
  btt.cut(4096);
  for (std::thread& thread : threads) thread.join();
  std::vector<std::byte> one(sector);
  CHECK_FALSE(btt->read({0}, one));
  CHECK_FALSE(btt->write({0}, one));
  CHECK_FALSE(btt->zero({0}, 1));
}

}  // namespace
}  // namespace ndmedic::test
