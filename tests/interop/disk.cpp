// SPDX-License-Identifier: BSD-3-Clause
#include "disk.h"

#include <libpmemblk.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <ndmedic/btt/engine.h>
#include <ndmedic/media/file_media.h>
#include <ndmedic/media/mapped_media.h>

#include "pools.h"

namespace interop {
namespace {

using namespace ndmedic;

[[noreturn]] void give_up(std::string_view doing, std::string_view reason) {
  std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(doing.size()), doing.data(),
               static_cast<int>(reason.size()), reason.data());
  std::_Exit(1);
}

class Libpmemblk final : public Disk {
 public:
  Libpmemblk(const std::filesystem::path& path, std::uint32_t bsize)
      : pool_(pmemblk_open(path.c_str(), bsize)) {
    if (pool_ == nullptr) give_up("pmemblk_open", pmemblk_errormsg());
  }
  ~Libpmemblk() override { pmemblk_close(pool_); }
  Libpmemblk(const Libpmemblk&) = delete;
  Libpmemblk& operator=(const Libpmemblk&) = delete;

  std::uint64_t sectors() const override { return pmemblk_nblock(pool_); }
  std::uint32_t sector_size() const override {
    return static_cast<std::uint32_t>(pmemblk_bsize(pool_));
  }
  std::optional<std::vector<std::byte>> read(std::uint64_t lba) override {
    std::vector<std::byte> sector(sector_size());
    if (pmemblk_read(pool_, sector.data(), number(lba)) == 0) return sector;
    if (errno != EIO) give_up("pmemblk_read", pmemblk_errormsg());
    return std::nullopt;
  }
  void write(std::uint64_t first, std::span<const std::byte> bytes) override {
    for (; !bytes.empty(); bytes = bytes.subspan(sector_size()))
      if (pmemblk_write(pool_, bytes.data(), number(first++)) != 0)
        give_up("pmemblk_write", pmemblk_errormsg());
  }
  void zero(std::uint64_t lba) override {
    if (pmemblk_set_zero(pool_, number(lba)) != 0) give_up("pmemblk_set_zero", pmemblk_errormsg());
  }
  void mark_error(std::uint64_t lba) override {
    if (pmemblk_set_error(pool_, number(lba)) != 0)
      give_up("pmemblk_set_error", pmemblk_errormsg());
  }

 private:
  static long long number(std::uint64_t lba) { return static_cast<long long>(lba); }

  PMEMblkpool* pool_;
};

std::unique_ptr<Media> open_media(Side side, const std::filesystem::path& path) {
  const auto given = [](auto media) -> std::unique_ptr<Media> {
    if (!media) give_up("opening a pool's file", media.error().what);
    return std::move(*media);
  };
  if (side == Side::ours_for_reading) return given(FileMedia::open_read(path));
  if (side == Side::ours_mapped) return given(MappedMedia::open_write(path));
  return given(FileMedia::open_write(path));
}

class Ours final : public Disk {
 public:
  Ours(Side side, const std::filesystem::path& path) : media_(open_media(side, path)) {
    BttOptions options;
    options.chain = pool_chain(*media_);
    options.writable = side != Side::ours_for_reading;
    options.durability = side == Side::ours_on_file ? Durability::power : Durability::process;
    Findings findings;
    auto btt = Btt::open(*media_, options, findings);
    if (findings.worst() > Severity::needs_recovery)
      give_up("attaching a pool", message_of(findings.list().front()));
    if (!btt) give_up("opening a pool", btt.error().what);
    btt_ = std::move(*btt);
  }

  std::uint64_t sectors() const override { return btt_->sectors(); }
  std::uint32_t sector_size() const override { return btt_->sector_size(); }
  std::optional<std::vector<std::byte>> read(std::uint64_t lba) override {
    std::vector<std::byte> sector(sector_size());
    const Status status = btt_->read({lba}, sector);
    if (status) return sector;
    if (status.error().code != Errc::bad_media || status.error().where != Extent{lba, 1})
      give_up("reading a sector", status.error().what);
    return std::nullopt;
  }
  void write(std::uint64_t first, std::span<const std::byte> bytes) override {
    must("writing sectors", btt_->write({first}, bytes));
  }
  void zero(std::uint64_t lba) override { must("zeroing a sector", btt_->zero({lba}, 1)); }
  void mark_error(std::uint64_t lba) override {
    must("marking a sector", btt_->mark_error({lba}, 1));
  }

 private:
  static void must(std::string_view doing, const Status& status) {
    if (!status) give_up(doing, status.error().what);
  }

  std::unique_ptr<Media> media_;
  std::unique_ptr<Btt> btt_;
};

}  // namespace

void Disk::run(const Operation& operation) {
  const std::uint64_t first = lba_of(operation.place, sectors());
  if (operation.kind == OperationKind::zero) return zero(first);
  if (operation.kind == OperationKind::mark_error) return mark_error(first);
  std::vector<std::byte> bytes(std::size_t{operation.count} * sector_size());
  for (std::uint32_t i = 0; i < operation.count; ++i)
    fill(std::span(bytes).subspan(std::size_t{i} * sector_size(), sector_size()), first + i,
         operation.version);
  write(first, bytes);
}

std::unique_ptr<Disk> open_disk(Side side, const std::filesystem::path& path, std::uint32_t bsize) {
  if (side == Side::libpmemblk) return std::make_unique<Libpmemblk>(path, bsize);
  return std::make_unique<Ours>(side, path);
}

}  // namespace interop
