// A chat template: Jinja, as `transformers` sets it up, in an engine of our own.
//
//   const Template hello("hello", "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor
//   %}"); Text prompt = hello.render({{"messages", value_from_json(json, kForeign)}}, {});
//
// What is there is listed in README.md beside this file. A rendering reads no file, and costs no
// more than its limits.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/limits.h"
#include "jinja/value.h"

namespace freshet::jinja {

/// The variables of a template, which go from render to render unchanged.
using Context = std::vector<std::pair<std::string, Value>>;

struct RenderOptions {
  Limits limits = {};
  std::string now;  ///< what strftime_now tells: "2026-11-21T09:30:00"; empty: the machine's clock
};

/// Immutable; any number of threads may render it.
class Template {
 public:
  /// `name` is what messages call it. Throws Error, with line and column: kBadFile for what is no
  /// template, kUnsupported for statements that are not there, kResources if nested too deeply.
  Template(std::string name, std::string_view source);
  Template(Template&&) noexcept;
  Template& operator=(Template&&) noexcept;
  ~Template();

  /// The text, with the origin of each character. Throws Error, with line and column:
  /// kBadRequest where the template fails or calls raise_exception, kUnsupported for filters and
  /// tests that are not there, kResources where a limit is passed.
  [[nodiscard]] Text render(const Context& context, const RenderOptions& options) const;

 private:
  struct Parsed;
  std::unique_ptr<const Parsed> parsed_;
};

}  // namespace freshet::jinja
