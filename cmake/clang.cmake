# SPDX-License-Identifier: BSD-3-Clause
# The newest clang that Debian 12 has: 19, else 14.
foreach(version IN ITEMS 19 14)
  find_program(NDMEDIC_CLANGXX_${version} clang++-${version})
  if(NDMEDIC_CLANGXX_${version})
    set(CMAKE_CXX_COMPILER "${NDMEDIC_CLANGXX_${version}}")
    string(REPLACE "clang++" "clang" CMAKE_C_COMPILER "${CMAKE_CXX_COMPILER}")
    return()
  endif()
endforeach()
message(FATAL_ERROR "neither clang++-19 nor clang++-14 found: run scripts/setup.sh clang")
