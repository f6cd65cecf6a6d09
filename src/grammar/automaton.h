// The matcher: an automaton over bytes whose states are sets of stacks of a network, worked out as
// they are needed and kept.
//
// A stack says in which state of which rule one is, and where each caller goes on. All stacks that
// a text allows share their tails, in a graph (Scott and Johnstone, "GLL parsing", ENTCS 253
// (2010)):
//
//   configuration        nodes: who waits                  frame: how a caller goes on
//   (state, node) --+
//   (state, node) --+--> node --> frame (call edge, rounds done, node) --> ...
//   (state, node) ------> node --> frame ...           \-> frame ... --> the bottom
//
// A node stands for one call, made by all its frames. Nodes and configurations are interned: equal
// ones are one, so a loop in the text is a loop here, and what is worked out once (the next
// configuration, a mask of tokens) is found again. Stacks grow on the heap; nothing here recurses.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "grammar/interning.h"
#include "grammar/network.h"

namespace freshet {

using NodeId = uint32_t;
using ConfigurationId = uint32_t;

/// The configuration of no stack: the text does not belong.
inline constexpr ConfigurationId kDead = UINT32_MAX;

struct Frame {
  static constexpr uint32_t kBottom = UINT32_MAX;

  uint32_t edge;    ///< of the network's call edges; kBottom: the grammar's end
  uint32_t rounds;  ///< calls of a repeat that have returned; no more than its minimum if unlimited
  NodeId parent;
  friend auto operator<=>(const Frame&, const Frame&) = default;
};

struct Top {
  StateId state;
  NodeId node;
  friend auto operator<=>(const Top&, const Top&) = default;
};

class Automaton {
 public:
  explicit Automaton(std::shared_ptr<const Grammar::Impl> grammar);

  [[nodiscard]] ConfigurationId start() const { return start_; }

  /// The configuration behind one more byte. Throws Error{kUnsupported} where the grammar is so
  /// ambiguous that more readings than kParallel must be kept.
  [[nodiscard]] ConfigurationId next(ConfigurationId from, uint8_t byte) {
    const uint32_t row = configurations_[from].row;
    if (row != kNoRow) {
      const ConfigurationId known = rows_[row + network_.byte_classes()[byte]];
      if (known != kUnknown) return known;
    }
    return work_out(from, byte);
  }

  /// Behind a token of the network's tokens().
  [[nodiscard]] ConfigurationId next_terminal(ConfigurationId from, uint32_t terminal);

  /// Whether the text may end here.
  [[nodiscard]] bool accepts(ConfigurationId id) const { return configurations_[id].accepts; }
  /// Bytes and tokens of the shortest text that completes it; saturates at kFar.
  [[nodiscard]] uint32_t distance(ConfigurationId id) const { return configurations_[id].distance; }
  [[nodiscard]] std::span<const Top> tops(ConfigurationId id) const {
    return std::span(tops_).subspan(configurations_[id].first, configurations_[id].count);
  }
  [[nodiscard]] std::span<const Frame> frames(NodeId node) const {
    return std::span(frames_).subspan(nodes_[node].first, nodes_[node].count);
  }
  [[nodiscard]] const Network& network() const { return network_; }

  /// The same configuration of another automaton of the same grammar.
  [[nodiscard]] ConfigurationId import(const Automaton& other, ConfigurationId id);

  /// Memory in use, nearly.
  [[nodiscard]] size_t bytes() const;
  [[nodiscard]] size_t n_configurations() const { return configurations_.size(); }

 private:
  static constexpr uint32_t kNoRow = UINT32_MAX;
  static constexpr ConfigurationId kUnknown = UINT32_MAX - 1;

  struct Node {
    uint32_t first;
    uint32_t count;
    uint32_t distance;  ///< from a return to this node to the end
  };
  struct Configuration {
    uint32_t first;
    uint32_t count;
    uint32_t distance;
    uint32_t row = kNoRow;  ///< into rows_: the next configuration per class of bytes
    bool accepts;
  };

  ConfigurationId work_out(ConfigurationId from, uint8_t byte);
  uint32_t make_row(ConfigurationId from);

  // One step: begin, arrive wherever an edge leads, finish.
  void begin_step();
  void arrive(StateId state, NodeId node);
  ConfigurationId finish_step();
  void settle(StateId state, NodeId node);
  void return_to(NodeId node);
  void call(StateId state, NodeId node);
  void make_calls();
  void check_size(size_t n) const;
  void check_memory() const;

  NodeId intern_node(std::vector<Frame>& frames);
  ConfigurationId intern_configuration(std::vector<Top>& tops, bool accepts);
  [[nodiscard]] uint32_t distance_of(const Frame& frame) const;

  std::shared_ptr<const Grammar::Impl> grammar_;
  const Network& network_;
  std::vector<Frame> frames_;
  std::vector<Node> nodes_;
  InternIndex node_index_;
  std::vector<Top> tops_;
  std::vector<Configuration> configurations_;
  InternIndex configuration_index_;
  std::vector<ConfigurationId> rows_;
  ConfigurationId start_ = kDead;

  // Of the step at work.
  KeySet arrived_;
  KeySet returned_;
  std::vector<Top> work_;
  std::vector<Top> reached_;
  bool accepts_now_ = false;
  std::vector<std::vector<Frame>> callers_;  ///< by rule: frames of the calls not yet made
  std::vector<RuleId> called_;               ///< rules that have some: a heap, lowest rank first
};

}  // namespace freshet
