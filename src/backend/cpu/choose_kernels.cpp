#include "backend/cpu/choose_kernels.h"

#include "base/error.h"
#include "kernels/cpu/dispatch.h"

namespace freshet {

const kernels::Kernels& choose_kernels(const std::string& name) {
  if (name.empty()) return kernels::best_kernels();
  std::string known;
  for (const kernels::Target& target : kernels::targets()) {
    if (!known.empty()) known += ", ";
    known += target.kernels->name;
    if (name != target.kernels->name) continue;
    if (!target.runs_here()) {
      fail(ErrorKind::kUsage, "CPU target {}: this processor lacks its instructions", name);
    }
    return *target.kernels;
  }
  fail(ErrorKind::kUsage, "unknown CPU target \"{}\"; this build has {}", name, known);
}

}  // namespace freshet
