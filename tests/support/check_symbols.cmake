# Code compiled for one CPU target must never be merged by the linker with code for another. A weak
# function of a target's object is such a danger (the linker keeps any one definition), unless its
# name carries a tag (Avx512) or a target's namespace (avx512), and no second target defines it too.
# Weak data (V, u) is the same in all targets and may be merged.
#   cmake -DNM=nm -DOBJECTS=a.o|b.o -P check_symbols.cmake
cmake_policy(VERSION 3.25)
set(tags "Baseline|Scalar|Avx2|AvxVnni|Avx512|Avx512Vnni|Neon|NeonDotprod|NeonI8mm")
set(namespaces "scalar|avx2|avx_vnni|avx512|neon|neon_dotprod|neon_i8mm")
string(REPLACE "|" ";" objects "${OBJECTS}")
list(FILTER objects INCLUDE REGEX "(cpu|quantise)/targets/")
if(NOT objects)
  message(FATAL_ERROR "no object of a target among ${OBJECTS}")
endif()

set(mistakes "")
set(seen "")
foreach(object ${objects})
  execute_process(COMMAND ${NM} -C --defined-only ${object} OUTPUT_VARIABLE symbols
                  COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL " W [^\n]+" functions "${symbols}")
  foreach(function IN LISTS functions)
    if(NOT function MATCHES "[^A-Za-z0-9_](${tags}|${namespaces})[^A-Za-z0-9_]")
      string(APPEND mistakes "${object}: no tag in${function}\n")
    elseif(function IN_LIST seen)
      string(APPEND mistakes "${object}: another target defines${function}\n")
    endif()
  endforeach()
  list(APPEND seen ${functions})
endforeach()
if(mistakes)
  message(FATAL_ERROR "functions that the linker may merge:\n${mistakes}make them always-inline, "
                      "templates on the tag, or local to their file")
endif()
list(LENGTH objects n_objects)
list(LENGTH seen n_seen)
message(STATUS "${n_objects} targets, ${n_seen} weak functions, none that could be merged")
