// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/content.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#ifdef NDMEDIC_HAVE_BLKID
#include <blkid/blkid.h>
#endif

namespace ndmedic {
namespace {

constexpr std::uint64_t probe_window = std::uint64_t{2} << 20;
constexpr std::uint64_t copy_window = std::uint64_t{64} << 10;

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

  Status fill(const Media& media) {
    const std::uint64_t size = media.size();
    if (fd_ < 0 || ::ftruncate(fd_, static_cast<off_t>(size)) != 0)
      return Error{Errc::io, {0, size}, "memory file", errno};
    const std::uint64_t head = std::min(size, probe_window);
    NDMEDIC_CHECK(copy(media, {0, head}));
    const std::uint64_t tail = std::max(head, size - std::min(size, probe_window));
    return copy(media, {tail, size - tail});
  }

 private:
  Status copy(const Media& media, Extent range) {
    std::vector<std::byte> buffer(std::min(range.size, copy_window));
    for (std::uint64_t at = 0; at < range.size; at += buffer.size()) {
      const std::size_t size = std::min<std::uint64_t>(buffer.size(), range.size - at);
      const std::span<std::byte> part(buffer.data(), size);
      NDMEDIC_CHECK(media.read(range.offset + at, part));
      const bool zero =
          std::all_of(part.begin(), part.end(), [](auto b) { return b == std::byte{}; });
      if (zero) continue;  // stays a hole
      const auto written =
          ::pwrite(fd_, buffer.data(), size, static_cast<off_t>(range.offset + at));
      if (written != static_cast<ssize_t>(size))
        return Error{Errc::io, {range.offset + at, size}, "memory file", errno};
    }
    return {};
  }

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

std::optional<Content> ask_blkid(int fd, std::uint64_t size) {
  Probe probe(blkid_new_probe());
  if (!probe || blkid_probe_set_device(probe.get(), fd, 0, static_cast<blkid_loff_t>(size)) != 0)
    return {};
  blkid_probe_enable_superblocks(probe.get(), 1);
  blkid_probe_set_superblocks_flags(probe.get(), BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL |
                                                     BLKID_SUBLKS_UUID | BLKID_SUBLKS_VERSION);
  blkid_probe_enable_partitions(probe.get(), 1);
  if (blkid_do_safeprobe(probe.get()) != 0) return {};
  Content content{lookup(probe, "TYPE"), lookup(probe, "PTTYPE"), lookup(probe, "LABEL"),
                  lookup(probe, "UUID"), lookup(probe, "VERSION")};
  if (content.type.empty() && content.partition_table.empty()) return {};
  return content;
}
#endif

}  // namespace

bool content_probe_available() {
#ifdef NDMEDIC_HAVE_BLKID
  return true;
#else
  return false;
#endif
}

Result<std::optional<Content>> probe_content(const Media& media) {
  if (is_linux_boot(media)) return std::optional<Content>(Content{"linux-boot", {}, {}, {}, {}});
#ifdef NDMEDIC_HAVE_BLKID
  Ends ends;
  NDMEDIC_CHECK(ends.fill(media));
  return ask_blkid(ends.fd(), media.size());
#else
  return std::optional<Content>();
#endif
}

}  // namespace ndmedic
