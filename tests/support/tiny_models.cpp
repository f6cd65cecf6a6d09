#include "support/tiny_models.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <tuple>

#include "kernels/cpu/dispatch.h"
#include "support/temporary_folder.h"
#include "tensor/dtype.h"

namespace freshet::testing {

SynthShape tiny_dense() {
  return {.name = "tiny-dense",
          .hidden = 256,
          .n_layers = 3,
          .attention_layers = {1},
          .n_heads = 4,
          .n_kv_heads = 2,
          .ffn = 256,
          .vocab = 272};
}

SynthShape tiny_moe() {
  SynthShape shape = tiny_dense();
  shape.name = "tiny-moe";
  shape.n_heads = 8;
  shape.n_kv_heads = 1;
  shape.n_experts = 5;
  shape.n_dense = 1;
  shape.n_experts_used = 2;
  shape.expert_ffn = 256;
  return shape;
}

const std::string& model_file(const SynthShape& shape, const std::string& type, uint64_t seed) {
  static const TemporaryFolder folder;
  static std::map<std::tuple<std::string, std::string, uint64_t>, std::string> files;
  std::string& path = files[{shape.name, type, seed}];
  if (path.empty()) {
    path = folder.path() / (shape.name + "-" + type + "-" + std::to_string(seed) + ".gguf");
    write_synth(plan_synth(shape, type, /*pure=*/true), path, seed);
  }
  return path;
}

std::vector<std::string> all_weight_types() {
  std::vector<std::string> names;
  for (const DTypeInfo& dtype : all_dtypes()) {
    std::string& name = names.emplace_back(dtype.name);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  }
  return names;
}

std::vector<std::string> cpu_targets() {
  std::vector<std::string> names;
  for (const kernels::Target& target : kernels::targets()) {
    if (target.runs_here()) names.emplace_back(target.kernels->name);
  }
  return names;
}

const char* name_of(CacheFormat format) {
  switch (format) {
    case CacheFormat::kF32:
      return "f32";
    case CacheFormat::kF16:
      return "f16";
    case CacheFormat::kQ8_0:
      return "q8_0";
  }
  return "unknown";
}

std::string as_test_name(std::string name) {
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

}  // namespace freshet::testing
