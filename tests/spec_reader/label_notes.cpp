// SPDX-License-Identifier: BSD-3-Clause
//
// Findings that one label shows by itself: labels.md 7.2 (SL02) and 7.3 (LB05 to LB19), each
// literally by its column "Detect".  Findings do not exclude each other.
#include "spec_reader/guid.h"
#include "spec_reader/label_area.h"

namespace spec_reader {

namespace {

// LB05, LB06: the extent.
void extent_notes(std::uint64_t dpa, std::uint64_t rawsize, Verdict& notes) {
  // LB05
  if (rawsize == 0) {
    notes.insert("LB05");
  }
  // LB06: above 2^64; a sum of exactly 2^64 is still right.  Written as dpa > 2^64 - rawsize.
  const std::uint64_t largest = ~std::uint64_t{0};
  if (rawsize != 0 && dpa > largest - rawsize + 1) {
    notes.insert("LB06");
  }
}

// LB11, LB12: the 64 name bytes.
void name_notes(Bytes name, Verdict& notes) {
  // LB11: the last of the 64 bytes must be the NUL (2.4: at most 63 bytes of text).
  if (number_at(name, 63, 1) != 0) {
    notes.insert("LB11");
  }
  std::size_t length = 0;
  while (length < name.size() && name[length] != 0) {
    ++length;
  }
  // LB12 has two halves: the text itself, and anything behind its NUL.
  const bool text_behind_nul = !all_bytes_are(name.subspan(length), 0);
  if (!is_utf8(name.first(length)) || text_behind_nul) {
    notes.insert("LB12");
  }
}

// LB13: by 2.10 a pmem label has 0, 512 or 4096; a block-mode one (LOCAL, 2.9 and 4.5) any of
// 512, 520, 528, 4096, 4104, 4160, 4224.  0 is "unspecified" in every label.
void lbasize_note(std::uint64_t lbasize, bool local, Verdict& notes) {
  const bool pmem = lbasize == 0 || lbasize == 512 || lbasize == 4096;
  const bool block_mode =
      lbasize == 520 || lbasize == 528 || lbasize == 4104 || lbasize == 4160 || lbasize == 4224;
  if (!pmem && !(local && block_mode)) {
    notes.insert("LB13");
  }
}

// LB14 (flag part): bits that 2.9 reserves in this kind of label.
void flag_notes(std::uint64_t flags, std::uint64_t defined, Verdict& notes) {
  if ((flags & ~defined) != 0) {
    notes.insert("LB14");
  }
}

// LB16: the value is unknown as stored, and a known abstraction in the other byte order.
void abstraction_note(Bytes abstraction, GuidOrder wrong_order, Verdict& notes) {
  if (!known_guid_name(abstraction, GuidKind::abstraction, wrong_order).empty()) {
    notes.insert("LB16");
  }
}

// Labels of 2.4 and the first 124 bytes of 2.5.
void efi_notes(Bytes label, Verdict& notes) {
  // LB08: 16 zero bytes, whatever rawsize says.
  const std::uint64_t flags = number_at(label, 80, 4);
  if (all_bytes_are(clip(label, 0, 16), 0)) {
    notes.insert("LB08");
  }
  name_notes(clip(label, 16, 64), notes);
  // 2.9: bits 0, 1, 3 and 4 are defined; 2 and 5..31 are reserved.
  flag_notes(flags, 0x1B, notes);
  // LB19: ROLABEL.  Not damage; management software must not change the label.
  if ((flags & 1) != 0) {
    notes.insert("LB19");
  }
  lbasize_note(number_at(label, 96, 8), (flags & 2) != 0, notes);
  extent_notes(number_at(label, 104, 8), number_at(label, 112, 8), notes);
}

// The part of 2.5 behind the slot number.
void v1_2_notes(Bytes label, Verdict& notes) {
  // 2.5: bytes 160..167 are SPALocationCookie when flag bit 4 is set, otherwise 0 (9.39).
  const bool cookie_bound = (number_at(label, 80, 4) & 0x10) != 0;
  const bool stray_cookie = !cookie_bound && number_at(label, 160, 8) != 0;
  const bool reserved_set =
      !all_bytes_are(clip(label, 125, 3), 0) || !all_bytes_are(clip(label, 168, 80), 0);
  if (stray_cookie || reserved_set) {
    notes.insert("LB14");
  }
  // LB15: zero is right on CXL, so by itself only an unknown value is a finding; a known
  // value in the wrong byte order is unknown as stored.
  const Bytes type = clip(label, 128, 16);
  if (!all_bytes_are(type, 0) &&
      known_guid_name(type, GuidKind::range_type, GuidOrder::mixed).empty()) {
    notes.insert("LB15");
  }
  // 2.8: abstractions are mixed-endian in a 1.2 label, so text order is the wrong one.
  abstraction_note(clip(label, 144, 16), GuidOrder::text, notes);
}

// 2.6.  ROLABEL does not exist here: bit 0 is reserved (2.9), so LB14 and not LB19.
void cxl_namespace_notes(Bytes label, Verdict& notes) {
  if (all_bytes_are(clip(label, 16, 16), 0)) {
    notes.insert("LB08");
  }
  name_notes(clip(label, 32, 64), notes);
  flag_notes(number_at(label, 96, 4), 0x08, notes);
  extent_notes(number_at(label, 104, 8), number_at(label, 112, 8), notes);
  // 2.8: here it is the other way round.
  abstraction_note(clip(label, 144, 16), GuidOrder::mixed, notes);
  lbasize_note(number_at(label, 160, 2), false, notes);
  if (!all_bytes_are(clip(label, 162, 86), 0)) {
    notes.insert("LB14");
  }
}

// 2.7.
void cxl_region_notes(Bytes label, Verdict& notes) {
  if (all_bytes_are(clip(label, 16, 16), 0)) {
    notes.insert("LB08");
  }
  flag_notes(number_at(label, 32, 4), 0x08, notes);
  extent_notes(number_at(label, 40, 8), number_at(label, 48, 8), notes);
  if (!all_bytes_are(clip(label, 76, 172), 0)) {
    notes.insert("LB14");
  }
}

}  // namespace

Verdict label_notes(Bytes label, LabelFormat format) {
  Verdict notes;
  const std::uint64_t size = label_size(format);
  if (label.size() < size) {
    // A cut label shows nothing; label_failures says that it is cut.
    return notes;
  }
  // SL02 is asked first, but it does not stop the others: an all-zero label is also LB05 and
  // LB08.
  const Bytes whole = clip(label, 0, size);
  if (all_bytes_are(whole, 0x00) || all_bytes_are(whole, 0xFF)) {
    notes.insert("SL02");
  }
  switch (format) {
    case LabelFormat::v1_1:
      efi_notes(whole, notes);
      // 2.4: the last four bytes are 0.
      if (number_at(whole, 124, 4) != 0) {
        notes.insert("LB14");
      }
      break;
    case LabelFormat::v1_2:
      efi_notes(whole, notes);
      v1_2_notes(whole, notes);
      break;
    case LabelFormat::cxl_namespace:
      cxl_namespace_notes(whole, notes);
      break;
    case LabelFormat::cxl_region:
      cxl_region_notes(whole, notes);
      break;
    case LabelFormat::vendor:
      // 2.7: vendor-defined content cannot be judged.
      break;
  }
  return notes;
}

}  // namespace spec_reader
