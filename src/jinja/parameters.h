// The arguments of a call, matched with the names of a function's parameters.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/value.h"

namespace freshet::jinja {

/// The name of a keyword argument as the key of a dict. It is foreign, since ** makes names of keys
/// that messages brought.
[[nodiscard]] Value keyword_key(std::string_view name);

class Parameters {
 public:
  /// Throws a Fault for an argument too many, of an unknown name, or given twice. The arguments
  /// outlive this.
  Parameters(std::string_view function, const Arguments& arguments,
             std::initializer_list<std::string_view> names);

  [[nodiscard]] bool has(size_t i) const { return values_[i] != nullptr; }
  /// Whether it is given and not none.
  [[nodiscard]] bool is_set(size_t i) const { return has(i) && !values_[i]->is_none(); }

  /// The following throw a Fault if it is missing or of another type.
  [[nodiscard]] const Value& at(size_t i) const;
  [[nodiscard]] const Text& text(size_t i) const;
  [[nodiscard]] int64_t integer(size_t i) const;
  /// The following only if it is given and of another type.
  [[nodiscard]] int64_t integer_or(size_t i, int64_t otherwise) const;
  [[nodiscard]] bool truth_or(size_t i, bool otherwise) const;

 private:
  [[noreturn]] void refuse_type(size_t i, std::string_view expected) const;

  std::string_view function_;
  std::vector<std::string_view> names_;
  std::vector<const Value*> values_;
};

}  // namespace freshet::jinja
