# SPDX-License-Identifier: BSD-3-Clause
# cmake --install gives find_package(ndmedic) with targets ndmedic::format, media, labels, ...

include(CMakePackageConfigHelpers)
get_property(libraries GLOBAL PROPERTY NDMEDIC_LIBRARIES)
install(TARGETS ${libraries} EXPORT ndmedicTargets)
install(EXPORT ndmedicTargets NAMESPACE ndmedic::
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/ndmedic")
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/ndmedicConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/ndmedicConfig.cmake"
  INSTALL_DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/ndmedic")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/ndmedicConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/ndmedicConfig.cmake"
              "${PROJECT_BINARY_DIR}/ndmedicConfigVersion.cmake"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/ndmedic")
