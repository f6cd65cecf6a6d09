// Names in their order, found without a search. Copies share what they hold until one of them is
// changed: merging schemas copies them by the thousand.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace freshet {

template <class Value>
class NamedValues {
 public:
  using Entry = std::pair<std::string, Value>;

  [[nodiscard]] const Value* find(const std::string& name) const {
    const auto place = held_->places.find(name);
    return place == held_->places.end() ? nullptr : &held_->entries[place->second].second;
  }
  [[nodiscard]] bool contains(const std::string& name) const { return find(name) != nullptr; }

  /// False if the name is there already.
  bool add(const std::string& name, Value value) {
    if (contains(name)) return false;
    if (held_.use_count() > 1) held_ = std::make_shared<Held>(*held_);
    held_->places.emplace(name, held_->entries.size());
    held_->entries.emplace_back(name, std::move(value));
    return true;
  }

  [[nodiscard]] auto begin() const { return held_->entries.cbegin(); }
  [[nodiscard]] auto end() const { return held_->entries.cend(); }
  [[nodiscard]] size_t size() const { return held_->entries.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }

 private:
  struct Held {
    std::vector<Entry> entries;
    std::unordered_map<std::string, size_t> places;
  };
  std::shared_ptr<Held> held_ = std::make_shared<Held>();
};

}  // namespace freshet
