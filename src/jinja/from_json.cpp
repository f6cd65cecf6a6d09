#include "jinja/from_json.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "jinja/text_functions.h"

namespace freshet::jinja {
namespace {

constexpr size_t kMaxDepth = 64;

/// Builds values as the parser meets them, so that depth is refused before it is stored.
class ValueBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit ValueBuilder(char32_t origin) : origin_(origin) {}

  bool null() override { return add(Value(None{})); }
  bool boolean(bool truth) override { return add(Value(truth)); }
  bool number_integer(number_integer_t number) override { return add(Value(int64_t{number})); }
  bool number_unsigned(number_unsigned_t number) override {
    constexpr uint64_t kMost = INT64_MAX;
    if (number <= kMost) return add(Value(static_cast<int64_t>(number)));
    return add(Value(std::make_shared<const BigInteger>(BigInteger{formatted("{}", number)})));
  }
  bool number_float(number_float_t number, const string_t& digits) override {
    const bool is_integer = digits.find_first_of(".eE") == string_t::npos;
    return add(is_integer ? *parse_integer(from_utf8(digits), 10) : Value(number));
  }
  bool string(string_t& text) override { return add(make_text(from_utf8(text, origin_))); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(/*is_list=*/false); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(/*is_list=*/true); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    levels_.back().key = make_text(from_utf8(name, origin_));
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    // The library's own words, from the second colon on: "syntax error while parsing ...".
    const std::string_view message = error.what();
    const size_t colon = message.rfind(": ", message.find(';'));
    problem = formatted("is not JSON, at byte {}: {}", position,
                        colon == std::string_view::npos ? message : message.substr(colon + 2));
    return false;
  }

  Value value;
  std::string problem = "is not JSON";

 private:
  struct OpenLevel {
    bool is_list = false;
    std::vector<Value> items;
    Dict dict;
    Value key;
  };

  bool open(bool is_list) {
    if (levels_.size() == kMaxDepth) {
      problem = formatted("is nested more than {} levels deep", kMaxDepth);
      return false;
    }
    levels_.emplace_back();
    levels_.back().is_list = is_list;
    return true;
  }

  bool close() {
    OpenLevel level = std::move(levels_.back());
    levels_.pop_back();
    return add(level.is_list ? make_list(std::move(level.items))
                             : make_dict(std::move(level.dict)));
  }

  bool add(Value made) {
    if (levels_.empty()) {
      value = std::move(made);
    } else if (levels_.back().is_list) {
      levels_.back().items.push_back(std::move(made));
    } else {
      levels_.back().dict.set(levels_.back().key, std::move(made));
    }
    return true;
  }

  char32_t origin_;
  std::vector<OpenLevel> levels_;
};

}  // namespace

Value value_from_json(std::string_view json, char32_t origin, std::string_view what) {
  ValueBuilder builder(origin);
  if (!nlohmann::json::sax_parse(json.begin(), json.end(), &builder)) {
    fail(ErrorKind::kBadRequest, "{} {}", what, builder.problem);
  }
  return std::move(builder.value);
}

}  // namespace freshet::jinja
