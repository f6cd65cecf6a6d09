#include "support/edited_model.h"

#include <stdexcept>

#include "kernels/formats/codec.h"

namespace freshet::testing {
namespace {

void write_floats(const Tensor& tensor, ByteSink& out) {
  std::vector<float> row(static_cast<size_t>(tensor.dims[0]));
  for (int64_t r = 0; r < tensor.rows(); ++r) {
    kernels::decode_row(tensor.dtype, tensor.row(r), row.data(), tensor.dims[0]);
    out.write(std::as_bytes(std::span(row)));
  }
}

}  // namespace

EditedModel& EditedModel::without_key(const std::string& key) {
  keys_[key] = [](GgufWriter&) {};
  return *this;
}

EditedModel& EditedModel::without_tensor(const std::string& name) {
  return with_tensor_named(name, "");
}

EditedModel& EditedModel::with_tensor_named(const std::string& name, const std::string& new_name) {
  if (source_.find(name) == nullptr) throw std::logic_error("there is no tensor " + name);
  names_[name] = new_name;
  return *this;
}

EditedModel& EditedModel::with_tensor(const std::string& name, std::vector<int64_t> dims) {
  if (source_.find(name) != nullptr) names_[name] = "";
  zeros_[name] = std::move(dims);
  return *this;
}

EditedModel& EditedModel::with_copy(const std::string& of, const std::string& name) {
  copies_[name] = of;
  return *this;
}

EditedModel& EditedModel::decoded_to_floats() {
  to_floats_ = true;
  return *this;
}

void EditedModel::add_tensor(GgufWriter& out, const Tensor& tensor, const std::string& name) const {
  const std::span<const int64_t> dims(tensor.dims.data(), static_cast<size_t>(tensor.n_dims));
  if (to_floats_) {
    out.add_tensor(name, DType::F32, dims, [&tensor](ByteSink& to) { write_floats(tensor, to); });
  } else {
    out.add_tensor(name, tensor.dtype, dims, [&tensor](ByteSink& to) {
      to.write({reinterpret_cast<const std::byte*>(tensor.data), tensor.bytes});
    });
  }
}

GgufWriter EditedModel::writer() const {
  GgufWriter out;
  for (const MetadataEntry& entry : source_.metadata().entries()) {
    if (!keys_.contains(std::string(entry.key))) out.add_value(entry.key, entry.value);
  }
  for (const auto& [key, add] : keys_) add(out);
  for (const Tensor& tensor : source_.tensors()) {
    const std::string name(tensor.name);
    const auto renamed = names_.find(name);
    if (renamed == names_.end()) {
      add_tensor(out, tensor, name);
    } else if (!renamed->second.empty()) {
      add_tensor(out, tensor, renamed->second);
    }
  }
  for (const auto& [name, of] : copies_) add_tensor(out, *source_.find(of), name);
  for (const auto& [name, dims] : zeros_) {
    out.add_tensor(name, DType::F32, dims, [&dims = dims](ByteSink& to) {
      int64_t n = 1;
      for (const int64_t dim : dims) n *= dim;
      const std::vector<float> zeros(static_cast<size_t>(n));
      to.write(std::as_bytes(std::span(zeros)));
    });
  }
  return out;
}

}  // namespace freshet::testing
