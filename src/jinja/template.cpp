#include "jinja/template.h"

#include "jinja/interpreter.h"
#include "jinja/parser.h"

namespace freshet::jinja {

struct Template::Parsed {
  Parsed(std::string name, std::string_view utf8) : source(std::move(name), utf8) {
    body = parse(source);
  }

  Source source;
  Body body;
};

Template::Template(std::string name, std::string_view source)
    : parsed_(std::make_unique<const Parsed>(std::move(name), source)) {}
Template::Template(Template&&) noexcept = default;
Template& Template::operator=(Template&&) noexcept = default;
Template::~Template() = default;

Text Template::render(const Context& context, const RenderOptions& options) const {
  // The runtime outlives the interpreter: values give back to it what they held.
  Runtime runtime(options.limits, options.now);
  Interpreter interpreter(parsed_->source, runtime);
  return interpreter.run(parsed_->body, context);
}

}  // namespace freshet::jinja
