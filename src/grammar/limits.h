// How large grammars may be. What is beyond is refused at once, by name.
#pragma once

#include <cstddef>
#include <cstdint>

namespace freshet::grammar_limits {

inline constexpr size_t kTextBytes = 1 << 20;         ///< of a grammar, schema or list of tools
inline constexpr size_t kNesting = 128;               ///< of groups, of JSON, of schemas
inline constexpr size_t kRules = 50'000;              ///< named ones
inline constexpr size_t kExpressions = 400'000;       ///< literals, classes, groups, repeats ...
inline constexpr size_t kExpressionDepth = 1000;      ///< expressions within expressions
inline constexpr uint32_t kRepeat = 1'000'000;        ///< m and n of {m,n}, maxLength, maxItems
inline constexpr uint64_t kNestedRepeat = 1'000'000;  ///< product of bounded repeats in each other
inline constexpr size_t kStates = 500'000;            ///< of the compiled network
inline constexpr size_t kEdges = 1'000'000;           ///< likewise
inline constexpr uint32_t kShortestText = 1 << 24;    ///< bytes of the shortest text allowed
inline constexpr size_t kParallel = 20'000;           ///< readings of one text kept side by side
inline constexpr size_t kAlternatives = 2'000;        ///< of one schema, multiplied out
inline constexpr size_t kSchemaNodes = 50'000;        ///< subschemas, those of merging included
inline constexpr size_t kSchemaWork = 5'000'000;     ///< comparisons of alternatives, values, names
inline constexpr size_t kRegexStates = 20'000;       ///< where patterns and lengths are combined
inline constexpr size_t kAutomatonBytes = 48 << 20;  ///< worked-out configurations and masks

}  // namespace freshet::grammar_limits
