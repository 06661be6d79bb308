# SPDX-License-Identifier: BSD-3-Clause
# Installs BUILD to SCRATCH/prefix, takes the C++ example out of README, builds it and those of
# EXAMPLES with the project CONSUMER, and runs them: on an image that is not one, and on an empty
# file that becomes a BTT.

# step(<name> <command>...): runs it, shows what it said only when it fails.
function(step name)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${name} failed (${status}):\n${out}")
  endif()
endfunction()

file(REMOVE_RECURSE "${SCRATCH}")
step("install" "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${SCRATCH}/prefix")

file(READ "${README}" text)
if(NOT text MATCHES "```cpp\n")
  message(FATAL_ERROR "the README has no C++ example")
endif()
string(REGEX REPLACE ".*```cpp\n" "" text "${text}")
string(REGEX REPLACE "\n```.*" "\n" text "${text}")
file(WRITE "${SCRATCH}/source/example.cpp" "${text}")
file(COPY "${CONSUMER}/CMakeLists.txt" "${EXAMPLES}/sectors.cpp" DESTINATION "${SCRATCH}/source")

step("configure" "${CMAKE_COMMAND}" -S "${SCRATCH}/source" -B "${SCRATCH}/build" -G Ninja
     "-DCMAKE_PREFIX_PATH=${SCRATCH}/prefix" "-DCMAKE_CXX_COMPILER=${COMPILER}"
     "-DCMAKE_CXX_FLAGS=${FLAGS}")
step("build" "${CMAKE_COMMAND}" --build "${SCRATCH}/build")

file(WRITE "${SCRATCH}/empty.img" "")
execute_process(COMMAND "${SCRATCH}/build/example" "${SCRATCH}/empty.img"
                RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
if(NOT out MATCHES "IMG-701")
  message(FATAL_ERROR "the example does not report an empty image (${status}):\n${out}")
endif()

step("make a file" truncate -s 64M "${SCRATCH}/sectors.img")
execute_process(COMMAND "${SCRATCH}/build/sectors" "${SCRATCH}/sectors.img"
                RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
if(NOT status EQUAL 0 OR NOT out MATCHES "16105 sectors; sector 7 is what was written")
  message(FATAL_ERROR "the example of the engine (${status}):\n${out}")
endif()
