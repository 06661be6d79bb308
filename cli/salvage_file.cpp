// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/salvage_file.h>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/new_file.h>
#include <ndmedic/media/file_media.h>

namespace ndmedic::cli {
namespace {

constexpr std::uint64_t salvage_max = std::uint64_t{1} << 30;
constexpr std::uint64_t page = 4096;

Json entry_json(const SalvagedBlock& kept, std::uint64_t offset) {
  Json entry = {
      {"namespace", kept.block.ns},  {"arena", kept.block.arena}, {"block", kept.block.block.value},
      {"candidates", Json::array()}, {"offset", offset},          {"size", kept.content.size()}};
  for (const ExternalLba lba : kept.block.candidates) entry["candidates"].push_back(lba.value);
  return entry;
}

/// The head for contents that begin at `first`.
std::string head_text(std::span<const SalvagedBlock> blocks, std::uint64_t first) {
  Json json = {{"format", "ndmedic-salvage"}, {"version", 1}, {"blocks", Json::array()}};
  for (const SalvagedBlock& kept : blocks) {
    json["blocks"].push_back(entry_json(kept, first));
    first += kept.content.size();
  }
  return json.dump();
}

}  // namespace

Result<std::vector<SalvagedBlock>> read_salvage(const ImageTree& tree,
                                                std::span<const Repair> repairs) {
  std::vector<SalvagedBlock> all;
  std::uint64_t total = 0;
  for (const Repair& repair : repairs)
    for (const SalvageBlock& block : repair.salvage) {
      const NamespaceImage& ns = tree.namespaces[block.ns];
      const ArenaImage& image = ns.btt->arenas[block.arena];
      const Arena& arena = ns.btt->arena(image);
      total += arena.geometry.internal_lbasize;
      if (total > salvage_max) return Error{Errc::too_large, {}, "blocks to salvage"};
      SalvagedBlock kept{block, std::vector<std::byte>(arena.geometry.internal_lbasize)};
      NDMEDIC_CHECK(ns.media->read(arena.block(block.block).value, kept.content));
      all.push_back(std::move(kept));
    }
  return all;
}

Status write_salvage(const std::string& path, std::span<const SalvagedBlock> blocks) {
  std::uint64_t first = page;
  std::string head = head_text(blocks, first);
  while (head.size() + 1 > first) {
    first = (head.size() + 16 * blocks.size()) / page * page + page;
    head = head_text(blocks, first);
  }
  head.resize(first - 1, ' ');
  head += '\n';
  std::uint64_t size = first;
  for (const SalvagedBlock& kept : blocks) size += kept.content.size();
  NDMEDIC_TRY(const auto file, NewFile::make(path, size, NewFileKind::private_));
  NDMEDIC_TRY(const auto media, FileMedia::open_write(path));
  NDMEDIC_CHECK(media->write(0, std::as_bytes(std::span(head))));
  for (const SalvagedBlock& kept : blocks) {
    NDMEDIC_CHECK(media->write(first, kept.content));
    first += kept.content.size();
  }
  NDMEDIC_CHECK(media->flush({0, size}));
  NDMEDIC_CHECK(media->fence());
  file->keep();
  return {};
}

}  // namespace ndmedic::cli
