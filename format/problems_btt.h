// SPDX-License-Identifier: BSD-3-Clause
// Chapter of the problem catalogue (problems.h): info blocks and chain of arenas, flog, map.
// 301..329 info blocks, 330..349 chain, 350..399 flog, 400..419 map,
// 420..449 owners of blocks.
#pragma once

// clang-format off
#define NDMEDIC_BTT_PROBLEMS(X)                                                                    \
  X(301, info_primary_bad, damage, safe, "IB-01",                                                  \
    "arena {arena}: the primary info block at {offset} cannot be trusted; the backup can",         \
    "Linux never reads the backup: it shows the namespace as raw, and formats it anew when "       \
    "the BTT device is enabled. libpmemblk reads zeros and formats anew at the first write. A "    \
    "repair copies the backup over the primary.")                                                  \
  X(302, info_primary_wiped, damage, manual, "FO-08 IB-01",                                        \
    "arena {arena}: the start of the namespace is zero, but the backup info block is intact",      \
    "Destroying a namespace zeroes its first 8192 bytes and leaves the rest, so this looks "       \
    "the same whether it was meant or not. Linux shows the namespace as raw. The backup is "       \
    "copied over the primary only on request; with the info block at 0, some data blocks are "     \
    "lost as well.")                                                                               \
  X(303, info_backup_bad, damage, safe, "IB-02",                                                   \
    "arena {arena}: the backup info block at {offset} cannot be trusted; the primary can",         \
    "Linux and libpmemblk do not look at the backup, so nothing shows until the primary is "       \
    "lost too. A repair copies the primary over the backup.")                                      \
  X(304, info_flags_differ, damage, safe, "IB-03 CC-8",                                            \
    "arena {arena}: the info blocks differ in their flags: primary {primary}, backup {backup}",    \
    "An update of the error flag was cut off between the two copies. Linux and libpmemblk go "     \
    "by the primary. A repair sets the flags of either in both, the backup first.")                \
  X(305, info_generations_differ, damage, manual, "IB-04 CC-8",                                    \
    "arena {arena}: both info blocks are consistent, but they describe different BTTs",            \
    "Only flags ever change after a format, so one copy is left from an older one. Linux and "     \
    "libpmemblk go by the primary. Which copy fits the flog and the map decides; a repair "        \
    "needs the operator's choice.")                                                                \
  X(306, info_lost, data_loss, manual, "IB-06 V-1 V-2",                                            \
    "arena {arena}: neither info block can be used; the place of its data is unknown",             \
    "Linux shows the namespace as raw, libpmemblk reads zeros; both format anew when asked to "    \
    "write. The blocks can often be rebuilt from the sector size and a flog found where the "      \
    "geometry puts it.")                                                                           \
  X(307, info_field_bad, damage, manual, "IB-07 V-5 V-6 V-7 V-8 V-9 V-10 V-11",                    \
    "arena {arena}: the info block at {offset} has a valid checksum and an impossible "            \
    "{field}: {read}",                                                                             \
    "Linux and libpmemblk do not test most fields and would read metadata as data. The block "     \
    "is treated as invalid: a repair copies the other one over it, or rebuilds it when there "     \
    "is none.")                                                                                    \
  X(308, arena_error_flag, damage, manual, "IB-08 V-16",                                           \
    "arena {arena}: the error flag is set",                                                        \
    "Linux and libpmemblk serve reads and refuse writes. libpmemblk sets the flag when a map "     \
    "write failed; Linux never does. A repair clears it after a complete check without "           \
    "findings.")                                                                                   \
  X(309, info_reserved_nonzero, note, none, "IB-09",                                               \
    "arena {arena}: reserved bytes of the info block are not zero",                                \
    "A newer format or a foreign writer. Linux and libpmemblk ignore the bytes, and a repair "     \
    "leaves them.")                                                                                \
  X(310, info_parent_foreign, damage, manual, "IB-10 V-3",                                         \
    "arena {arena}: the info block belongs to {read}, but the surrounding is {expected}",          \
    "Linux shows the namespace as raw, and libpmemblk takes the pool for never written. It is "    \
    "a BTT of an earlier namespace, or the image was copied, or the uuid was changed. Writing "    \
    "the new uuid into both info blocks needs the operator's decision.")                           \
  X(311, info_parent_null, note, none, "IB-11 IB-4",                                               \
    "arena {arena}: the info block names no parent; the namespace is {expected}",                  \
    "Linux takes a null parent for a match, so this BTT shows up in any namespace that is put "    \
    "over it. Writing the uuid is optional.")                                                      \
  X(312, info_parent_null_pool, damage, manual, "IB-11 IB-4 D-15",                                 \
    "arena {arena}: the info block names no parent; the pool is {expected}",                       \
    "libpmemblk wants equality: it takes the pool for never written, reads zeros and formats "     \
    "anew at the first write. A repair writes the uuid into both info blocks.")                    \
  X(313, info_version_unknown, damage, manual, "IB-12 V-4",                                        \
    "arena {arena}: the info block has version {read}",                                            \
    "Versions 1.1 and 2.0 exist. Linux shows the namespace as raw, libpmemblk accepts any "        \
    "version. The rest is plausible and can be read; nothing is written to it.")                   \
  X(314, info_version_misplaced, damage, manual, "IB-13 PL-1 D-2",                                 \
    "arena {arena}: version {read} at offset {offset}, where {expected} belongs",                  \
    "Linux wants version 1.1 at 4096 and 2.0 at 0 and shows anything else as raw. Often the "      \
    "image was cut out or padded: look at it with the other offset before anything is "            \
    "repaired.")                                                                                   \
  X(315, arena_uuids_differ, note, manual, "IB-14 IB-1",                                           \
    "arena {arena}: uuid {read}, where the first arena has {expected}",                            \
    "All arenas of a BTT have one uuid. Linux does not compare them. A repair sets the uuid "      \
    "only on request.")                                                                            \
  X(316, arenas_differ, damage, manual, "IB-1",                                                    \
    "arena {arena}: {field} is {read}, where the first arena has {expected}",                      \
    "The field is the same in all arenas of a BTT. Linux does not compare arenas and goes by "     \
    "the first; libpmemblk takes such a pool for never written. One of the arenas is left "        \
    "from another BTT.")                                                                           \
  X(317, info_flags_unknown, note, none, "V-16",                                                   \
    "arena {arena}: unknown bits in the info block's flags: {read}",                               \
    "Bit 0 is the only one that has a meaning. Linux and libpmemblk ignore the others; a "         \
    "repair leaves them.")                                                                         \
  X(318, info_geometry_unusual, note, none, "V-15 GE-10",                                          \
    "arena {arena}: the geometry is not the one that known formatters compute",                    \
    "The info block is consistent and can be used as it is: readers take the geometry from "       \
    "it. It shows a writer other than Linux, libpmemblk and the UEFI driver.")                     \
  X(319, info_byte_swapped, damage, none, "FO-09",                                                 \
    "arena {arena}: the info block at {offset} is in big-endian byte order",                       \
    "Linux stores little-endian on every platform and does not recognise the block. Nothing "      \
    "known writes it, and nothing is repaired.")                                                   \
  X(320, info_not_in_image, note, none, "CC-7",                                                    \
    "arena {arena}: the info block at {offset} is not in this image and was not checked",          \
    "A cut tail, a missing DIMM, or a dump of metadata that left it out. Nothing follows "         \
    "about the media that the image was taken of.")                                                \
  X(321, info_unreadable, damage, manual, "CC-7",                                                  \
    "arena {arena}: the info block at {offset} cannot be read",                                    \
    "The media reports an error there. Linux fails to attach when it is the primary; a write "     \
    "of the whole block clears a poisoned range. A repair writes it from the other copy.")         \
  X(322, btt_missing, damage, manual, "FO-06 CS-5",                                                \
    "no BTT at {offset}, though the namespace is labelled for one",                                \
    "Linux shows the namespace as raw, and a BTT device that is configured for it is "             \
    "formatted when it is enabled. Either it was never formatted, or it was wiped with its "       \
    "backup.")                                                                                     \
  X(323, btt_never_written, note, none, "FO-06 FM-2",                                              \
    "the pool holds no BTT yet",                                                                   \
    "libpmemblk formats at the first write and reads zeros until then. Nothing is wrong.")         \
  X(324, info_unaligned, note, none, "V-8 D-17",                                                   \
    "arena {arena}: the info block at {offset} puts its parts at multiples of 512 only: {field} "  \
    "is {read}",                                                                                   \
    "Formatters round to 4096, but for ipmctl in a namespace whose size is no multiple of "        \
    "4096. Readers do not look, and such an arena works.")                                         \
  X(330, nextoff_missing, damage, safe, "CH-01 V-14",                                              \
    "arena {arena} says that it is the last, but another arena follows",                           \
    "Linux and libpmemblk stop here and show a smaller disk. A repair sets nextoff to 512 GiB "    \
    "in both info blocks.")                                                                        \
  X(331, arena_missing_last, data_loss, manual, "CH-02 V-13 IB-05",                                \
    "arena {arena} is announced, but no info block at {offset} can be used",                       \
    "Linux fails to attach the whole BTT; libpmemblk takes the whole pool for never written "      \
    "and formats it at the first write. The info block can be rebuilt from the other arenas. "     \
    "Setting nextoff to 0 instead would hide data.")                                               \
  X(332, nextoff_wrong, damage, safe, "CH-03 V-13 AT-3",                                           \
    "arena {arena}: nextoff is {read}; only 0 and, in an arena of 512 GiB, 512 GiB are "           \
    "possible",                                                                                    \
    "Linux walks on by that amount and fails to attach when nothing valid is there; "              \
    "libpmemblk takes the pool for never written. A repair computes nextoff from the size of "     \
    "the container.")                                                                              \
  X(333, nextoff_leads_elsewhere, note, none, "CH-03 AT-3",                                        \
    "arena {arena}: its wrong nextoff {read} leads to an info block at {offset}",                  \
    "Linux would take it for the next arena. It is not at a place where an arena can begin, "      \
    "and is not followed here.")                                                                   \
  X(334, arena_missing_middle, data_loss, manual, "CH-05 IB-05",                                   \
    "arena {arena}: no info block at {offset} can be used, but arenas behind it are there",        \
    "Linux fails to attach the whole BTT, or shows it as raw when it is the first arena; "         \
    "libpmemblk takes the pool for never written. A repair takes identity from the other "         \
    "arenas and geometry from the container's size, and looks for the flog there.")                \
  X(335, backup_of_other_version, note, none, "CH-06 PF-18",                                       \
    "arena {arena}: the info block of version {read} at {offset} belongs to another place and "    \
    "is not used",                                                                                 \
    "The last backups of version 1.1 and 2.0 lie on the same bytes, so the backup shows that "     \
    "a BTT with another start is or was here. Look with the other initial offset. A repair "       \
    "never copies it to this one.")                                                                \
  X(336, container_truncated, data_loss, none, "FO-03 CH-04 V-12 V-13",                            \
    "arena {arena} needs {expected} bytes, but only {read} are left of the image",                 \
    "The tail of the last arena holds its map, its flog and the backup info block: without "       \
    "them only blocks that were never moved can be found. Linux fails with I/O errors. What "      \
    "is there can be read; nothing is written.")                                                   \
  X(337, container_grown, note, none, "FO-05 CH-01 CH-04 V-14",                                    \
    "arena {arena} takes {expected} of {read} bytes: the container has grown",                     \
    "Linux and libpmemblk use the BTT as it is, because nextoff is 0, and leave the rest "         \
    "idle. The backup is found by the primary's own words, not by the container's size.")          \
  X(338, arena_oversized, damage, manual, "CH-04 V-14",                                            \
    "arena {arena} takes {read} bytes: more than 512 GiB",                                         \
    "No formatter makes such an arena. Linux does not test the size. Compare with the other "      \
    "arenas before anything is repaired.")                                                         \
  X(339, arenas_not_checked, note, none, "GE-1",                                                   \
    "{count} more places of arenas, from arena {arena} on, were not checked",                      \
    "The container is larger than 2 PiB; the pass stops there to stay bounded.")                   \
  X(350, nfree_small, note, none, "FL-13 D-16",                                                    \
    "arena {arena}: nfree is {read}, below 256",                                                   \
    "Legal, but Linux since 2026 refuses to attach an arena with fewer than 256 lanes. "           \
    "Earlier kernels write behind their own tables.")                                              \
  X(351, nfree_differs, note, none, "FL-13 IB-1",                                                  \
    "arena {arena}: nfree is {read}, where the first arena has {expected}",                        \
    "Linux takes each arena by itself; libpmemblk uses as many lanes as the smallest has. "        \
    "Known formatters write 256 everywhere.")                                                      \
  X(360, flog_pair_bad, damage, lossy, "FL-01 R1 SQ-4",                                            \
    "arena {arena}: lane {lane} has sequence numbers {seq_a} and {seq_b}: neither entry is "       \
    "current",                                                                                     \
    "Linux fails to attach; libpmemblk opens the arena for reading only. The lane's free "         \
    "block is found as the one block that nothing else claims; a committed write that only "       \
    "this lane knew may be lost.")                                                                 \
  X(361, flog_group_lost, damage, lossy, "FL-02 FD-4",                                             \
    "arena {arena}: the flog is all zero for {count} lanes from lane {lane} on",                   \
    "Linux fails to attach, or, when no lane before was used, hands out block 0 as free and "      \
    "overwrites live data. A formatter leaves no lane zero. The free blocks are found as "         \
    "those that nothing else claims.")                                                             \
  X(362, flog_lba_bad, damage, lossy, "FL-03 FL-7 R3",                                             \
    "arena {arena}: lane {lane} names LBA {lba} of {external_nlba}",                               \
    "Linux does not test it: at attach it reads the word behind the map and may overwrite it. "    \
    "libpmemblk refuses to open. A repair keeps the lane's free block and writes the entry "       \
    "anew; an interrupted write of this lane is lost.")                                            \
  X(363, flog_old_bad, damage, safe, "FL-04 R4",                                                   \
    "arena {arena}: lane {lane} says that block {old} of {internal_nlba} is free",                 \
    "There is no such block. Linux attaches, and every write through this lane fails. A "          \
    "repair gives the lane the block that nothing else claims.")                                   \
  X(364, flog_new_bad, damage, lossy, "FL-05 R4",                                                  \
    "arena {arena}: lane {lane} wrote to block {new} of {internal_nlba}",                          \
    "There is no such block. If the map still holds the old one, Linux and libpmemblk store "      \
    "the impossible number into the map at attach. A repair keeps the map; a committed write "     \
    "may be lost.")                                                                                \
  X(365, flog_pair_unreachable, damage, manual, "FL-06 SQ-3 SQ-5 D-10",                            \
    "arena {arena}: lane {lane} has sequence numbers {seq_a} and {seq_b}, which no writer "        \
    "leaves",                                                                                      \
    "Implementations disagree on the current entry: of (2,0) and (3,0) Linux takes the empty "     \
    "one and hands out block 0, a live block of user data. Do not attach before the repair, "      \
    "which decides by what else claims the blocks.")                                               \
  X(366, flog_write_interrupted, needs_recovery, safe, "FL-07 R6 T-3",                             \
    "arena {arena}: lane {lane} has a write of LBA {lba} that the map does not show yet: "         \
    "block {old} becomes {new}",                                                                   \
    "The write was committed and cut off before its last step. Linux completes it at attach, "     \
    "on read-only regions too; libpmemblk only if the flog carries its own encoding. A "           \
    "recovery stores the new block into the map.")                                                 \
  X(367, flog_layout_conflict, damage, manual, "FL-08 FD-7",                                       \
    "arena {arena}: the lanes disagree on the slots of the flog, lane {lane} being the first",     \
    "Lanes use slots 0 and 1, or 0 and 2 when written by Linux before 4.15, but all in one "       \
    "arena the same. Linux fails to attach. The lanes are not interpreted; a repair chooses "      \
    "for each lane what agrees with the map.")                                                     \
  X(368, flog_layout_legacy, note, safe, "FL-09 FD-3",                                             \
    "arena {arena}: the flog uses slots 0 and 2, as Linux did before 4.15",                        \
    "Linux detects it. libpmemblk, pmempool and the UEFI driver do not: they take stale "          \
    "entries for current and overwrite live data. A conversion to slots 0 and 1 is possible "      \
    "after recovery.")                                                                             \
  X(369, flog_padding_nonzero, damage, safe, "FL-10 CC-10",                                        \
    "arena {arena}: lane {lane} has bytes in slot 3, which is always empty",                       \
    "Linux fails to attach the arena. libpmemblk does not look there. A repair zeroes the "        \
    "slot once the layout is certain.")                                                            \
  X(370, flog_encoding_flagged, note, none, "FL-11 FL-4 FL-5",                                     \
    "arena {arena}: the flog carries whole map words, as libpmemblk and UEFI drivers write "       \
    "them",                                                                                        \
    "Linux since 5.1 masks the flag bits; before, every write through such a lane fails. "         \
    "Nothing has to be repaired.")                                                                 \
  X(371, flog_encoding_unflagged, note, none, "FL-11 FL-5 PF-12",                                  \
    "arena {arena}: the flog of this pool carries block numbers without flags, as Linux "          \
    "writes them",                                                                                 \
    "libpmemblk never completes an interrupted write of this kind and does not say so. "           \
    "Recover before it opens the pool.")                                                           \
  X(372, flog_encoding_mixed, note, none, "FL-11 RC-6 D-6",                                        \
    "arena {arena}: the flog carries both whole map words and plain block numbers",                \
    "Writers of two families used it. Linux completes interrupted writes of both kinds; "          \
    "libpmemblk misses some, and stores a word without flags into the map when only the old "      \
    "one has them. Recover before it opens the arena.")                                            \
  X(373, flog_inactive_garbage, note, safe, "FL-12 FL-7",                                          \
    "arena {arena}: the inactive entry of lane {lane} names an LBA beyond {external_nlba}",        \
    "The entry carries no state and Linux does not look at it. libpmemblk would refuse to "        \
    "open the arena. A repair copies the current entry over it, without the sequence number.")     \
  X(374, flog_inactive_garbage_pool, damage, safe, "FL-12 FL-7 D-22",                              \
    "arena {arena}: the inactive entry of lane {lane} names an LBA beyond {external_nlba}",        \
    "The entry carries no state, but libpmemblk tests it and refuses to open the pool. A "         \
    "repair copies the current entry over it, without the sequence number.")                       \
  X(375, flog_pristine_damaged, damage, safe, "FL-14 R9 SQ-5",                                     \
    "arena {arena}: lane {lane} was never written, but its entry says that block {old} is "        \
    "free, not {new}",                                                                             \
    "The first word pair of a formatter's entry is damaged. Linux and libpmemblk take it for "     \
    "an interrupted write when LBA {lba} was never moved, and let it show a spare block. It "      \
    "must not be rolled forward; a repair gives the lane its own block back.")                     \
  X(376, flog_error_block, note, none, "FL-15 RC-7",                                               \
    "arena {arena}: lane {lane} frees block {old} with the error bit",                             \
    "Linux zeroes that block at every attach until the lane is written, to clear a media "         \
    "error. That is harmless while the block is really free, and destroys a sector when a map "    \
    "entry claims it too: check the map before attaching.")                                        \
  X(377, flog_first_write_torn, note, none, "PF-62 T-2 D-28",                                      \
    "arena {arena}: the first write of lane {lane} was cut off in the middle of its entry",        \
    "A legal state that nothing is lost by; libpmemblk opens the pool. pmempool check calls "      \
    "it an invalid entry, and its repair rewrites the lane.")                                      \
  X(378, flog_not_in_image, note, none, "FL-02",                                                   \
    "arena {arena}: {count} lanes from lane {lane} on are not in this image and were not "         \
    "checked",                                                                                     \
    "A cut tail, a missing DIMM, or a dump of metadata that left them out. Interrupted writes "    \
    "of these lanes are not known.")                                                               \
  X(379, flog_unreadable, damage, lossy, "FL-02",                                                  \
    "arena {arena}: {count} lanes from lane {lane} on cannot be read",                             \
    "The media reports an error there. Linux fails to attach. The free blocks are found as "       \
    "those that nothing else claims; interrupted writes of these lanes are lost.")                 \
  X(380, lane_map_not_checked, note, none, "R5 R6 R7",                                             \
    "arena {arena}: {count} lanes from lane {lane} on were not checked: their map words "          \
    "cannot be read",                                                                              \
    "Whether a write is complete shows only in the map. The words are not in this image, or "      \
    "the media reports an error there.")                                                           \
  X(400, map_block_out_of_range, data_loss, lossy, "MP-01 D-21",                                   \
    "arena {arena}: {count} map entries from LBA {lba} on name blocks that do not exist; the "     \
    "first is {read}",                                                                             \
    "Linux reads other bytes of the namespace without an error, or fails, and always fails to "    \
    "write. Where exactly one block is unclaimed it is the right one; else a repair marks the "    \
    "LBA as bad and gives it a block.")                                                            \
  X(401, map_initial_low_bits, damage, manual, "MP-02 MP-4 RC-6",                                  \
    "arena {arena}: {count} map entries from LBA {lba} on are in the initial state but not "       \
    "zero; the first is {read}",                                                                   \
    "All readers ignore the low bits. They are left when libpmemblk completes an interrupted "     \
    "write that Linux began: then the entry should own the block that it names. What else "        \
    "claims that block decides on the repair.")                                                    \
  X(402, map_error_entries, note, none, "MP-05",                                                   \
    "arena {arena}: {count} map entries from LBA {lba} on are marked as bad",                      \
    "Reads fail, as they should: the media failed there, or a repair could not tell the "          \
    "content. A write clears the mark. Linux sets it after a media error, libpmemblk on "          \
    "request.")                                                                                    \
  X(403, map_zero_entries_small_sector, damage, safe, "MP-07 MP-7 PF-49",                          \
    "arena {arena}: {count} map entries from LBA {lba} on read as zeros, in sectors smaller "      \
    "than a page",                                                                                 \
    "Linux ends the read of a whole page at such an entry and reports success: the sectors "       \
    "behind it read wrong. libpmemblk reads right. A repair writes zeros into the blocks and "     \
    "makes the entries normal.")                                                                   \
  X(404, map_not_in_image, note, none, "MP-5",                                                     \
    "arena {arena}: {count} map entries from LBA {lba} on are not in this image and were not "     \
    "checked",                                                                                     \
    "A cut tail, a missing DIMM, or a dump of metadata that left them out.")                       \
  X(405, map_unreadable, data_loss, manual, "MP-5",                                                \
    "arena {arena}: {count} map entries from LBA {lba} on cannot be read",                         \
    "The media reports an error there. Linux fails every access to these LBAs. Their blocks "      \
    "are among those that nothing else claims; which is whose cannot be told without the "         \
    "flog.")                                                                                       \
  X(420, map_block_shared, data_loss, lossy, "XR-01 CC-1 EV-1 EV-8",                               \
    "arena {arena}: block {block} is owned by {count} map entries, the first of LBA {lba} "        \
    "and LBA {other}",                                                                             \
    "These LBAs read the same data, and a write of one hands the block out while the "             \
    "other still uses it. One of them has lost its own block, which is among those that "          \
    "nobody owns. Linux of 2024 to 2026 left this without any crash when two writers "             \
    "shared a lane. Where the flog shows which LBA last got which block, a repair can "            \
    "decide; else both are marked as bad.")                                                        \
  X(421, map_lane_share, damage, manual, "XR-02 EV-4 EV-5 CC-1",                                   \
    "arena {arena}: block {block} is owned by LBA {lba} and is the free block of lane "            \
    "{lane}",                                                                                      \
    "The next write through this lane overwrites the data of that LBA: do not attach "             \
    "before the repair. Either the map entry or the lane is the damaged one; the block "           \
    "that nobody owns belongs to it, and may hold the data of the LBA.")                           \
  X(422, lanes_share, damage, lossy, "XR-03 CC-1",                                                 \
    "arena {arena}: block {block} is the free block of {count} lanes, the first of lane "          \
    "{lane} and lane {other}",                                                                     \
    "Two writes through these lanes give one block to two LBAs: do not attach before the "         \
    "repair. It is what two writers on one lane leave behind. If all map entries are "             \
    "sound, one of the lanes gets a block that nobody owns, and nothing is lost.")                 \
  X(423, interrupted_block_owned, data_loss, manual, "XR-05 R8 PF-14",                             \
    "arena {arena}: the interrupted write of lane {lane} would give away block {block}, "          \
    "which LBA {lba} owns",                                                                        \
    "Linux and libpmemblk complete the write at every attach and thereby give one block "          \
    "to two LBAs: do not attach before the repair. Either the write is not to be "                 \
    "completed, or the LBA has lost a later update.")                                              \
  X(424, map_initial_claimed, data_loss, lossy, "XR-11 MP-04 EV-2 EV-3",                           \
    "arena {arena}: LBA {lba} was never written by the map's word and would own block "            \
    "{block}, but LBA {other} says that it does",                                                  \
    "A block leaves its own LBA only when that is written, so the two words cannot both "          \
    "be right: mostly the word of the first LBA was zeroed, alone or with all the words "          \
    "around it. The explicit entry keeps the block; the other reads as bad unless the "            \
    "flog proves which block it had.")                                                             \
  X(425, blocks_unowned, damage, lossy, "XR-04 EV-1 CC-1",                                         \
    "arena {arena}: {count} blocks from {block} on are owned by nobody",                           \
    "Map and flog together own every block once. Blocks without an owner belong to the "           \
    "entries and lanes that are told as damaged, or to one side of the blocks with two "           \
    "owners, and may hold the only copy of user data.")                                            \
  X(426, map_entry_certain, note, safe, "XR-10 MP-01",                                             \
    "arena {arena}: LBA {lba} can only own block {block}: all other blocks have an owner",         \
    "The map entry of this LBA names a block that does not exist, and exactly one block "          \
    "is left over. A repair stores it into the map, and the LBA can be read again.")               \
  X(427, flog_reformatted, data_loss, manual, "XR-07 AT-1 PF-42",                                  \
    "arena {arena}: {count} lanes are as a formatter leaves them, but the map gives "              \
    "{conflicts} of their blocks to LBAs",                                                         \
    "The BTT was formatted anew and the old map was left in place, as libpmemblk does to "         \
    "a pool that was zero when it was created. The map is the older truth: a repair "              \
    "rebuilds the lanes from blocks that nobody owns. What was written since is in the "           \
    "lanes that are used.")                                                                        \
  X(428, ownership_not_checked, note, none, "CC-1 XR-04",                                          \
    "arena {arena}: blocks without an owner were not looked for: not all of the map and "          \
    "the flog can be read",                                                                        \
    "Parts are not in this image, cannot be read, or have no meaning that is certain. "            \
    "Blocks with two owners were still found among the rest.")                                     \
  X(429, shared_blocks_omitted, data_loss, manual, "XR-01 XR-02",                                  \
    "arena {arena}: more than {count} blocks have several owners; the others are not "             \
    "listed",                                                                                      \
    "So many conflicts do not come from single faults: the map was replaced by other "             \
    "data, or belongs to another BTT.")                                                            \
  X(430, ownership_evidence, note, none, "EV-1 EV-2 EV-3 EV-5 EV-6",                               \
    "arena {arena}: entry {entry} of lane {lane}, seq {seq}: LBA {lba} moved from block "          \
    "{old} to block {new}",                                                                        \
    "History of an LBA or a block that has no owner or more than one. An entry that is "           \
    "not the lane's current one may be half written, and says what was, not what is.")             \
  X(431, map_word_lost, data_loss, lossy, "MP-04 EV-2",                                            \
    "arena {arena}: lane {lane} wrote LBA {lba} to block {new}, but the map says that it was "     \
    "never written",                                                                               \
    "Nothing makes a map word zero again: this one was lost, mostly with the whole line, "         \
    "sector or page around it, whose other LBAs then show wrong data as well, also those "         \
    "without any conflict.")                                                                       \
  X(432, map_reformatted, data_loss, manual, "XR-08",                                              \
    "arena {arena}: no LBA was ever written by the map, but {count} lanes have written some",      \
    "The map was zeroed or formatted anew under the old flog. User data cannot be reached "        \
    "through it; the flog still shows the last writes of each lane.")                              \
  X(440, map_tail_nonzero, note, none, "MP-06 FL-7",                                               \
    "arena {arena}: words behind the map that are not zero: {words}, from {offset} on",            \
    "No entry is there, and nothing reads them. Linux itself writes such a word when it recovers " \
    "a lane whose LBA lies just behind the last one: look for a damaged flog entry.")
// clang-format on
