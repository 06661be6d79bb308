// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/content.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include <ndmedic/format/byte_runs.h>

#ifdef NDMEDIC_HAVE_BLKID
#include <blkid/blkid.h>
#endif

namespace ndmedic {
namespace {

constexpr std::uint64_t probe_window = std::uint64_t{2} << 20;
constexpr std::uint64_t copy_window = std::uint64_t{64} << 10;
constexpr std::uint64_t gap_size = 512;  // what a failed window is read in

/// A file in memory, as sparse as the media, that holds its two ends.
class Ends {
 public:
  Ends() : fd_(::memfd_create("ndmedic-probe", MFD_CLOEXEC)) {}
  ~Ends() {
    if (fd_ >= 0) ::close(fd_);
  }
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;

  int fd() const { return fd_; }

  /// False when the memory file could not be made.
  bool fill(const Media& media) {
    const std::uint64_t size = media.size();
    if (fd_ < 0 || ::ftruncate(fd_, static_cast<off_t>(size)) != 0) return false;
    const std::uint64_t head = std::min(size, probe_window);
    const std::uint64_t tail = std::max(head, size - head);
    return copy(media, {0, head}, copy_window) && copy(media, {tail, size - tail}, copy_window);
  }

  /// Parts that could not be read are holes in the copy.
  bool has_gaps() const { return gaps_; }

 private:
  bool copy(const Media& media, Extent range, std::uint64_t window) {
    std::vector<std::byte> buffer(std::min(range.size, window));
    for (std::uint64_t at = 0; at < range.size; at += buffer.size()) {
      const auto part =
          std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), range.size - at));
      if (!media.read(range.offset + at, part)) {
        gaps_ = gaps_ || window == gap_size;
        if (window > gap_size && !copy(media, {range.offset + at, part.size()}, gap_size))
          return false;
      } else if (!store(range.offset + at, part)) {
        return false;
      }
    }
    return true;
  }

  bool store(std::uint64_t offset, std::span<const std::byte> part) {
    if (all_zero(part)) return true;  // stays a hole
    return ::pwrite(fd_, part.data(), part.size(), static_cast<off_t>(offset)) ==
           static_cast<ssize_t>(part.size());
  }

  bool gaps_ = false;
  int fd_;
};

/// A Linux kernel image: "HdrS" at 0x202 (design: content probe).
bool is_linux_boot(const Media& media) {
  std::array<std::byte, 4> magic{};
  if (media.size() < 0x206 || !media.read(0x202, magic)) return false;
  return std::memcmp(magic.data(), "HdrS", magic.size()) == 0;
}

#ifdef NDMEDIC_HAVE_BLKID
struct FreeProbe {
  void operator()(blkid_probe probe) const { blkid_free_probe(probe); }
};
using Probe = std::unique_ptr<std::remove_pointer_t<blkid_probe>, FreeProbe>;

std::string lookup(const Probe& probe, const char* name) {
  const char* value = nullptr;
  std::size_t size = 0;
  if (blkid_probe_lookup_value(probe.get(), name, &value, &size) != 0 || value == nullptr)
    return {};
  return {value, ::strnlen(value, size)};
}

Content ask_blkid(int fd, std::uint64_t size, std::uint32_t sector_size) {
  Content content{ContentState::nothing, {}, {}, {}, {}, {}};
  Probe probe(blkid_new_probe());
  if (!probe || blkid_probe_set_device(probe.get(), fd, 0, static_cast<blkid_loff_t>(size)) != 0)
    return {};
  blkid_probe_set_sectorsize(probe.get(), sector_size);
  blkid_probe_enable_superblocks(probe.get(), 1);
  blkid_probe_set_superblocks_flags(probe.get(), BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL |
                                                     BLKID_SUBLKS_UUID | BLKID_SUBLKS_VERSION);
  blkid_probe_enable_partitions(probe.get(), 1);
  const int answer = blkid_do_safeprobe(probe.get());
  if (answer == -2) content.state = ContentState::ambiguous;
  if (answer != 0) return content;
  content = {ContentState::found,    lookup(probe, "TYPE"), lookup(probe, "PTTYPE"),
             lookup(probe, "LABEL"), lookup(probe, "UUID"), lookup(probe, "VERSION")};
  if (content.type.empty() && content.partition_table.empty())
    content.state = ContentState::nothing;
  return content;
}
#endif

}  // namespace

std::string_view to_string(ContentState state) {
  switch (state) {
    case ContentState::found:
      return "found";
    case ContentState::nothing:
      return "nothing";
    case ContentState::ambiguous:
      return "ambiguous";
    case ContentState::not_checked:
      break;
  }
  return "not-checked";
}

bool content_probe_available() {
#ifdef NDMEDIC_HAVE_BLKID
  return true;
#else
  return false;
#endif
}

Content probe_content_of(const Media& media, std::uint32_t sector_size) {
  if (is_linux_boot(media)) return {ContentState::found, "linux-boot", {}, {}, {}, {}};
#ifdef NDMEDIC_HAVE_BLKID
  Ends ends;
  if (!ends.fill(media)) return {};
  Content content = ask_blkid(ends.fd(), media.size(), sector_size);
  if (content.state == ContentState::nothing && ends.has_gaps())
    content.state = ContentState::not_checked;
  return content;
#else
  (void)sector_size;
  return {};
#endif
}

}  // namespace ndmedic
