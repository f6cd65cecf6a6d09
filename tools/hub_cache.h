// Files that Hugging Face's tools have downloaded, found again. Nothing is fetched.
#pragma once

#include <filesystem>
#include <string>

namespace freshet {

/// The GGUF file of `repo` ("user/model" or "user/model:quant", quant defaulting to Q4_K_M and then
/// to whatever there is; the first part of a split file) or, if `file` is given, that file, in the
/// cache of https://huggingface.co/docs/huggingface_hub/guides/manage-cache: HF_HUB_CACHE, else
/// HF_HOME/hub, else XDG_CACHE_HOME/huggingface/hub, else ~/.cache/huggingface/hub. Throws
/// Error{kUsage} for a name that is not of that form and Error{kBadFile} if it is not there.
std::filesystem::path find_in_hub_cache(const std::string& repo, const std::string& file = {});

}  // namespace freshet
