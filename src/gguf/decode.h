// From the bytes under a cursor to a metadata value.
#pragma once

#include "gguf/cursor.h"
#include "gguf/value.h"

namespace freshet {

/// A value type and a value of it. Throws as the cursor does.
[[nodiscard]] Value read_value(Cursor& cursor);

}  // namespace freshet
