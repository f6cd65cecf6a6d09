// Metadata values as people read them.
#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"
#include "gguf/value.h"

namespace freshet {
namespace {

std::string show_array(const Array& array, size_t max_bytes) {
  std::string shown = "[";
  // Elements of a nested array are found by walking from its start, so only a few are asked for.
  const uint64_t most = array.type == ValueType::kArray ? 4 : array.count;
  for (uint64_t i = 0; i < array.count; ++i) {
    if (i > 0) shown += ", ";
    if (i >= most || shown.size() + 4 > max_bytes) return shown + "...]";
    shown += preview(array[i], max_bytes - std::min(max_bytes, shown.size() + 4));
  }
  return shown + "]";
}

}  // namespace

std::string describe_type(const Value& value) {
  std::string described(type_name(value.type));
  if (const Array* array = value.array()) {
    described += formatted("[{},{}]", type_name(array->type), array->count);
  }
  return described;
}

std::string preview(const Value& value, size_t max_bytes) {
  struct Show {
    ValueType type;
    size_t max_bytes;
    std::string operator()(uint64_t n) const { return formatted("{}", n); }
    std::string operator()(int64_t n) const { return formatted("{}", n); }
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(std::string_view text) const { return quoted(text, max_bytes); }
    std::string operator()(const Array& array) const { return show_array(array, max_bytes); }
    std::string operator()(double x) const {
      // The shortest digits that give back the number stored, which has float's precision.
      return type == ValueType::kFloat32 ? formatted("{}", static_cast<float>(x))
                                         : formatted("{}", x);
    }
  };
  return std::visit(Show{value.type, max_bytes}, value.data);
}

}  // namespace freshet
