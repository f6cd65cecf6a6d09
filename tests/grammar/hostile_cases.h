#pragma once

#include <string>
#include <vector>

namespace freshet::testing {

/// A grammar or schema made to hurt, which is to be refused.
struct HostileCase {
  std::string name;
  bool is_schema;
  std::string text;
  std::string refusal;  ///< part of the message
};

[[nodiscard]] std::vector<HostileCase> hostile_cases();

/// Compiles it and returns the message of the refusal, or nothing.
[[nodiscard]] std::string refusal_of(const HostileCase& one);

[[nodiscard]] std::string repeated(const std::string& text, size_t n);

/// r0 ::= r1, r1 ::= r2 ... without a definition of the last, which is r`n`.
[[nodiscard]] std::string chain_of_rules(int n);

}  // namespace freshet::testing
