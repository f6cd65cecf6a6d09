// A file's report as text and as JSON.
#pragma once

#include <freshet/inspect.h>

#include <string>

namespace freshet {

/// What is shown only when asked for.
struct InfoDetail {
  bool tensors = false;
  bool metadata = false;
};

std::string info_text(const FileReport& report, const InfoDetail& detail);
/// One object with everything in it, and a line feed.
std::string info_json(const FileReport& report);

}  // namespace freshet
