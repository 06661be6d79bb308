# SPDX-License-Identifier: BSD-3-Clause
# cmake -DFORMATTER=clang-format -DROOT=tree -P check_layout.cmake: fails when a source of the tree
# is not laid out by its .clang-format. `scripts/format.sh` mends it.

set(version "none")
if(FORMATTER)
  execute_process(COMMAND "${FORMATTER}" --version OUTPUT_VARIABLE version)
endif()
if(NOT version MATCHES "version 14\\.")
  message(STATUS "the layout is not checked: clang-format 14 is not installed")
  return()
endif()

set(patterns "")
foreach(folder IN ITEMS format media labels btt image fsck cli bench fuzz docs tests)
  list(APPEND patterns "${ROOT}/${folder}/*.h" "${ROOT}/${folder}/*.cpp")
endforeach()
file(GLOB_RECURSE files ${patterns})
execute_process(COMMAND "${FORMATTER}" --dry-run -Werror --style=file ${files}
                RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "run scripts/format.sh")
endif()
