// The flags of every command that opens a model.
#pragma once

#include <freshet/engine.h>

#include <string>

#include "tools/cli_fwd.h"
#include "tools/console.h"

namespace freshet {

struct ModelOptions {
  std::string path;     ///< -m; empty: the model in the box
  std::string hf_repo;  ///< -hf: user/model or user/model:quant, found in the local cache
  std::string hf_file;  ///< -hff: the file within it
  int n_threads = 0;
  int n_threads_batch = 0;  ///< -tb: the same team reads and writes, so it counts without -t only
  std::string cpu_target;
  std::string key_cache = "f16";
  std::string value_cache = "f16";
  int64_t context = 0;
  int batch = 0;        ///< -b: 0 = not given
  int micro_batch = 0;  ///< -ub: 0 = not given
  bool verbose = false;
};

/// Declares -m -hf -hff and, in their groups, the rest of the above.
void add_model_options(CLI::App& command, ModelOptions& options);
/// Only -m, -hf and -hff: for commands that do not compute.
void add_model_path_options(CLI::App& command, ModelOptions& options);

/// The file that -m or -hf name, or empty for the model in the box. Throws Error.
std::string resolve_model_path(const ModelOptions& options);

/// "f32", "f16" or "q8_0"; Error{kUsage} otherwise.
CacheFormat parse_cache_format(const std::string& name);
const char* cache_format_name(CacheFormat format);

/// What the flags ask of an engine. Throws Error{kUsage} for a cache type that is none.
EngineOptions engine_options(const ModelOptions& options);

/// Opens it, and says on the console what the user should know: which model it is if none was
/// named, warnings, threads.
Engine open_model(const ModelOptions& options, const Console& console);

}  // namespace freshet
