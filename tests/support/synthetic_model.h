// A small model with random weights, on disk for as long as the object lives.
#pragma once

#include <freshet/synth.h>

#include <string>

#include "support/temporary_folder.h"

namespace freshet::testing {

class SyntheticModel {
 public:
  explicit SyntheticModel(const char* shape = "micro", const char* type = "q8_0") {
    write_synth(plan_synth(synth_shape(shape), type), path(), /*seed=*/7);
  }
  [[nodiscard]] std::string path() const { return folder_.path() / "model.gguf"; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

}  // namespace freshet::testing
