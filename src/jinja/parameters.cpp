#include "jinja/parameters.h"

#include <algorithm>

#include "jinja/operations.h"

namespace freshet::jinja {

Value keyword_key(std::string_view name) { return make_text(from_utf8(name, kForeign)); }

Parameters::Parameters(std::string_view function, const Arguments& arguments,
                       std::initializer_list<std::string_view> names)
    : function_(function), names_(names), values_(names.size(), nullptr) {
  if (arguments.positional.size() > names_.size()) {
    fault("{}() takes at most {} arguments, {} given", function_, names_.size(),
          arguments.positional.size());
  }
  for (size_t i = 0; i < arguments.positional.size(); ++i) values_[i] = &arguments.positional[i];
  for (const auto& [name, value] : arguments.named) {
    const auto at = std::ranges::find(names_, name);
    if (at == names_.end()) fault("{}() has no argument named '{}'", function_, name);
    const Value*& place = values_[static_cast<size_t>(at - names_.begin())];
    if (place != nullptr) fault("{}() got two values for '{}'", function_, name);
    place = &value;
  }
}

const Value& Parameters::at(size_t i) const {
  if (!has(i)) fault("{}() needs the argument '{}'", function_, names_[i]);
  return *values_[i];
}

const Text& Parameters::text(size_t i) const {
  if (const Text* text = at(i).text()) return *text;
  refuse_type(i, "a string");
}

int64_t Parameters::integer(size_t i) const {
  if (const auto number = at(i).integer()) return *number;
  refuse_type(i, "an integer");
}

int64_t Parameters::integer_or(size_t i, int64_t otherwise) const {
  return has(i) ? integer(i) : otherwise;
}

bool Parameters::truth_or(size_t i, bool otherwise) const {
  return has(i) ? is_true(*values_[i]) : otherwise;
}

void Parameters::refuse_type(size_t i, std::string_view expected) const {
  refuse_undefined(*values_[i]);
  fault("{}() expects {} as '{}', found {}", function_, expected, names_[i],
        type_name(*values_[i]));
}

}  // namespace freshet::jinja
