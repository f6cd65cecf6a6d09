// What differs between processors and is needed outside the kernels.
#pragma once

namespace freshet {

/// Tells the core that this is a spin loop: it saves power and gives a sibling hyper-thread the
/// ports. Takes 1 to 140 cycles, depending on the core.
inline void cpu_relax() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");  // `yield` is a no-op on most cores; `isb` does wait a little
#else
  asm volatile("" ::: "memory");
#endif
}

}  // namespace freshet
