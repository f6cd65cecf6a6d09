#include "tools/flag_table.h"

#include <algorithm>

namespace freshet {
namespace {

using K = FlagKind;
using V = FlagValue;

constexpr std::string_view kMapped = "weights are always mapped from the file";
constexpr std::string_view kNoNetwork =
    "freshet has no network support; download the file and pass -m FILE";

constexpr FlagRule kRules[] = {
    {"-hf", K::kAlias, "--hf-repo"},
    {"-hfr", K::kAlias, "--hf-repo"},
    {"-hff", K::kAlias, "--hf-file"},
    {"-sys", K::kAlias, "--system-prompt"},
    {"-sysf", K::kAlias, "--system-prompt-file"},
    {"-cnv", K::kAlias, "--conversation"},
    {"-no-cnv", K::kAlias, "--no-conversation"},
    {"-st", K::kAlias, "--single-turn"},
    {"--chat-template-file", K::kAlias, "--chat-template"},
    {"-mli", K::kAlias, "--multiline-input"},
    {"-sp", K::kAlias, "--special"},
    {"-tb", K::kAlias, "--threads-batch"},
    {"-ub", K::kAlias, "--ubatch-size"},
    {"-np", K::kAlias, "--parallel"},
    {"-ctk", K::kAlias, "--cache-type-k"},
    {"-ctv", K::kAlias, "--cache-type-v"},
    {"-pg", K::kAlias, "--prompt-gen"},
    {"-oe", K::kAlias, "--output-err"},
    {"-jf", K::kAlias, "--json-schema-file"},

    {"-ngl", K::kGpu, {}, V::kOne},
    {"--gpu-layers", K::kGpu, {}, V::kOne},
    {"--n-gpu-layers", K::kGpu, {}, V::kOne},
    {"-ngld", K::kGpu, {}, V::kOne},
    {"--gpu-layers-draft", K::kGpu, {}, V::kOne},
    {"--n-gpu-layers-draft", K::kGpu, {}, V::kOne},
    {"-fa", K::kGpu, {}, V::kSwitch},
    {"--flash-attn", K::kGpu, {}, V::kSwitch},
    {"-cmoe", K::kGpu},
    {"--cpu-moe", K::kGpu},
    {"-ncmoe", K::kGpu, {}, V::kOne},
    {"--n-cpu-moe", K::kGpu, {}, V::kOne},
    {"-dev", K::kGpu, {}, V::kOne},
    {"--device", K::kGpu, {}, V::kOne},
    {"-ot", K::kGpu, {}, V::kOne},
    {"--override-tensor", K::kGpu, {}, V::kOne},
    {"-sm", K::kGpu, {}, V::kOne},
    {"--split-mode", K::kGpu, {}, V::kOne},
    {"-ts", K::kGpu, {}, V::kOne},
    {"--tensor-split", K::kGpu, {}, V::kOne},
    {"-mg", K::kGpu, {}, V::kOne},
    {"--main-gpu", K::kGpu, {}, V::kOne},
    {"-fit", K::kGpu, {}, V::kSwitch},
    {"--fit", K::kGpu, {}, V::kSwitch},
    {"-nkvo", K::kGpu},
    {"--no-kv-offload", K::kGpu},
    {"-nopo", K::kGpu},
    {"--no-op-offload", K::kGpu},

    {"--mmap", K::kIgnored},
    {"--offline", K::kIgnored},
    {"--jinja", K::kIgnored},
    {"--simple-io", K::kIgnored},
    {"--warmup", K::kIgnored},
    {"--no-warmup", K::kIgnored},
    {"--repack", K::kIgnored},
    {"-nr", K::kIgnored},
    {"--no-repack", K::kIgnored},
    {"--no-context-shift", K::kIgnored},
    {"--log-disable", K::kIgnored},
    {"--no-perf", K::kIgnored},
    {"-lv", K::kIgnored, {}, V::kOne},
    {"--verbosity", K::kIgnored, {}, V::kOne},
    {"-co", K::kIgnored},
    {"--color", K::kIgnored, {}, V::kSwitch},
    {"--log-colors", K::kIgnored, {}, V::kSwitch},
    {"--prio", K::kIgnored, {}, V::kOne},
    {"--poll", K::kIgnored, {}, V::kOne},

    {"--no-mmap", K::kNotThere, kMapped},
    {"--mlock", K::kNotThere, kMapped},
    {"-lm", K::kNotThere, kMapped},
    {"--load-mode", K::kNotThere, kMapped},
    {"-mu", K::kNotThere, kNoNetwork},
    {"--model-url", K::kNotThere, kNoNetwork},
    {"--context-shift", K::kNotThere, "raise the context with -c instead"},
    {"--keep", K::kNotThere, "raise the context with -c instead"},
    {"-C", K::kNotThere, "run it under taskset, whose mask is respected"},
    {"--cpu-mask", K::kNotThere, "run it under taskset, whose mask is respected"},
    {"-Cr", K::kNotThere, "run it under taskset -c, whose mask is respected"},
    {"--cpu-range", K::kNotThere, "run it under taskset -c, whose mask is respected"},
    {"--numa", K::kNotThere, "run it under numactl"},
    {"--lora", K::kNotThere, "adapters are not there yet; merge it into the weights"},
    {"-md", K::kNotThere, "speculation is not there yet"},
    {"--model-draft", K::kNotThere, "speculation is not there yet"},
};

}  // namespace

std::span<const FlagRule> flag_table() { return kRules; }

const FlagRule* find_flag_rule(std::string_view flag) {
  const auto* rule = std::ranges::find(kRules, flag, &FlagRule::flag);
  return rule == std::end(kRules) ? nullptr : rule;
}

}  // namespace freshet
