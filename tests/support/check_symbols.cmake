# Code compiled for one CPU target must never be merged by the linker with code for every machine.
# A weak function of a target's object is such a danger (the linker keeps any one definition), unless
# its name carries the target's tag, which makes it that target's alone. Weak data (V, u) is the same
# in all targets and may be merged.
#   cmake -DNM=nm -DOBJECTS=a.o|b.o -P check_symbols.cmake
set(tags "Scalar|Avx2|AvxVnni|Avx512|Avx512Vnni|Neon|NeonDotprod|NeonI8mm")
string(REPLACE "|" ";" objects "${OBJECTS}")
list(FILTER objects INCLUDE REGEX "cpu/targets/")
if(NOT objects)
  message(FATAL_ERROR "no object of kernels/cpu/targets among ${OBJECTS}")
endif()

set(mistakes "")
foreach(object ${objects})
  execute_process(COMMAND ${NM} -C --defined-only ${object} OUTPUT_VARIABLE symbols
                  COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[0-9a-f]+ W [^\n]+" weak "${symbols}")
  foreach(symbol IN LISTS weak)
    if(NOT symbol MATCHES "[^A-Za-z0-9_](${tags})[^A-Za-z0-9_]")
      string(APPEND mistakes "${object}\n  ${symbol}\n")
    endif()
  endforeach()
endforeach()
if(mistakes)
  message(FATAL_ERROR "weak functions without a tag in their names:\n${mistakes}make these functions "
                      "always-inline, templates on the tag, or local to their file")
endif()
list(LENGTH objects n_objects)
message(STATUS "${n_objects} targets looked at, no function that others could be merged with")
