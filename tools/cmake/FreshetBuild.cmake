# Options, compiler flags and the two functions every folder uses: freshet_library and freshet_test.

option(FRESHET_TOOLS "Build the freshet command" ON)
option(FRESHET_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(FRESHET_FUZZ "Build the libFuzzer targets (clang only)" OFF)
option(FRESHET_WERROR "Treat warnings as errors" OFF)
option(FRESHET_CUDA "Build the CUDA backend" OFF)
set(FRESHET_SANITIZE "" CACHE STRING "Sanitizers for the whole build, as -fsanitize takes them")
set(FRESHET_TARGETS "all" CACHE STRING "CPU targets to build: all, or scalar alone")

if(FRESHET_CUDA)
  message(FATAL_ERROR "FRESHET_CUDA=ON: the CUDA backend does not exist yet; configure without it")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
find_program(FRESHET_CCACHE ccache)
if(FRESHET_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${FRESHET_CCACHE}")
endif()

# One rounding per written operation, everywhere: a compiler that contracts a*b+c into a fused
# multiply-add where it likes would make results depend on the target and on inlining.
add_compile_options(-ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                    -Wno-sign-conversion)
if(FRESHET_WERROR)
  add_compile_options(-Werror)
endif()
if(FRESHET_SANITIZE)
  add_compile_options(-fsanitize=${FRESHET_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized)  # false alarms, of code that sanitizers insert
  endif()
  add_link_options(-fsanitize=${FRESHET_SANITIZE})
endif()

find_package(Threads REQUIRED)

# freshet_library(NAME SOURCES... [DEPENDS ...]): one static library per box of the architecture.
# The include path is the repository: #include "gguf/reader.h" (src/), "kernels/...",
# <freshet/...> (include/).
function(freshet_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(freshet_${name} STATIC ${ARG_SOURCES})
  target_include_directories(freshet_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_link_libraries(freshet_${name} PUBLIC ${ARG_DEPENDS})
  set_property(GLOBAL APPEND PROPERTY FRESHET_LIBRARIES freshet_${name})
endfunction()
