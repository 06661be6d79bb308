// SPDX-License-Identifier: BSD-3-Clause
// Exits 77, which CTest takes for "skipped", where no guest is to be had.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "guest.h"

int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  if (!kernel_test::prepare_guest()) return 77;
  return context.run();
}
