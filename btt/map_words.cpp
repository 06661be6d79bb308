// SPDX-License-Identifier: BSD-3-Clause
// Clusters of neighbouring map words; a cluster that fails is read word by word.

#include <ndmedic/btt/map_words.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include <ndmedic/format/checked.h>
#include <ndmedic/format/codec.h>

namespace ndmedic {
namespace {

constexpr std::uint32_t gap_max = 1024;       // words
constexpr std::uint32_t cluster_max = 16384;  // words

struct MapWord {
  Le32 word;
};

bool tells_a_state(Errc code) { return is_unreadable(code) || code == Errc::out_of_range; }

class Lookup {
 public:
  Lookup(const Media& media, const Arena& arena) : media_(media), arena_(arena) {}

  Status cluster(std::span<MapQuery> queries) {
    const std::uint64_t begin = arena_.map_entry(queries.front().lba).value;
    const std::uint64_t end = arena_.map_entry(queries.back().lba).value + map_entry_size;
    if (end > media_.size()) return one_by_one(queries);
    const auto run = media_.run_at(begin, end);
    if (run && run->kind == ExtentKind::zero && run->range.size == end - begin) {
      for (MapQuery& query : queries) query.word = MapEntry{};
      return {};
    }
    buffer_.resize(end - begin);
    const Status read = media_.read(begin, buffer_);
    if (!read && !tells_a_state(read.error().code)) return read;
    if (!read) return queries.size() == 1 ? Status{} : one_by_one(queries);
    for (MapQuery& query : queries) {
      const std::uint64_t at = arena_.map_entry(query.lba).value - begin;
      query.word = MapEntry{decode<MapWord>(std::span(buffer_).subspan(at)).word.value()};
    }
    return {};
  }

 private:
  Status one_by_one(std::span<MapQuery> queries) {
    for (MapQuery& query : queries) {
      const std::uint64_t at = arena_.map_entry(query.lba).value;
      if (!lies_within(at, map_entry_size, media_.size())) continue;
      const auto word = read_structure<MapWord>(media_, at);
      if (word) {
        query.word = MapEntry{word->word.value()};
      } else if (!tells_a_state(word.error().code)) {
        return word.error();
      }
    }
    return {};
  }

  const Media& media_;
  const Arena& arena_;
  std::vector<std::byte> buffer_;
};

}  // namespace

Status look_up(const Media& ns, const Arena& arena, std::vector<MapQuery>& queries) {
  std::ranges::sort(queries, {}, [](const MapQuery& query) { return query.lba; });
  Lookup lookup(ns, arena);
  std::size_t first = 0;
  while (first < queries.size()) {
    std::size_t last = first;
    while (last + 1 < queries.size() &&
           queries[last + 1].lba.value - queries[last].lba.value <= gap_max &&
           queries[last + 1].lba.value - queries[first].lba.value < cluster_max)
      ++last;
    NDMEDIC_CHECK(lookup.cluster(std::span(queries).subspan(first, last - first + 1)));
    first = last + 1;
  }
  return {};
}

Status store_map_word(Media& ns, const Arena& arena, PremapLba lba, MapEntry word) {
  const Le32 stored(word.word);
  const std::uint64_t at = arena.map_entry(lba).value;
  NDMEDIC_CHECK(ns.write(at, bytes_of(stored)));
  return ns.flush({at, sizeof stored});
}

}  // namespace ndmedic
