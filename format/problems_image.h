// SPDX-License-Identifier: BSD-3-Clause
// Chapter of the problem catalogue (problems.h): PFN and DAX info blocks (500..549), libpmemblk
// pools (550..599), NFITs (600..699) and images as a whole (700..799).
#pragma once

// clang-format off
#define NDMEDIC_IMAGE_PROBLEMS(X)                                                                  \
  X(501, pfn_checksum, damage, manual, "6.3",                                                      \
    "the {kind} info block fails its checksum",                                                    \
    "Linux does not recognise the personality and shows the namespace as raw. There is only one "  \
    "copy of this block; where the data begins can be computed anew from size and alignment.")     \
  X(502, pfn_rule, damage, manual, "6.3",                                                          \
    "the {kind} info block cannot be used: field {field} is {read}",                               \
    "Linux refuses the namespace (\"unsupported\") rather than showing it as raw. The values are " \
    "checksummed, so they were written like this, or the namespace's size changed afterwards.")    \
  X(503, pfn_parent, damage, manual, "6.3 IB-10",                                                  \
    "the {kind} info block belongs to another namespace: parent_uuid {parent}",                    \
    "Linux ignores the block and probes for other personalities. It is a leftover, or the "        \
    "namespace's uuid was changed, or the image was copied under new labels.")                     \
  X(504, pfn_start_pad, note, none, "6.4",                                                         \
    "the {kind} info block has start_pad {read}",                                                  \
    "Linux no longer makes such namespaces: with a start_pad, direct access is broken while "      \
    "block access works. The data is taken to begin at start_pad + dataoff.")                      \
  X(505, pfn_foreign_version, note, none, "6.7 PF-46",                                             \
    "the {kind} info block has version {major}.{minor}, which Linux never wrote",                  \
    "Linux does not look at the major number. Image builders for virtual machines write 0.2, "     \
    "with npfns 0.")                                                                               \
  X(506, pfn_missing, damage, manual, "LB17",                                                      \
    "the label promises {kind}, but there is no such info block at 4096",                          \
    "Linux finds no personality and shows the namespace as raw. The block has no second copy; "    \
    "where the data begins can be computed anew from size and alignment.")                         \
  X(551, pool_header_checksum, damage, manual, "PH-1",                                             \
    "the pool header fails its checksum",                                                          \
    "libpmemblk refuses to open the pool. The header can be made anew: its poolset uuid stands "   \
    "in the BTT's info blocks as parent_uuid.")                                                    \
  X(552, pool_feature_unknown, damage, none, "PH-2",                                               \
    "the pool header has unknown incompatible features {read}",                                    \
    "libpmemblk refuses a pool with incompatible features it does not know. What they change on "  \
    "the media is not known here either.")                                                         \
  X(553, pool_rings, note, manual, "PH-4 7.4",                                                     \
    "the part and replica uuids of the pool header do not form the ring that the parts say",       \
    "In a pool of one file all four neighbours are the part itself; in a poolset each part names " \
    "the one before and behind it. libpmemblk refuses to open the set otherwise.")                 \
  X(554, pool_block_size, damage, manual, "PH-6",                                                  \
    "the pool descriptor says blocks of {read} bytes, the BTT {expected}",                         \
    "libpmemblk refuses to open the pool. The descriptor has no checksum; the info block has.")    \
  X(555, pool_not_written, note, none, "FO-06 FM-2",                                               \
    "the pool has no BTT: nothing was ever written to it",                                         \
    "libpmemblk lays the BTT out at the first write. All blocks read as zeros.")                   \
  X(556, pool_part_missing, damage, none, "7.4",                                                   \
    "part {part} of the poolset cannot be opened: {path}",                                         \
    "What lies in that part is not checked. Copy the part to where the poolset file says.")        \
  X(557, pool_other_kind, note, none, "6.5",                                                       \
    "this is a PMDK pool of another kind: {signature}",                                            \
    "Only libpmemblk pools hold a BTT. Pools of libpmemlog and libpmemobj are not read.")          \
  X(558, pool_header_lost, damage, manual, "6.5",                                                  \
    "a BTT begins at 8192 as in a libpmemblk pool, but there is no pool header",                   \
    "libpmemblk cannot open such a file. The BTT itself can be read: use --as pool.")              \
  X(559, pool_cut, data_loss, none, "FO-03 7.1",                                                   \
    "the pool is cut: {read} bytes, and its BTT begins at 8192",                                   \
    "Header and descriptor may be there, but nothing of the data is. It cannot be told whether "   \
    "the pool was ever written to.")                                                               \
  X(560, pool_part_size, damage, none, "7.4",                                                      \
    "part {part} of the poolset has {read} bytes, the poolset says {expected}",                    \
    "libpmemblk refuses a part whose size is not the one in the poolset file. What lies behind "   \
    "the end of a short part is not checked.")                                                     \
  X(601, nfit_checksum, damage, none, "5.7",                                                       \
    "the NFIT's bytes do not sum up to 0 modulo 256",                                              \
    "A platform's firmware computes this sum; the dump was changed or cut.")                       \
  X(602, nfit_structure_cut, damage, none, "5.7",                                                  \
    "NFIT structure {structure} says {read} bytes, which do not fit",                              \
    "Reading stops here: a length of 0, one too small for its type, or one beyond the table's "    \
    "end cannot be skipped safely.")                                                               \
  X(603, nfit_unknown_type, note, none, "5.7",                                                     \
    "NFIT structure {structure} has the unknown type {read}",                                      \
    "It is passed over by its length.")                                                            \
  X(604, nfit_reference, damage, none, "5.7",                                                      \
    "a region mapping of the NFIT refers to a structure that is not there",                        \
    "Linux leaves such a mapping out. Without its control region the set cookie cannot be "        \
    "computed; without its SPA range it belongs to no region.")                                    \
  X(605, nfit_devices, note, none, "5.7",                                                          \
    "the NFIT describes {expected} devices, {read} images were given",                             \
    "Images are matched with the NFIT's device handles in ascending order. Sets with a device "    \
    "that was not given are told as incomplete.")                                                  \
  X(606, nfit_length, damage, none, "5.7",                                                         \
    "the NFIT says it has {expected} bytes, the image holds {read}",                               \
    "The dump was cut, or it is no table but the buffer of a _FIT method: see "                    \
    "--nfit-without-header. Structures beyond the end are not checked.")                           \
  X(701, image_empty, damage, none, "FO-06",                                                       \
    "the image is empty: 0 bytes",                                                                 \
    "There is nothing to look at. Check the path, or whether the copy was cut.")                   \
  X(702, image_unreadable_part, data_loss, none, "RP4",                                            \
    "{count} bytes at {offset} could not be read",                                                 \
    "The bytes are bad on the media or missing from the image. What lies there is not checked, "   \
    "and never taken for zeros.")                                                                  \
  X(703, label_area_ambiguous, damage, manual, "8.1",                                              \
    "several label areas end with the image ({count} sizes fit equally well)",                     \
    "None is chosen. Give the size with --label-size; the evidence lists those that fit.")         \
  X(704, label_area_suspected, note, none, "8.1",                                                  \
    "the size suggests a blank label area of {size} bytes at the end",                             \
    "A label area that was never initialised cannot be told from data. If this is a DIMM image, "  \
    "give --label-size.")                                                                          \
  X(705, personality_contradicts, damage, manual, "LB17 LB18",                                     \
    "the label says {expected}, but the namespace holds {read}",                                   \
    "Linux probes only for what the label says, finds nothing and shows the namespace as raw, "    \
    "or not at all. Either the label's abstraction was damaged, or the info block is a leftover.") \
  X(706, info_nested, note, none, "FO-07 PL-3",                                                    \
    "an info block at {offset} lies inside the data of a version 2.0 BTT and is ignored",          \
    "It is user data: a nested image, or a leftover of an older format that was not yet "          \
    "overwritten. ndctl check-namespace would look at it first.")                                  \
  X(707, data_not_reachable, note, none, "4.7",                                                    \
    "the data of this namespace is not checked: {reason}",                                         \
    "The labels were read; the bytes they describe are not in the images given, or it is not "     \
    "known how they are spread over the devices. See --nfit and --interleave.")                    \
  X(708, image_in_use, note, none, "in-use",                                                       \
    "the image is in use by another process",                                                      \
    "Reading goes on, but what is read may change meanwhile, so findings may not last.")           \
  X(710, label_area_cut, data_loss, manual, "8.1 FO-03",                                           \
    "the label area at {offset} has {expected} bytes by its own index, but only {read} are left",  \
    "The image was cut inside its label area. Slots in the missing part are not checked; the "     \
    "data in front of the area is whole.")                                                         \
  X(711, label_area_nested, note, none, "3.6 FO-07",                                               \
    "an index block at {offset} belongs to no label area that ends with the image",                \
    "It is data: a copy of a label area in a file, or a nested image. If it is the image's own, "  \
    "give --label-size.")                                                                          \
  X(712, signature_in_data, note, none, "6.5",                                                     \
    "the image begins with {signature}, but a label area at its end makes it a DIMM",              \
    "The bytes are data of the DIMM. If the image is what they say, give --as.")                   \
  X(720, linux_shows_region_raw, data_loss, none, "RP8 4.2",                                       \
    "Linux does not see the labels here ({labels}) and shows their region as one raw, writable "   \
    "namespace",                                                                                   \
    "Whoever writes to that namespace writes over the data of all namespaces in the region. Do "   \
    "not let Linux use the image before its label area is mended: other findings say what is "     \
    "wrong with it. Where the platform demands labels (CXL), the region is empty or fails.")       \
  X(721, linux_offers_space, data_loss, none, "RP8 SL03 SL04 4.10",                                \
    "Linux skips this damaged label and offers its {size} bytes at DPA {dpa} as free space",       \
    "The next namespace that is created may be given that space, and what is written there "       \
    "replaces the data of the one that the label describes. Mend the label first.")                \
  X(722, label_sector_size, note, none, "2.10 LB13",                                               \
    "the label says sectors of {read} bytes, the BTT {expected}",                                  \
    "Linux takes the sectors of the disk from the BTT's info block. The label's value counts "     \
    "again when the BTT is removed.")                                                              \
  X(723, info_stale, note, manual, "FO-01 FO-02",                                                  \
    "an intact info block of a former personality ({kind}) is left at {offset}",                   \
    "It is not in force. It may come into force when the live personality is removed or damaged, " \
    "and then shows old content: ndmedic wipe --what stale removes it.")
// clang-format on
