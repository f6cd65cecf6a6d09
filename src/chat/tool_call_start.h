// Calls without marks: whether an answer begins like one.
#pragma once

#include <string_view>

#include "chat/answer_marks.h"
#include "chat/tool_schema.h"

namespace freshet {

/// Whether `text`, the beginning of an answer, begins like calls of declared tools:
/// [name( or name( or {"name": "name", up to white space. kNeedMore while it may still become that,
/// also for white space alone; a kNo comes with the first character that speaks against it, so that
/// text which is something else is not held back.
[[nodiscard]] Decision begins_bare_call(std::string_view text, const ToolSet& tools, bool complete);

}  // namespace freshet
