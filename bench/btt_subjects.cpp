// SPDX-License-Identifier: BSD-3-Clause
#include "btt_subjects.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <iostream>

#include <ndmedic/btt/attach.h>
#include <ndmedic/btt/engine.h>
#include <ndmedic/btt/layout.h>
#include <ndmedic/btt/mapped_access.h>
#include <ndmedic/media/file_media.h>
#include <ndmedic/media/mapped_media.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#ifdef NDMEDIC_HAS_PMEMBLK
#include <libpmemblk.h>
#endif

namespace ndmedic::bench {
namespace {

[[noreturn]] void give_up(const std::string& what) {
  std::cerr << "bench: " << what << '\n';
  std::exit(1);
}

class EngineSectors final : public Sectors {
 public:
  EngineSectors(const std::string& path, std::uint64_t size, std::uint32_t sector_size,
                bool mapped) {
    make_file(path, size);
    if (mapped) {
      auto media = MappedMedia::open_write(path);
      if (!media || !(*media)->is_persistent_memory()) give_up("no persistent mapping of " + path);
      media_ = std::move(*media);
    } else {
      auto media = FileMedia::open_write(path);
      if (!media) give_up("cannot open " + path);
      media_ = std::move(*media);
    }
    FormatPlan plan;
    plan.external_lbasize = sector_size;
    if (!format_btt(*media_, plan)) give_up("cannot format " + path);
    BttOptions options;
    options.writable = true;
    options.chain.version = plan.version;
    Findings findings;
    auto btt = Btt::open(*media_, options, findings);
    if (!btt) give_up("cannot open the BTT");
    btt_ = std::move(*btt);
  }

  std::uint64_t count() const override { return btt_->sectors(); }
  void read(std::uint64_t lba, std::span<std::byte> into) override {
    if (!btt_->read({lba}, into)) give_up("engine: read");
  }
  void write(std::uint64_t lba, std::span<const std::byte> from) override {
    if (!btt_->write({lba}, from)) give_up("engine: write");
  }

  std::vector<std::uint64_t> places() const override {
    Findings findings;
    ChainOptions options;
    const auto attachment = read_attachment(*media_, options, findings);
    if (!attachment) give_up("cannot read the BTT");
    std::vector<std::uint64_t> places;
    for (const SectorArena& sectors : attachment->sectors) {
      const Arena& arena = sectors.arena;
      for (std::uint32_t lba = 0; lba < arena.geometry.external_nlba; ++lba) {
        Le32 word;
        if (!media_->read(arena.map_entry({lba}).value,
                          std::as_writable_bytes(std::span(&word, 1))))
          give_up("cannot read the map");
        places.push_back(arena.block(MapEntry{word.value()}.postmap({lba})).value);
      }
    }
    return places;
  }

 private:
  std::unique_ptr<Media> media_;
  std::unique_ptr<Btt> btt_;
};

#ifdef NDMEDIC_HAS_PMEMBLK
class PeerSectors final : public Sectors {
 public:
  PeerSectors(const std::string& path, std::uint64_t size, std::uint32_t sector_size)
      : sector_size_(sector_size) {
    make_file(path, size);
    pool_ = pmemblk_create(path.c_str(), sector_size, 0, 0600);
    if (pool_ == nullptr) give_up(std::string("libpmemblk: ") + pmemblk_errormsg());
  }
  ~PeerSectors() override { pmemblk_close(pool_); }

  std::uint64_t count() const override { return pmemblk_nblock(pool_); }
  void read(std::uint64_t lba, std::span<std::byte> into) override {
    for (; !into.empty(); into = into.subspan(sector_size_), ++lba)
      if (pmemblk_read(pool_, into.data(), static_cast<long long>(lba)) != 0)
        give_up("libpmemblk: read");
  }
  void write(std::uint64_t lba, std::span<const std::byte> from) override {
    for (; !from.empty(); from = from.subspan(sector_size_), ++lba)
      if (pmemblk_write(pool_, from.data(), static_cast<long long>(lba)) != 0)
        give_up("libpmemblk: write");
  }

 private:
  std::uint32_t sector_size_;
  PMEMblkpool* pool_ = nullptr;
};
#endif

/// Works through MappedAccess's own stores and fences, the fastest this machine was found to have.
class FloorSectors final : public Sectors {
 public:
  FloorSectors(const std::string& path, std::uint64_t size, std::uint32_t sector_size, Floor floor)
      : sector_size_(sector_size), floor_(floor) {
    make_file(path, size);
    auto media = MappedMedia::open_write(path);
    if (!media) give_up("cannot map " + path);
    media_ = std::move(*media);
    window_ = media_->traits().direct;
    std::memset(window_.data(), 1, window_.size());
    for (std::uint64_t at = 0; at < map_size; at += 4) {
      const auto word = static_cast<std::uint32_t>(at / 4 % count());
      std::memcpy(window_.data() + at, &word, sizeof word);
    }
  }

  /// Sectors lie in `places`, bytes of the file, from here on.
  void lie_in(std::vector<std::uint64_t> places) override { places_ = std::move(places); }

  std::uint64_t count() const override {
    return places_.empty() ? (window_.size() - head_size) / sector_size_ : places_.size();
  }

  void read(std::uint64_t lba, std::span<std::byte> into) override {
    if (floor_ == Floor::look_up) {
      std::uint32_t word = 0;
      std::memcpy(&word, window_.data() + map_word(lba), sizeof word);
      lba = word;
    }
    for (std::size_t at = 0; at < into.size(); at += sector_size_)
      std::memcpy(into.data() + at, place(lba + at / sector_size_), sector_size_);
  }

  void write(std::uint64_t lba, std::span<const std::byte> from) override {
    thread_local const unsigned thread = thread_number();
    MappedAccess access(window_, true);
    if (floor_ == Floor::look_up) access.will_load(map_word(lba));
    for (std::size_t at = 0; at < from.size(); at += sector_size_)
      stream_copy(place(lba + at / sector_size_), from.data() + at, sector_size_);
    AccessContext context;
    if (floor_ != Floor::copy) write_metadata(access, context, thread, lba);
    access.fence(context, Site::map);
  }

 private:
  /// Everything but the last fence.
  void write_metadata(MappedAccess& access, AccessContext& context, unsigned thread,
                      std::uint64_t lba) {
    const std::uint64_t record = map_size + std::uint64_t{thread % 256} * 64;
    std::uint32_t word = 0;
    if (floor_ == Floor::look_up) access.load_words(context, map_word(lba), {&word, 1});
    FlogImage image;
    image.units.fill(lba | std::uint64_t{word} << 32);
    const FlogHalf first{&image, 0};
    const FlogHalf second{&image, 1};
    access.store_halves(context, Site::first_half, record, {&first, 1});
    access.fence(context, Site::data);
    access.store_halves(context, Site::second_half, record, {&second, 1});
    access.fence(context, Site::second_half);
    if (floor_ == Floor::look_up) {
      access.store_words(context, Site::map, map_word(lba), {&word, 1});
      access.write_back(context, Site::map, {map_word(lba), sizeof word});
      return;
    }
    // The fastest store of a word that was not read before.
#if defined(__x86_64__)
    _mm_stream_si32(reinterpret_cast<int*>(window_.data() + map_word(lba)), static_cast<int>(lba));
#else
    access.store_words(context, Site::map, map_word(lba), {&word, 1});
#endif
  }

  static constexpr std::uint64_t map_size = std::uint64_t{16} << 20;
  static constexpr std::uint64_t head_size = map_size + (std::uint64_t{64} << 10);

  static std::uint64_t map_word(std::uint64_t lba) { return lba * 4 % map_size; }

  std::byte* place(std::uint64_t lba) {
    return window_.data() + (places_.empty() ? head_size + lba * sector_size_ : places_[lba]);
  }

  std::uint32_t sector_size_;
  Floor floor_;
  std::unique_ptr<MappedMedia> media_;
  std::span<std::byte> window_;
  std::vector<std::uint64_t> places_;
};

}  // namespace

void make_file(const std::string& path, std::uint64_t size) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  const std::vector<char> zeros(1 << 20);
  bool made = file >= 0;
  for (std::uint64_t at = 0; made && at < size; at += zeros.size())
    made = ::write(file, zeros.data(), zeros.size()) == static_cast<ssize_t>(zeros.size());
  if (!made || ::fsync(file) != 0) give_up("cannot write " + path);
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

std::unique_ptr<Sectors> engine_sectors(const std::string& path, std::uint64_t size,
                                        std::uint32_t sector_size, bool mapped) {
  return std::make_unique<EngineSectors>(path, size, sector_size, mapped);
}

std::unique_ptr<Sectors> peer_sectors(const std::string& path, std::uint64_t size,
                                      std::uint32_t sector_size) {
#ifdef NDMEDIC_HAS_PMEMBLK
  return std::make_unique<PeerSectors>(path, size, sector_size);
#else
  static_cast<void>(path), static_cast<void>(size), static_cast<void>(sector_size);
  return nullptr;
#endif
}

std::unique_ptr<Sectors> floor_sectors(const std::string& path, std::uint64_t size,
                                       std::uint32_t sector_size, Floor floor) {
  return std::make_unique<FloorSectors>(path, size, sector_size, floor);
}

}  // namespace ndmedic::bench
