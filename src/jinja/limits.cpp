#include "jinja/limits.h"

namespace freshet::jinja {

void Budget::refuse_steps() const {
  throw Fault(ErrorKind::kResources,
              formatted("the template does too much: {} steps are allowed", limits_.steps));
}

void Budget::refuse_bytes() const {
  throw Fault(ErrorKind::kResources,
              formatted("the template makes too much text: {} MiB are allowed at a time",
                        limits_.bytes >> 20));
}

void Budget::refuse_depth() const {
  throw Fault(ErrorKind::kResources,
              formatted("the template is nested too deeply, or a macro calls itself too often: "
                        "{} levels are allowed",
                        limits_.depth));
}

}  // namespace freshet::jinja
