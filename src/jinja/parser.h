// From tokens to a tree.
#pragma once

#include "jinja/ast.h"
#include "jinja/source.h"

namespace freshet::jinja {

/// Throws Error: kBadFile for what is no template, kUnsupported for the statements that would read
/// other files (include, import, extends) and a few others, by name; kResources for a template
/// nested too deeply.
[[nodiscard]] Body parse(const Source& source);

}  // namespace freshet::jinja
