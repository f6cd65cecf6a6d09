// Everything in a format or tag header is always inlined: code compiled for one instruction set
// must never become a weak symbol that the linker could merge into code for another.
#pragma once

#define FRESHET_INLINE __attribute__((always_inline)) inline
/// The same for a lambda: [&](int i) FRESHET_INLINE_LAMBDA { ... }
#define FRESHET_INLINE_LAMBDA __attribute__((always_inline))
