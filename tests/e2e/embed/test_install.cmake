# Installs the build tree BUILD below WORK, builds the example against what was installed, and runs
# it on the model in the box: its text must be what the installed command writes.
function(step what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output
                  ERROR_VARIABLE output_on_error)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${what} failed (${result}):\n${output}${output_on_error}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
step("installing" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
step("configuring the example" ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK}/build
     -G ${GENERATOR} -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_CXX_COMPILER=${CXX}
     -DCMAKE_BUILD_TYPE=Release)
step("building the example" ${CMAKE_COMMAND} --build ${WORK}/build)

set(prompt "The snow melts")
step("running the example" ${WORK}/build/embed ${prompt})
string(STRIP "${output}" embedded)
if(embedded STREQUAL "")
  message(FATAL_ERROR "the example wrote no text")
endif()
step("running the installed command" ${WORK}/prefix/bin/freshet run -p ${prompt} -n 32 --temp 0)
string(STRIP "${output}" of_command)
string(FIND "${of_command}" "${embedded}" at)
if(at EQUAL -1)
  message(FATAL_ERROR "the example wrote\n${embedded}\nand the command\n${of_command}")
endif()
