# SPDX-License-Identifier: BSD-3-Clause
# How every target of the project is compiled, and ndmedic_library(): one folder, one target.

include(GNUInstallDirs)
find_package(Boost 1.74 REQUIRED)  # headers only: Endian, CRC, UUID

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
find_program(NDMEDIC_CCACHE ccache)
if(NDMEDIC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness is what ccache asks for before it keeps what precompiled headers were used for.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros ${NDMEDIC_CCACHE})
endif()

option(NDMEDIC_WERROR "Warnings are errors" ${PROJECT_IS_TOP_LEVEL})
add_library(ndmedic_warnings INTERFACE)
target_compile_options(ndmedic_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wformat=2
  $<$<BOOL:${NDMEDIC_WERROR}>:-Werror>
  # GCC 12 fires on every "text" + string at -O2 and above (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # std::stable_sort of libstdc++ 12 calls what C++23 deprecates; clang 19 tells its users.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)

# Preset tidy: clang-tidy with each compilation; what it checks and why stands in .clang-tidy.
option(NDMEDIC_TIDY "Run clang-tidy with each compilation" OFF)
if(NDMEDIC_TIDY)
  find_program(NDMEDIC_CLANG_TIDY NAMES clang-tidy-19 clang-tidy-14 REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY "${NDMEDIC_CLANG_TIDY}" --quiet)
endif()

# Presets of the gate: in cli and tests, what most sources include is compiled once a target. The
# libraries and the preset dev go without, so that each source is seen to include what it uses.
option(NDMEDIC_PRECOMPILE "Precompile common headers" OFF)
set(NDMEDIC_STANDARD_HEADERS <algorithm> <array> <cstdint> <cstring> <functional> <memory>
    <optional> <span> <string> <string_view> <utility> <vector>)

# ndmedic_precompile(<target> [<header>...]): the standard headers above, and those.
function(ndmedic_precompile target)
  if(NDMEDIC_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${NDMEDIC_STANDARD_HEADERS} ${ARGN})
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  endif()
endfunction()

# All code includes <ndmedic/folder/header.h>: in the tree through links, installed as files.
set(NDMEDIC_INCLUDE_DIR "${PROJECT_BINARY_DIR}/include")
file(MAKE_DIRECTORY "${NDMEDIC_INCLUDE_DIR}/ndmedic")

# ndmedic_library(<folder> [DEPENDS <folder>...]): target ndmedic_<folder>, alias ndmedic::<folder>.
function(ndmedic_library folder)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  set(source_dir "${PROJECT_SOURCE_DIR}/${folder}")
  file(CREATE_LINK "${source_dir}" "${NDMEDIC_INCLUDE_DIR}/ndmedic/${folder}" SYMBOLIC)
  file(GLOB sources CONFIGURE_DEPENDS "${source_dir}/*.cpp" "${source_dir}/*.h")
  if(NOT sources)
    return()
  endif()
  add_library(ndmedic_${folder} STATIC ${sources})
  add_library(ndmedic::${folder} ALIAS ndmedic_${folder})
  set_target_properties(ndmedic_${folder} PROPERTIES EXPORT_NAME ${folder} LINKER_LANGUAGE CXX)
  # Sources are C++23; public headers must compile as C++20, which a house-rules test proves.
  target_compile_features(ndmedic_${folder} PUBLIC cxx_std_20 PRIVATE cxx_std_23)
  target_include_directories(ndmedic_${folder} PUBLIC
    "$<BUILD_INTERFACE:${NDMEDIC_INCLUDE_DIR}>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_link_libraries(ndmedic_${folder} PRIVATE "$<BUILD_INTERFACE:ndmedic_warnings>"
                                          PUBLIC Boost::headers)
  foreach(dependency IN LISTS ARG_DEPENDS)
    target_link_libraries(ndmedic_${folder} PUBLIC ndmedic_${dependency})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY NDMEDIC_LIBRARIES ndmedic_${folder})
  install(DIRECTORY "${source_dir}/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/ndmedic/${folder}"
          FILES_MATCHING PATTERN "*.h")
endfunction()
