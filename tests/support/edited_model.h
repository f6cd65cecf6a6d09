// A model's file written again with some of it changed: how tests make files that are odd or wrong
// in exactly one thing.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gguf/reader.h"
#include "gguf/writer.h"

namespace freshet::testing {

class EditedModel {
 public:
  explicit EditedModel(const std::string& path) : source_(path) {}

  /// Leaves the metadata key out.
  EditedModel& without_key(const std::string& key);
  /// Replaces the value of the key, or adds it.
  template <class T>
  EditedModel& with_key(const std::string& key, T value) {
    keys_[key] = [key, value](GgufWriter& out) { out.add(key, value); };
    return *this;
  }
  template <class T>
  EditedModel& with_array(const std::string& key, std::vector<T> values) {
    keys_[key] = [key, values](GgufWriter& out) { out.add_array(key, values); };
    return *this;
  }

  EditedModel& without_tensor(const std::string& name);
  EditedModel& with_tensor_named(const std::string& name, const std::string& new_name);
  /// Zeros of that shape in place of the tensor, or as a new one.
  EditedModel& with_tensor(const std::string& name, std::vector<int64_t> dims);
  /// A second tensor with the bytes of another.
  EditedModel& with_copy(const std::string& of, const std::string& name);
  /// Every tensor that is not F32 as the floats that its decoder reads.
  EditedModel& decoded_to_floats();

  [[nodiscard]] std::vector<std::byte> to_bytes() const { return writer().to_bytes(); }
  void write(const std::string& path) const { writer().write(path); }

 private:
  [[nodiscard]] GgufWriter writer() const;
  void add_tensor(GgufWriter& out, const Tensor& tensor, const std::string& name) const;

  GgufFile source_;
  std::map<std::string, std::function<void(GgufWriter&)>> keys_;
  std::map<std::string, std::string> names_;  // new name, empty: left out
  std::map<std::string, std::vector<int64_t>> zeros_;
  std::map<std::string, std::string> copies_;  // name: of which tensor
  bool to_floats_ = false;
};

}  // namespace freshet::testing
