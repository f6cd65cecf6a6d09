// The members of an object: declared ones in their order, then others.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "grammar/schema_writer.h"

namespace freshet {

class ObjectWriter {
 public:
  enum class Form {
    kBraces,  ///< {"name": value}
    kCall,    ///< (name=value)
  };

  ObjectWriter(SchemaWriter& writer, const Schema& schema, Form form);

  [[nodiscard]] ExpressionId write();

 private:
  struct Member {
    ExpressionId text;  ///< key and value
    bool is_required;
  };

  void add_declared();
  void add_others();
  [[nodiscard]] ExpressionId member(ExpressionId key, ExpressionId value);
  [[nodiscard]] ExpressionId key(const std::string& name);
  [[nodiscard]] ExpressionId other_key();
  [[nodiscard]] ExpressionId key_unlike(const std::set<std::string>& names, size_t depth,
                                        char quote);
  [[nodiscard]] ExpressionId rest(size_t from, uint32_t n_written);
  [[nodiscard]] ExpressionId write_rest(size_t from, uint32_t n_written);
  [[nodiscard]] ExpressionId others_after(uint32_t n_written, uint32_t n_others);
  [[nodiscard]] ExpressionId first_members();

  SchemaWriter& writer_;
  Productions& productions_;
  Literals& literals_;
  const Schema& schema_;
  Form form_;
  std::vector<Member> members_;
  std::optional<ExpressionId> other_;  ///< a member that is not declared
  bool counts_;                        ///< whether the number of members is to be watched
  std::map<std::pair<size_t, uint32_t>, RuleId> rests_;
  std::vector<std::pair<size_t, uint32_t>> waiting_;  ///< rests that are not yet written
};

}  // namespace freshet
