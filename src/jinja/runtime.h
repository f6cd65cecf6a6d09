// What functions of one rendering share: its budget, its objects, its clock.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "jinja/limits.h"
#include "jinja/value.h"

namespace freshet::jinja {

class Runtime {
 public:
  /// `now` as Template::render takes it.
  Runtime(const Limits& limits, std::string time) : budget(limits), now(std::move(time)) {}
  ~Runtime() {
    for (const auto& object : objects_) object->release();
  }
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  /// Objects live as long as the rendering, since they may refer to each other in circles.
  Value keep(std::shared_ptr<Object> object) {
    constexpr uint64_t kObjectBytes = 256;
    budget.spend(1);
    budget.take(kObjectBytes);
    objects_.push_back(object);
    return Value(std::move(object));
  }

  Budget budget;
  const std::string now;

 private:
  std::vector<std::shared_ptr<Object>> objects_;
};

}  // namespace freshet::jinja
