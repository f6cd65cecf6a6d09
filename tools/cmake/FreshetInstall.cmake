# cmake --install, and find_package(freshet) for those who embed the engine: the public headers and
# one static library with every box in it, so that a user's linker needs no order and no list.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(boxes GLOBAL PROPERTY FRESHET_LIBRARIES)
list(TRANSFORM boxes REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
add_library(freshet_merged STATIC ${objects})
set_target_properties(freshet_merged PROPERTIES
  OUTPUT_NAME freshet EXPORT_NAME freshet LINKER_LANGUAGE CXX)
target_compile_features(freshet_merged INTERFACE cxx_std_20)
target_include_directories(freshet_merged INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(freshet_merged PUBLIC Threads::Threads)
if(FRESHET_SANITIZE)
  target_link_options(freshet_merged INTERFACE -fsanitize=${FRESHET_SANITIZE})
endif()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/freshet)
install(TARGETS freshet_merged EXPORT freshet ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/freshet DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(EXPORT freshet NAMESPACE freshet:: FILE freshetTargets.cmake DESTINATION ${package_dir})

set(package_files ${PROJECT_BINARY_DIR}/package)
file(WRITE ${package_files}/freshetConfig.cmake
     "include(CMakeFindDependencyMacro)\n"
     "find_dependency(Threads)\n"
     "include(\${CMAKE_CURRENT_LIST_DIR}/freshetTargets.cmake)\n")
write_basic_package_version_file(${package_files}/freshetConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${package_files}/freshetConfig.cmake ${package_files}/freshetConfigVersion.cmake
        DESTINATION ${package_dir})
