// Models of random weights, small enough to be read thousands of times, as files.
#pragma once

#include <freshet/engine.h>
#include <freshet/synth.h>

#include <string>
#include <vector>

#include "kernels/formats/format.h"

namespace freshet::testing {

/// Every weight format's blocks divide its rows. Convolution and attention layers, all dense.
[[nodiscard]] SynthShape tiny_dense();
/// The same with a dense layer first and experts after it.
[[nodiscard]] SynthShape tiny_moe();

/// The file of that shape with every matrix in `type`; written at the first call, gone when the
/// program ends.
[[nodiscard]] const std::string& model_file(const SynthShape& shape, const std::string& type,
                                            uint64_t seed = 1);

/// Every weight format's name in lower case, as plan_synth takes it.
[[nodiscard]] std::vector<std::string> all_weight_types();
/// The CPU targets that this machine runs, best first.
[[nodiscard]] std::vector<std::string> cpu_targets();

inline constexpr CacheFormat kAllCaches[] = {CacheFormat::kF32, CacheFormat::kF16,
                                             CacheFormat::kQ8_0};
[[nodiscard]] const char* name_of(CacheFormat format);

/// A name that GoogleTest accepts.
[[nodiscard]] std::string as_test_name(std::string name);

}  // namespace freshet::testing
