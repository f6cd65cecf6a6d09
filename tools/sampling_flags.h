// The flags that decide how an answer is chosen and when it ends; run and chat share them.
#pragma once

#include <freshet/generate.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/cli_fwd.h"
#include "tools/constraint_flags.h"

namespace freshet {

/// As typed; resolved once the model is known.
struct GenerationFlags {
  std::map<SamplingField, double> sampling;
  int64_t max_tokens = -1;
  std::string seed;                     ///< a number; -1 or empty: a random one
  std::string samplers;                 ///< order of the stages, empty: the default
  std::vector<std::string> logit_bias;  ///< "ID+BIAS" or "ID-BIAS"
  std::vector<std::string> stop;
  ConstraintFlags constraint;
  bool ignore_eos = false;
  bool show_special = false;
};

/// Declares one flag for each of sampling_fields(), and the rest of the above.
void add_generation_flags(CLI::App& command, GenerationFlags& flags);

/// What flags, file and maker say together. Throws Error for a value out of its bounds.
ResolvedSampling resolve_flags(const GenerationFlags& flags, const Engine& engine);

/// What the flags make of an answer, for generate(); nothing where they ask for nothing. Throws
/// Error for a grammar or schema that is refused.
std::optional<Constraint> resolve_constraint(const GenerationFlags& flags, const Engine& engine);

/// "42" -> 42, "-1" or "" -> nothing: a random one. Error{kUsage} otherwise.
std::optional<uint64_t> parse_seed(const std::string& text);

/// "[ Prompt: 41.2 t/s | Generation: 12.5 t/s ]"
std::string statistics_line(const Generation& generation);

}  // namespace freshet
