// SPDX-License-Identifier: BSD-3-Clause
// Chapter of the problem catalogue (problems.h): label areas, namespaces over several DIMMs, CXL.
// 101..129 index blocks, 130..149 slots, 150..199 labels, 200..239 sets, 240..299 CXL.
#pragma once

// clang-format off
#define NDMEDIC_LABEL_PROBLEMS(X)                                                                  \
  X(101, label_area_blank, note, none, "IX12",                                                     \
    "the label area is all zero: never initialised, or wiped",                                     \
    "Neither index block was ever written. Where labels are optional (QEMU), Linux shows the "     \
    "whole region as one raw, writable namespace. If other DIMMs of a set have labels, or the "    \
    "data carries info blocks, the area was wiped.")                                               \
  X(102, label_index_lost, data_loss, manual, "IX13 7.5",                                          \
    "neither index block is valid, but the area holds remains: {plausible} plausible labels",      \
    "Linux finds no labels. Where labels are optional it hands out the whole region as one "       \
    "raw, writable namespace, so ordinary use overwrites the data. The index has to be "           \
    "reconstructed from the slots; a label that was deleted looks exactly like a live one.")       \
  X(103, index_next_bad, note, safe, "IX01 IX02 IX06 IX07 IX08 IX10 IX14",                         \
    "index block {block} is not valid; the other one is used, and the next update overwrites "     \
    "this one",                                                                                    \
    "A write that was cut off leaves the next index block torn, and nothing is lost; a block "     \
    "that was whole before and rotted looks the same, and loses its update. Linux silently uses "  \
    "the other block. Until the next update there is no second copy of the index.")     \
  X(104, index_current_bad, damage, safe, "IX01 IX02 IX06 IX07 IX08 IX10 IX14",                    \
    "index block {block} is not valid and was, or may have been, the current one",                 \
    "Linux silently uses the other block, which is one update older. What the last update "        \
    "said is lost, but for the label it wrote, which may still lie in a free slot.")               \
  X(105, index_seq_zero, note, none, "IX03",                                                       \
    "index block {block} has sequence number 0 and a right checksum",                              \
    "Kernels before 4.15 initialised block 0 so. The block counts as invalid, and nothing is "     \
    "wrong while the other one is valid.")                                                         \
  X(106, index_seq_high_bits, note, safe, "IX04",                                                  \
    "index block {block} has bits above the lowest two set in its sequence number {seq}",          \
    "Linux ignores them and the next update clears them. FreeBSD and the UEFI sample driver "      \
    "reject the block.")                                                                           \
  X(107, index_tie_far_apart, note, none, "IX05",                                                  \
    "both index blocks have the same sequence number, and their bitmaps differ in {bits} slots",   \
    "A tie is legal: block 1 is the newer one. One update touches two slots, so bitmaps that "     \
    "differ in more were not written one after the other.")                                        \
  X(108, index_offsets_wrong, damage, safe, "IX06",                                                \
    "index block {block} has a right checksum but offsets that do not fit its place",              \
    "Somebody wrote it so: the checksum rules out a torn write. Linux does not use the block.")    \
  X(109, index_mysize_illegal, damage, safe, "IX07",                                               \
    "index block {block} has a right checksum but an illegal mysize of {mysize}",                  \
    "The size has to be a multiple of 256 that holds the bitmap. Linux takes 72 up to its own "    \
    "computed size, UEFI the multiples of 256 only, and each sums over its own length.")           \
  X(110, index_nslot_illegal, damage, safe, "IX08",                                                \
    "index block {block} says {nslot} slots, which is more than the area or the bitmap holds, "    \
    "or fewer than 2",                                                                             \
    "Linux rejects a block whose slots pass the end of the area; readers that multiply in 32 "     \
    "bits accept some of them. With 0 or 1 slots the block is valid, and all labels above are "    \
    "invisible.")                                                                                  \
  X(111, index_nslot_hides_labels, data_loss, safe, "IX08",                                        \
    "the current index says {nslot} slots, and {hidden} intact labels lie in slots behind them",   \
    "Linux accepts any smaller number of slots. The labels behind do not exist for it, their "     \
    "namespaces are gone, and their capacity is offered as free.")                                 \
  X(112, index_foreign_geometry, data_loss, lossy, "IX09",                                         \
    "the label area is laid out by {layout}, not as current Linux does it",                        \
    "The index blocks are consistent in themselves and right by UEFI, but current Linux "          \
    "computes other places for them and finds no index: where labels are optional it shows "       \
    "the whole region as one raw, writable namespace. Old software may still want this form, "     \
    "so a rebuild needs consent.")                                                                 \
  X(113, index_overlap, damage, safe, "IX10",                                                      \
    "index block {block} describes blocks and slots that overlap",                                 \
    "The two index blocks and the slot array have to be disjoint. No reader accepts such a "       \
    "block.")                                                                                      \
  X(114, index_blocks_disagree, damage, manual, "IX11 V9",                                         \
    "both index blocks are valid, but they differ in {field}",                                     \
    "Number of slots, block size, version and place of the labels never change without a full "    \
    "initialisation. The newest block wins; what the other one lists is invisible.")               \
  X(115, index_init_unfinished, data_loss, manual, "IX11 V13",                                     \
    "the index that Linux takes is empty, while the other block lists {labels} intact labels",     \
    "An initialisation was cut off, or was done by accident. Linux sees no namespaces and "        \
    "hands out their capacity. Either outcome can be had: finishing the initialisation, or "       \
    "bringing the labels back.")                                                                   \
  X(116, index_versions_mixed, damage, manual, "IX19 IX11",                                        \
    "one index block is valid for slots of 128 bytes, the other for slots of 256",                 \
    "Linux tries 128 first, so that block wins whatever the sequence numbers say, and the "        \
    "labels of the other version vanish. Usually an interrupted initialisation with another "      \
    "version.")                                                                                    \
  X(117, index_version_illegal, damage, safe, "IX14",                                              \
    "index block {block} carries version {major}.{minor} with labelsize {labelsize}",              \
    "Legal are 1.1 with 128-byte labels, 1.2 and 2.1 with 256-byte labels. Linux derives the "     \
    "slot size from these fields and rewrites them with the next update. It does not use a "       \
    "block whose labels are not of the size that the area is laid out for; other readers "         \
    "reject more.")                                                                                \
  X(118, index_flags_set, note, safe, "IX15",                                                      \
    "index block {block} has flag bits set",                                                       \
    "No flag is defined. Linux ignores them and writes zeros with the next update.")               \
  X(119, index_tail_bits, note, safe, "IX16 SL06",                                                 \
    "the free bitmap has bits set behind the last slot",                                           \
    "ndctl init-labels leaves them; every reader ignores them, and they are covered by the "       \
    "checksum. Harmless.")                                                                         \
  X(120, index_padding, note, safe, "IX17",                                                        \
    "bytes behind the free bitmap of index block {block} are not zero",                            \
    "Usually old content that ndctl init-labels kept. Covered by the checksum and ignored. "       \
    "Harmless.")                                                                                   \
  X(121, label_slots_full, note, safe, "IX18 V8",                                                  \
    "no slot is free",                                                                             \
    "Linux cannot change or add a namespace (ENXIO); deleting one still works. Usually the "       \
    "last slot holds the UPDATING copy of an update that could not finish.")                       \
  X(122, index_unreadable, damage, manual, "RP4",                                                  \
    "index block {block} cannot be read: the media reports an error",                              \
    "The block was not checked. UEFI wants both blocks readable before it judges either.")         \
  X(123, label_area_absent, note, none, "RP4",                                                     \
    "{bytes} bytes of the label area's index blocks are not in this image",                        \
    "They were not checked. What they would say about slots and namespaces is unknown, which "     \
    "is not the same as nothing.")                                                                 \
  X(124, label_area_size_illegal, damage, none, "3.1",                                             \
    "a label area of {bytes} bytes cannot hold index blocks and slots",                            \
    "Linux needs 768 bytes for labels of 128 bytes, 1024 for labels of 256 bytes, and "            \
    "addresses in the area have 32 bits. No labels can be kept here.")                             \
  X(125, label_index_unknown, note, none, "RP4",                                                   \
    "no valid index block was seen, but not all of them could be read",                            \
    "Whether the area has an index cannot be told from this image.")                               \
  X(126, label_records_omitted, note, none, "RP4",                                                 \
    "{omitted} slots were counted but not looked at in detail",                                    \
    "The area holds more occupied slots than are kept in memory. Overlaps and duplicates "         \
    "among those were not searched for.")                                                          \
  X(127, label_area_other_content, note, none, "IX12",                                             \
    "the label area holds neither index blocks nor labels, but is not zero",                       \
    "It was never initialised and holds whatever the file held before, or it was overwritten, "    \
    "or these bytes are no label area at all. Where labels are optional (QEMU), Linux shows "      \
    "the whole region as one raw, writable namespace.")                                            \
  X(128, index_version_hides_labels, data_loss, manual, "IX19 IX11",                               \
    "the index block for slots of {bytes} bytes lists {labels} intact labels, which Linux does "   \
    "not see",                                                                                     \
    "The other block is valid for slots of 128 bytes, which Linux tries first, so the "            \
    "namespaces of these labels are gone and their capacity is offered as free. Which of the "     \
    "two blocks to keep is the operator's choice.")                                                \
  X(130, slot_blank_in_use, damage, lossy, "SL02",                                                 \
    "the slot is in use, but all {fill}",                                                          \
    "Linux skips the slot. It contributes nothing and is never freed. The label that stood "       \
    "here is lost, unless its twin or the other DIMMs of the set still have it.")                  \
  X(131, slot_zero_blank_in_use, data_loss, lossy, "SL02",                                         \
    "slot 0 is in use and all zero",                                                               \
    "Linux takes the zeros for a label that claims all capacity of the DIMM. With any other "      \
    "label the DIMM's probe fails, and where labels are optional the whole region then "           \
    "appears as one raw, writable namespace.")                                                     \
  X(132, label_damaged_twin, data_loss, safe, "SL03 SL04 RP2 V15",                                 \
    "the label is damaged; free slot {twin} holds an intact copy of it",                           \
    "Linux skips the damaged label and offers its capacity as free, so the next created "          \
    "namespace may overwrite the data. The copy that the last update left behind can be put "      \
    "in its place without loss.")                                                                  \
  X(133, label_checksum_bad, data_loss, manual, "SL03 4.2.3",                                      \
    "the label has a wrong checksum",                                                              \
    "Linux skips it and offers its capacity as free, so the next created namespace may "           \
    "overwrite the data. A torn write cannot be active, so this is damage of the media. Never "    \
    "free the slot: it may be the only trace of a namespace.")                                     \
  X(134, label_slot_wrong, data_loss, lossy, "SL04 4.2.2",                                         \
    "the label says that it was written to slot {field}",                                          \
    "Linux skips it and offers its capacity as free. A copy or a write to the wrong place, or "    \
    "a damaged bitmap.")                                                                           \
  X(135, label_misplaced_copy, damage, safe, "SL04",                                               \
    "the slot is in use and holds a copy of the label in slot {field}, which is in use too",       \
    "Linux skips the copy. The slot can be freed without losing anything.")                        \
  X(136, label_implausible, damage, manual, "SL05",                                                \
    "the label has {tests} implausible fields; version 1.1 has no checksum",                       \
    "Several fields contradict the format together, so the label is probably damaged. Linux "      \
    "uses it as far as it can.")                                                                   \
  X(137, label_deleted_intact, note, lossy, "SL07 SL01",                                           \
    "a free slot holds an intact label, with its twin, of a namespace that is not active",         \
    "A namespace that was deleted looks exactly so. So does one whose last index update was "      \
    "lost.")                                                                                       \
  X(138, slot_unreadable, damage, manual, "RP4",                                                   \
    "the slot is in use, but cannot be read: the media reports an error",                          \
    "The label was not checked. Its namespace and its capacity are unknown.")                      \
  X(139, slot_absent, note, none, "RP4",                                                           \
    "the slot is in use, but its bytes are not in this image",                                     \
    "The label was not checked. Its namespace and its capacity are unknown.")                      \
  X(140, label_copy_doubtful, data_loss, lossy, "SL03 RP2",                                        \
    "the label is damaged; free slot {twin} holds what may be an older copy of it: {fields} "      \
    "fields differ",                                                                               \
    "Linux skips the damaged label and offers its capacity as free, so the next created "          \
    "namespace may overwrite the data. A copy that differs in more than one field may be of an "   \
    "earlier state, or of a namespace that was deleted; putting it in place needs consent.")       \
  X(150, label_duplicate, data_loss, safe, "LB01",                                                 \
    "the label is in use twice, also in slot {other}",                                             \
    "The two claim the same capacity: the DIMM's probe fails, and where labels are optional "      \
    "the whole region appears as one raw, writable namespace. One of them, the one with "          \
    "UPDATING or the one in the newer slot, can be freed.")                                        \
  X(151, label_uuid_duplicate, data_loss, manual, "LB02",                                          \
    "this label and the one in slot {other} have one uuid but different content",                  \
    "If they overlap, the DIMM's probe fails. Otherwise, on the first mapping of a region its "    \
    "scan fails and no namespace of it appears; on others Linux takes the first in slot order "    \
    "without a word.")                                                                             \
  X(152, label_extents_overlap, data_loss, manual, "LB03 V10",                                     \
    "this label and the one in slot {other} claim the same capacity",                              \
    "The DIMM's probe fails. Where labels are optional Linux then shows the whole region as "      \
    "one raw, writable namespace, and ordinary use overwrites the data.")                          \
  X(153, label_beyond_dimm, data_loss, manual, "LB04",                                             \
    "the label ends at {end}, behind the {capacity} bytes of its DIMM or region",                  \
    "A label that begins inside a region and ends outside makes the region's scan fail: none "     \
    "of its namespaces appears. If all DIMMs of the set agree, the image was probably cut.")       \
  X(154, label_rawsize_zero, data_loss, lossy, "LB05",                                             \
    "the label has length 0",                                                                      \
    "Linux cannot reserve it and the DIMM's probe fails; at address 0 it claims all capacity "     \
    "instead.")                                                                                    \
  X(155, label_extent_wraps, data_loss, lossy, "LB06",                                             \
    "the extent of the label passes 2^64",                                                         \
    "Linux cannot reserve it and the DIMM's probe fails. Where labels are optional the whole "     \
    "region appears as one raw, writable namespace.")                                              \
  X(156, label_unaligned, note, none, "LB07",                                                      \
    "the extent of the label is not a multiple of 4096 bytes",                                     \
    "Linux accepts it when reading; fsdax and devdax may refuse to be set up on it.")              \
  X(157, label_uuid_null, note, manual, "LB08",                                                    \
    "the label has a null uuid",                                                                   \
    "For Linux an ordinary namespace. Writers never choose it.")                                   \
  X(158, label_name_unterminated, damage, lossy, "LB11",                                           \
    "the name does not end with a NUL",                                                            \
    "Linux shows kernel memory behind the name.")                                                  \
  X(159, label_name_not_text, note, lossy, "LB12",                                                 \
    "the name is not UTF-8, or has text behind its NUL",                                           \
    "It is passed through as it is; text behind the NUL is not shown.")                            \
  X(160, label_lbasize_illegal, damage, lossy, "LB13",                                             \
    "lbasize {lbasize} is not a legal sector size",                                                \
    "Legal are 0, 512 and 4096, in local (block-mode) labels also 520, 528, 4104, 4160 and "       \
    "4224. Linux warns with a stack trace, which stops a machine set to panic on warnings, and "   \
    "uses 512.")                                                                                   \
  X(161, label_reserved_bits, note, none, "LB14",                                                  \
    "reserved bytes or flags are not zero",                                                        \
    "Ignored by Linux and lost when the label is rewritten. Possibly a newer format.")             \
  X(162, label_type_wrong, damage, lossy, "LB15",                                                  \
    "the type GUID is not the one that its region needs",                                          \
    "It has to be persistent memory on an NVDIMM and null on CXL. Anything else is a missing "     \
    "label for Linux: the region's scan fails and none of its namespaces appears.")                \
  X(163, label_abstraction_swapped, damage, safe, "LB16",                                          \
    "the abstraction GUID is in the wrong byte order",                                             \
    "Linux shows the namespace with an unknown class, and no driver for its content looks at "     \
    "it.")                                                                                         \
  X(164, label_abstraction_unknown, note, none, "LB16",                                            \
    "the abstraction GUID is not a known one",                                                     \
    "Linux shows the namespace with an unknown class; no driver for its content looks at it. "     \
    "The GUID is kept when the label is rewritten.")                                               \
  X(165, label_abstraction_version, note, manual, "LB18",                                          \
    "abstraction {claim} does not go with an index of version {major}.{minor}",                    \
    "Linux writes BTT2 in labels of 1.2. With BTT it looks for the info block at 4096 instead "    \
    "of 0 and may not find it.")                                                                   \
  X(166, label_read_only, note, none, "LB19",                                                      \
    "the label is marked read-only",                                                               \
    "Management software has to leave it alone. Linux ignores the flag: the namespace is "         \
    "writable.")                                                                                   \
  X(167, label_local_rules, damage, manual, "LB20",                                                \
    "the local label set has wrong positions or counts",                                           \
    "In a set that lies in one label area the lowest extent carries position 0 and the number "    \
    "of labels, the others 0xFF or 0xFFFF in both. Linux since 5.18 does not know local "          \
    "namespaces.")                                                                                 \
  X(168, label_updating_stale, needs_recovery, safe, "LB09",                                       \
    "{labels} labels of a complete set still have UPDATING",                                       \
    "An update was cut off in its second phase, or a kernel before 4.17 wrote them. Nothing "      \
    "is wrong for Linux, which ignores the flag; UEFI rolls the update forward.")                  \
  X(169, label_set_half_created, damage, lossy, "LB10",                                            \
    "{labels} labels have UPDATING and {missing} positions of their set have none",                \
    "The creation of a namespace was cut off. With a label on the first mapping the region's "     \
    "scan fails and no namespace of it appears; otherwise the capacity stays reserved. UEFI "      \
    "removes such labels.")                                                                        \
  X(170, label_uuid_stray, data_loss, manual, "LB21",                                              \
    "the label has the uuid of a namespace but a wrong cookie, or lies outside its region",        \
    "If it is in the lower slot, the namespace appears with the size and the start of this "       \
    "label, over foreign data and without any message. Outside the region it makes the scan "      \
    "fail.")                                                                                       \
  X(171, label_outside_regions, damage, manual, "LB04",                                            \
    "the label begins at {dpa}, outside every region of its DIMM",                                 \
    "Linux keeps the capacity reserved and ignores the label: its namespace does not appear, "     \
    "or not with this part. The table describes another configuration than the labels were "       \
    "written in, or the label is damaged.")                                                        \
  X(200, set_label_missing, damage, manual, "ST01",                                                \
    "{missing} of {nlabel} positions have no label",                                               \
    "All DIMMs of the set were looked at. With a label on the first mapping the region's scan "    \
    "fails and none of its namespaces appears; otherwise the namespace is hidden. A label was "    \
    "lost, or a deletion was cut off.")                                                            \
  X(201, set_position_unknown, note, none, "RP4",                                                  \
    "{missing} of {nlabel} positions were not seen",                                               \
    "A DIMM of the set was not given, has no valid index, or has slots that could not be "         \
    "checked. Nothing can be concluded from the absence.")                                         \
  X(202, set_position_twice, damage, manual, "ST02",                                               \
    "position {position} occurs more than once",                                                   \
    "Linux finds another position missing: the region's scan fails and none of its namespaces "    \
    "appears.")                                                                                    \
  X(203, set_nlabel_differs, damage, manual, "ST03",                                               \
    "the labels say {nlabel}, others or the region {ways} labels a set",                           \
    "Linux finds labels missing: the region's scan fails and none of its namespaces appears.")     \
  X(204, set_extents_differ, data_loss, manual, "ST04",                                            \
    "start or length of the extents differ between the DIMMs of the set",                          \
    "Linux does not compare them: the namespace appears, and its data is wrong.")                  \
  X(205, set_cookie_wrong, damage, manual, "ST05",                                                 \
    "cookie {cookie} is not that of the interleave set",                                           \
    "Linux skips the labels quietly: the namespace does not appear and its capacity stays "        \
    "reserved. The DIMMs were exchanged or their identity changed.")                               \
  X(206, set_cookie_other_slot, damage, manual, "ST05",                                            \
    "cookie {cookie} belongs to DIMM slot {other} of a QEMU machine, not to this region",          \
    "The image was used in another slot of the virtual machine. In this one Linux shows no "       \
    "namespace, and the labels stay untouched. Attach the images in their old order.")             \
  X(207, set_cookie_other_order, damage, manual, "ST05",                                           \
    "cookie {cookie} fits these DIMMs in another order",                                           \
    "The DIMMs of the set were exchanged among each other. Linux skips the labels; put the "       \
    "DIMMs back into their old places.")                                                           \
  X(208, set_cookie_alt, note, safe, "ST05",                                                       \
    "the cookie is the alternative one of kernels before 4.11",                                    \
    "Those sorted the DIMMs in another way. Linux still accepts it.")                              \
  X(209, set_cookie_differs, damage, manual, "ST06",                                               \
    "the labels of the set carry different cookies",                                               \
    "On the first mapping the namespace is hidden, on another the region's scan fails.")           \
  X(210, set_fields_differ, damage, lossy, "ST07",                                                 \
    "{field} differs between the labels of the set",                                               \
    "Linux uses the values of position 0; a type that differs makes the region's scan fail.")      \
  X(211, set_versions_mixed, note, none, "ST08",                                                   \
    "the DIMMs of the set have label areas of different versions",                                 \
    "Linux reads them if every label has the cookie of the first mapping's version; creating "     \
    "a BTT is refused.")                                                                           \
  X(212, set_uuid_in_two_regions, damage, manual, "ST09",                                          \
    "the uuid occurs in more than one region",                                                     \
    "In regions that share a DIMM the second one's scan fails and none of its namespaces "         \
    "appears; otherwise both appear under one uuid.")                                              \
  X(213, set_orphan, damage, manual, "ST10",                                                       \
    "no label on the first mapping of the region",                                                 \
    "Linux does not show the namespace, and its capacity stays reserved on the other DIMMs. "      \
    "Usually a deletion that was cut off.")                                                        \
  X(214, set_namespaces_omitted, note, none, "RP4",                                                \
    "{omitted} namespaces were counted but not assembled",                                         \
    "There are more than are kept in memory.")                                                     \
  X(215, set_slot_by_order, note, none, "ST05",                                                    \
    "cookie {cookie} belongs to DIMM slot {other} of a QEMU machine; the image was given as "      \
    "number {slot}",                                                                               \
    "In a machine that has the images in this order Linux shows no namespace of this one, and "    \
    "the labels stay untouched. Attach the images in their old order.")                            \
  X(216, set_orders_not_checked, note, none, "ST05 RP4",                                           \
    "the cookies of {sets} sets were not compared with other orders of their DIMMs",               \
    "Each order of each set is a computation of its own, and a hostile table can ask for "         \
    "millions. Whether DIMMs of these sets were exchanged is not known.")                          \
  X(240, cxl_region_missing, damage, manual, "CX01",                                               \
    "the namespace label names a region that has no label on this device",                         \
    "The namespace cannot be placed until its region is described again.")                         \
  X(241, cxl_extent_outside_region, damage, manual, "CX02",                                        \
    "the namespace label lies outside its region's extent",                                        \
    "One of the two labels is wrong; nothing tells which.")                                        \
  X(242, cxl_regions_overlap, data_loss, manual, "CX03",                                           \
    "this region label and the one in slot {other} claim the same capacity",                       \
    "Two regions cannot share capacity. One of them is stale or damaged.")                         \
  X(243, cxl_region_incomplete, damage, manual, "CX04",                                            \
    "{missing} of {nlabel} positions of the region have no label",                                 \
    "The region cannot be assembled.")                                                             \
  X(244, cxl_region_updating, needs_recovery, safe, "CX04",                                        \
    "{labels} labels of a complete region still have UPDATING",                                    \
    "An update was cut off in its second phase; it can be rolled forward.")                        \
  X(245, cxl_region_differs, damage, manual, "CX05",                                               \
    "{field} differs between the labels of the region",                                            \
    "All devices of a region contribute the same size, at one host address.")                      \
  X(246, cxl_hpa_unaligned, note, none, "CX06",                                                    \
    "host address {hpa} of the region is not a multiple of 256 MiB times its ways",                \
    "The platform can probably not map the region there.")                                         \
  X(247, cxl_granularity_linux, note, lossy, "CX07",                                               \
    "the granularity is stored in bytes, as the Linux series does it",                             \
    "The specification stores a power of two. Both can be told apart.")                            \
  X(248, cxl_granularity_illegal, damage, manual, "CX07",                                          \
    "the granularity {granularity} is legal in neither encoding",                                  \
    "The specification has 0 to 6, the Linux series 256 to 16384.")                                \
  X(249, cxl_label_type_unknown, note, none, "CX08",                                               \
    "the slot holds a label of unknown type",                                                      \
    "Vendors may define types of their own. It is never changed, and its slot never reused.")      \
  X(250, cxl_format_mixed, damage, manual, "CX09",                                                 \
    "the slot holds a label of another format than index version {major}.{minor} says",            \
    "A kernel with CXL labels rewrites the version of the index but does not convert labels. "     \
    "Each reader understands a part of them only.")                                                \
  X(251, cxl_nrange_differs, damage, manual, "CX10",                                               \
    "the label says {nrange} ranges, the device has {labels}",                                     \
    "A namespace has one label for each discontiguous range on a device.")                         \
  X(252, cxl_region_label_freed, damage, safe, "CX11",                                             \
    "the region of the namespace label has its label in free slot {twin}",                         \
    "The region was freed while a namespace refers to it. The label is intact and can be "         \
    "activated again.")                                                                            \
  X(253, cxl_labels_unsupported, note, none, "CX12",                                               \
    "the area holds {labels} labels of version 2.1",                                               \
    "Kernels without CXL label support misread them: the region's scan or the device's probe "     \
    "fails, and an empty area becomes version 1.2 with the first namespace.")
// clang-format on
