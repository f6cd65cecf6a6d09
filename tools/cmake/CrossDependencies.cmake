# Answers find_package() in a cross build without packages of the foreign architecture: fmt,
# nlohmann/json and CLI11 are headers, which the host's packages carry, and GoogleTest is built from
# the source that the package googletest installs.
# https://cmake.org/cmake/help/v3.25/command/cmake_language.html#dependency-providers

# The host's /usr/include as a whole would hide the target's C library, so each library's headers
# are reached through a folder that holds a link to them and nothing else.
function(freshet_host_headers target folder)
  if(TARGET ${target})
    return()
  endif()
  if(NOT EXISTS /usr/include/${folder})
    message(FATAL_ERROR "${target}: /usr/include/${folder} is missing; install its package")
  endif()
  set(links ${CMAKE_BINARY_DIR}/host-headers/${folder})
  file(MAKE_DIRECTORY ${links})
  file(CREATE_LINK /usr/include/${folder} ${links}/${folder} SYMBOLIC)
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} SYSTEM INTERFACE ${links})
endfunction()

function(freshet_googletest_from_source)
  set(source /usr/src/googletest/googletest)
  if(NOT EXISTS ${source}/CMakeLists.txt)
    message(FATAL_ERROR "GTest: ${source} is missing; install the package googletest")
  endif()
  set(INSTALL_GTEST OFF)
  add_subdirectory(${source} ${CMAKE_BINARY_DIR}/googletest EXCLUDE_FROM_ALL SYSTEM)
  target_compile_options(gtest PRIVATE -w)
  target_compile_options(gtest_main PRIVATE -w)
endfunction()

macro(freshet_find_package method name)
  if("${name}" STREQUAL "fmt")
    freshet_host_headers(fmt::fmt-header-only fmt)
    set_target_properties(fmt::fmt-header-only PROPERTIES
      INTERFACE_COMPILE_DEFINITIONS FMT_HEADER_ONLY=1)
    set(fmt_FOUND TRUE)
  elseif("${name}" STREQUAL "nlohmann_json")
    freshet_host_headers(nlohmann_json::nlohmann_json nlohmann)
    set(nlohmann_json_FOUND TRUE)
  elseif("${name}" STREQUAL "CLI11")
    freshet_host_headers(CLI11::CLI11 CLI)
    set(CLI11_FOUND TRUE)
  elseif("${name}" STREQUAL "GTest")
    if(NOT TARGET gtest)
      freshet_googletest_from_source()
    endif()
    set(GTest_FOUND TRUE)
  endif()
endmacro()

cmake_language(SET_DEPENDENCY_PROVIDER freshet_find_package SUPPORTED_METHODS FIND_PACKAGE)
