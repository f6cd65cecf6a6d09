// From a name to one of the CPU targets that this build carries.
#pragma once

#include <string>

#include "kernels/cpu/kernels.h"

namespace freshet {

/// The target of that name ("scalar", "avx2", ...), or the best that this machine runs if the name
/// is empty. Throws Error{kUsage} if there is none, or this processor lacks its instructions.
[[nodiscard]] const kernels::Kernels& choose_kernels(const std::string& name);

}  // namespace freshet
