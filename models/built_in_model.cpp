#include "models/built_in_model.h"

// The assembler copies the file: no generated source, and no tool to run when cross-compiling.
asm(R"(
    .section .rodata
    .balign 64
    .global freshet_built_in_model
    .hidden freshet_built_in_model
freshet_built_in_model:
    .incbin ")" FRESHET_BUILT_IN_MODEL_FILE R"("
    .global freshet_built_in_model_end
    .hidden freshet_built_in_model_end
freshet_built_in_model_end:
    .previous
)");

extern "C" {
extern const std::byte freshet_built_in_model[] __attribute__((visibility("hidden")));
extern const std::byte freshet_built_in_model_end[] __attribute__((visibility("hidden")));
}

namespace freshet {

std::span<const std::byte> built_in_model() noexcept {
  return {freshet_built_in_model, freshet_built_in_model_end};
}

}  // namespace freshet
