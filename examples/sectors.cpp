// SPDX-License-Identifier: BSD-3-Clause
// Makes a BTT in a file that exists, writes a sector, and reads it back after opening it again.
//   sectors FILE
#include <cstddef>
#include <iostream>
#include <memory>
#include <vector>

#include <ndmedic/btt/engine.h>
#include <ndmedic/btt/layout.h>
#include <ndmedic/format/guid_source.h>
#include <ndmedic/media/file_media.h>

namespace {

int fail(const char* what, const ndmedic::Error& error) {
  std::cerr << what << " failed: " << error.what << '\n';
  return 8;
}

ndmedic::Result<std::unique_ptr<ndmedic::Btt>> open(ndmedic::Media& media) {
  ndmedic::BttOptions options;
  options.writable = true;     // completes what a power loss interrupted
  ndmedic::Findings findings;  // what is wrong with it, in sentences
  return ndmedic::Btt::open(media, options, findings);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 16;
  auto file = ndmedic::FileMedia::open_write(argv[1]);
  if (!file) return fail("opening", file.error());

  ndmedic::FormatPlan plan;  // version 2.0, 4096-byte sectors, as Linux makes it
  const auto uuid = ndmedic::GuidSource().next();
  if (!uuid) return fail("making a uuid", uuid.error());
  plan.uuid = *uuid;
  if (const auto made = ndmedic::format_btt(**file, plan); !made)
    return fail("making", made.error());

  const std::vector<std::byte> sector(4096, std::byte{0x5A});
  {
    auto btt = open(**file);
    if (!btt) return fail("attaching", btt.error());
    // When write() returns, the sector is durable; a power loss before leaves the old one.
    if (const auto written = (*btt)->write({7}, sector); !written)
      return fail("writing", written.error());
  }
  auto btt = open(**file);
  if (!btt) return fail("attaching again", btt.error());
  std::vector<std::byte> again(4096);
  if (const auto read = (*btt)->read({7}, again); !read) return fail("reading", read.error());
  std::cout << (*btt)->sectors() << " sectors; sector 7 "
            << (again == sector ? "is what was written" : "differs") << '\n';
  return again == sector ? 0 : 4;
}
