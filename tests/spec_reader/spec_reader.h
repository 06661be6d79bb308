// SPDX-License-Identifier: BSD-3-Clause
//
// The second, slow, plain reader of the on-media formats.
//
// It is written from the format specification alone and shares no code with the library that
// it checks.  It is an oracle: where both readers disagree, one of them is wrong.  So it does
// the obvious thing in the order of the text, one function per paragraph, and nothing fast.
//
// Promises, for any input: no read outside the given bytes, no undefined arithmetic, no
// exception of its own (memory exhaustion aside), time and memory bounded by the input length.
//
// Names of fields are the lower snake_case of the specification's name column.  Verdicts are
// sets of rule ids: "4.1.3" is test 3 of section 4.1 of the label specification, "V-9", "R6",
// "PH-1", "IX16", "LB11" and so on carry their id, "6.3-5" is rule 5 of section 6.3 of the BTT
// specification.
//
// What is offered, by header:
//
//   bytes.h       FieldValue, Fields, Verdict, field_number; checked numbers and arithmetic
//   fletcher.h    fletcher64 with an as-zero range
//   guid.h        guid_text, guid_bytes (both byte orders), known_guids, known_guid_name
//   label_area.h  label_geometry, index_size_for, geometry_generations; index_fields,
//                 index_violations, slot_size_of_version, newer_block; label_format,
//                 label_fields, label_failures, label_notes, label_checksum_right, is_utf8;
//                 cxl_label_kind, granularity_kind; read_area
//   arena.h       info_fields, info_numbers, info_violations; internal_lbasize_by,
//                 arena_geometry, geometry_of_stride, cut_namespace; decode_map_entry;
//                 flog_group_fields, parse_flog_group, detect_flog_layout, current_side,
//                 lane_slots, lane_needs_map, judge_lane
//   btt_reader.h  read_btt over a NamespaceSource, memory_source
//   siblings.h    pfn_kind, pfn_fields, pfn_meaning, pfn_violations; pool_fields,
//                 pool_sds_fields, pool_checksum, pool_violations, pool_descriptor_fields
//   nfit.h        read_nfit, join_nfit, find_interleave, interleave_spa, interleave_share;
//                 cookie1, cookie2, altcookie, cxl_cookie
#pragma once

#include "spec_reader/arena.h"
#include "spec_reader/btt_reader.h"
#include "spec_reader/bytes.h"
#include "spec_reader/fletcher.h"
#include "spec_reader/guid.h"
#include "spec_reader/label_area.h"
#include "spec_reader/nfit.h"
#include "spec_reader/siblings.h"
