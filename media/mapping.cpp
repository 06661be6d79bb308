// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/mapping.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include <ndmedic/media/file_descriptor.h>

#ifdef NDMEDIC_HAS_PMEM2
#include <libpmem2.h>
#endif

namespace ndmedic {
namespace {

class PageMapping final : public Mapping {
 public:
  explicit PageMapping(std::span<std::byte> window) : Mapping(window) {}
  ~PageMapping() override {
    if (!window().empty()) ::munmap(window().data(), window().size());
  }
  bool is_persistent_memory() const override { return false; }
  void write_back(std::span<const std::byte>) const override {}
  int sync(std::span<const std::byte> bytes) const override {
    static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const auto first = static_cast<std::size_t>(bytes.data() - window().data());
    const std::size_t lead = first % page;
    std::byte* begin = window().data() + (first - lead);
    return ::msync(begin, bytes.size() + lead, MS_SYNC) == 0 ? 0 : errno;
  }
};

#ifdef NDMEDIC_HAS_PMEM2
struct DeletePmem2 {
  void operator()(pmem2_config* config) const { pmem2_config_delete(&config); }
  void operator()(pmem2_source* source) const { pmem2_source_delete(&source); }
  void operator()(pmem2_map* map) const { pmem2_map_delete(&map); }
};
template <class T>
using Pmem2 = std::unique_ptr<T, DeletePmem2>;

class PersistentMapping final : public Mapping {
 public:
  explicit PersistentMapping(Pmem2<pmem2_map> map)
      : Mapping({static_cast<std::byte*>(pmem2_map_get_address(map.get())),
                 pmem2_map_get_size(map.get())}),
        persist_(pmem2_get_persist_fn(map.get())),
        map_(std::move(map)) {}
  bool is_persistent_memory() const override { return true; }
  void write_back(std::span<const std::byte> bytes) const override {
    persist_(bytes.data(), bytes.size());
  }
  int sync(std::span<const std::byte>) const override { return 0; }

 private:
  pmem2_persist_fn persist_;
  Pmem2<pmem2_map> map_;
};

/// Null where the file is not on persistent memory, or libpmem2 cannot tell.
std::unique_ptr<Mapping> map_persistent(int fd, std::uint64_t size, bool writable) {
  pmem2_config* raw_config = nullptr;
  pmem2_source* raw_source = nullptr;
  pmem2_map* raw_map = nullptr;
  if (pmem2_config_new(&raw_config) != 0) return nullptr;
  const Pmem2<pmem2_config> config(raw_config);
  if (pmem2_source_from_fd(&raw_source, fd) != 0) return nullptr;
  const Pmem2<pmem2_source> source(raw_source);
  if (pmem2_config_set_required_store_granularity(raw_config, PMEM2_GRANULARITY_CACHE_LINE) != 0 ||
      pmem2_config_set_length(raw_config, size) != 0)
    return nullptr;
  if (!writable && pmem2_config_set_protection(raw_config, PMEM2_PROT_READ) != 0) return nullptr;
  if (pmem2_map_new(&raw_map, raw_config, raw_source) != 0) return nullptr;
  return std::make_unique<PersistentMapping>(Pmem2<pmem2_map>(raw_map));
}
#else
std::unique_ptr<Mapping> map_persistent(int, std::uint64_t, bool) { return nullptr; }
#endif

}  // namespace

Result<std::unique_ptr<Mapping>> Mapping::map(int fd, std::uint64_t size, bool writable) {
  if (size == 0) return std::unique_ptr<Mapping>(new PageMapping({}));
  if (auto persistent = map_persistent(fd, size, writable)) return persistent;
  const int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  void* address = ::mmap(nullptr, size, protection, MAP_SHARED, fd, 0);
  if (address == MAP_FAILED) return system_error(errno, {0, size}, "mapping");
  return std::unique_ptr<Mapping>(new PageMapping({static_cast<std::byte*>(address), size}));
}

}  // namespace ndmedic
