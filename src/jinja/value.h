// Values of templates: Python's, as far as templates use them.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "jinja/limits.h"
#include "jinja/text.h"

namespace freshet::jinja {

class Value;
class Object;
struct String;
struct Sequence;
struct Dict;

/// What a name without a value is: prints as nothing, is false; most other uses are faults.
struct Undefined {
  std::shared_ptr<const std::string> why;  ///< "'x' is undefined"
};
struct None {};
/// An integer beyond 64 bits, as it was written. It can be printed and compared, not computed with.
struct BigInteger {
  std::string digits;
};

/// Cheap to copy; what it refers to is shared and, but for objects, does not change.
class Value {
 public:
  using Data =
      std::variant<Undefined, None, bool, int64_t, double, std::shared_ptr<const BigInteger>,
                   std::shared_ptr<const String>, std::shared_ptr<Sequence>,
                   std::shared_ptr<const Dict>, std::shared_ptr<Object>>;

  Value() = default;
  template <class T>
  requires(!std::same_as<std::remove_cvref_t<T>, Value>) explicit Value(T&& data)
      : data_(std::forward<T>(data)) {}
  Value(const Value&) = default;
  Value(Value&&) noexcept = default;
  Value& operator=(const Value&) = default;
  Value& operator=(Value&&) noexcept = default;
  ~Value() = default;

  [[nodiscard]] const Data& data() const noexcept { return data_; }
  template <class T>
  [[nodiscard]] bool is() const noexcept {
    return std::holds_alternative<T>(data_);
  }
  [[nodiscard]] bool is_undefined() const noexcept { return is<Undefined>(); }
  [[nodiscard]] bool is_none() const noexcept { return is<None>(); }

  /// The thing itself, or nullptr if it is of another kind.
  [[nodiscard]] const Text* text() const noexcept;
  [[nodiscard]] Sequence* sequence() const noexcept;
  [[nodiscard]] const Dict* dict() const noexcept;
  [[nodiscard]] Object* object() const noexcept;
  [[nodiscard]] const BigInteger* big() const noexcept;
  /// An integer or, as in Python, a bool.
  [[nodiscard]] std::optional<int64_t> integer() const noexcept;
  /// Any number but a big one, as a double.
  [[nodiscard]] std::optional<double> number() const noexcept;

  /// Lists in lists: how deep. Bounded, so that destroying, printing and comparing are too.
  [[nodiscard]] int nesting() const noexcept;

 private:
  Data data_;
};

struct String {
  Text text;
  Holding holding = {};
};

enum class Flavor : uint8_t { kList, kTuple, kRange, kGenerator, kKeys, kValues, kItems };

struct Sequence {
  Flavor flavor = Flavor::kList;
  std::vector<Value> items = {};
  int nesting = 0;
  size_t consumed = 0;  ///< of a generator: items that are gone
  Holding holding = {};
};

/// In order of insertion.
struct Dict {
  using Entry = std::pair<Value, Value>;

  std::vector<Entry> entries = {};
  std::unordered_multimap<uint64_t, uint32_t> index = {};  ///< hash of the key -> its entry
  int nesting = 0;
  Holding holding = {};

  /// Replaces the value of an equal key, or appends. Throws a Fault for a key that has no hash.
  void set(const Value& key, Value value);
  [[nodiscard]] const Value* find(const Value& key) const;
  [[nodiscard]] const Value* find(TextView key) const;
  [[nodiscard]] const Value* find(std::string_view utf8) const { return find(from_utf8(utf8)); }
};

struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;
};

class Runtime;

/// Things with an identity: namespaces, macros, loops, methods.
class Object {
 public:
  virtual ~Object() = default;
  /// Python's, for messages: "Namespace".
  [[nodiscard]] virtual std::string_view type_name() const = 0;
  [[nodiscard]] virtual Text print(Runtime& runtime) const;
  [[nodiscard]] virtual std::optional<Value> attribute(Runtime& runtime, std::string_view name);
  [[nodiscard]] virtual bool is_callable() const { return false; }
  [[nodiscard]] virtual Value call(Runtime& runtime, const Arguments& arguments);
  [[nodiscard]] virtual int nesting() const { return 0; }
  /// Lets go of all values: objects may refer to each other in circles and in long chains.
  virtual void release() noexcept {}
};

inline constexpr int kMaxNesting = 100;

/// Values for templates to share and for messages: of no budget.
[[nodiscard]] Value make_text(Text text);
[[nodiscard]] Value make_list(std::vector<Value> items);
[[nodiscard]] Value make_dict(Dict dict);

/// Values made while rendering.
[[nodiscard]] Value make_text(Budget& budget, Text text);
[[nodiscard]] Value make_ascii(Budget& budget, std::string_view text);
[[nodiscard]] Value make_sequence(Budget& budget, Flavor flavor, std::vector<Value> items);
[[nodiscard]] Value make_dict(Budget& budget, Dict dict);
[[nodiscard]] Value make_undefined(std::string why);
[[nodiscard]] inline Value make_integer(int64_t number) { return Value(number); }

/// "str", "int", "list": as Python names it.
[[nodiscard]] std::string_view type_name(const Value& value);
/// Equal values have equal hashes. Throws a Fault for lists, dicts, and tuples in tuples.
[[nodiscard]] uint64_t hash_value(const Value& value);
/// ==, for the keys of dicts: without a budget, since keys are small or paid for otherwise.
[[nodiscard]] bool same_key(const Value& a, const Value& b);

}  // namespace freshet::jinja
