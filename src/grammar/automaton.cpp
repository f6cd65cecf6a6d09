#include "grammar/automaton.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "grammar/limits.h"

namespace freshet {

namespace limits = grammar_limits;

Automaton::Automaton(std::shared_ptr<const Grammar::Impl> grammar)
    : grammar_(std::move(grammar)), network_(grammar_->network), callers_(network_.n_rules()) {
  begin_step();
  accepts_now_ = network_.accepts_empty();
  callers_[network_.start()].push_back({Frame::kBottom, 0, 0});
  called_.push_back(network_.start());
  start_ = finish_step();
}

size_t Automaton::bytes() const {
  return frames_.size() * sizeof(Frame) + nodes_.size() * sizeof(Node) +
         tops_.size() * sizeof(Top) + configurations_.size() * sizeof(Configuration) +
         rows_.size() * sizeof(ConfigurationId) + node_index_.bytes() +
         configuration_index_.bytes();
}

void Automaton::check_size(size_t n) const {
  if (n <= limits::kParallel) return;
  fail(ErrorKind::kUnsupported,
       "grammar: too ambiguous: more than {} readings of the text are possible side by side; write "
       "repeats so that it is clear where each round ends",
       limits::kParallel);
}

// Owners start afresh at kAutomatonBytes; this many more are needed only where a single step or
// mask runs out of hand.
void Automaton::check_memory() const {
  if (bytes() <= 4 * limits::kAutomatonBytes) return;
  fail(ErrorKind::kUnsupported,
       "grammar: too ambiguous: the next token alone needs more than {} MiB of readings; write "
       "repeats so that it is clear where each round ends",
       (4 * limits::kAutomatonBytes) >> 20);
}

uint32_t Automaton::make_row(ConfigurationId from) {
  const auto row = static_cast<uint32_t>(rows_.size());
  rows_.resize(rows_.size() + network_.n_byte_classes(), kDead);
  const auto& classes = network_.byte_classes();
  for (const Top& top : tops(from)) {
    for (const ByteEdge& edge : network_.byte_edges(top.state)) {
      std::fill(rows_.begin() + row + classes[edge.low],
                rows_.begin() + row + classes[edge.high] + 1, kUnknown);
    }
  }
  configurations_[from].row = row;
  return row;
}

ConfigurationId Automaton::work_out(ConfigurationId from, uint8_t byte) {
  if (configurations_[from].row == kNoRow) make_row(from);
  const uint32_t slot = configurations_[from].row + network_.byte_classes()[byte];
  if (rows_[slot] != kUnknown) return rows_[slot];
  begin_step();
  for (const Top& top : tops(from)) {
    for (const ByteEdge& edge : network_.byte_edges(top.state)) {
      if (edge.low <= byte && byte <= edge.high) arrive(edge.target, top.node);
    }
  }
  const ConfigurationId to = finish_step();
  rows_[slot] = to;
  return to;
}

ConfigurationId Automaton::next_terminal(ConfigurationId from, uint32_t terminal) {
  begin_step();
  for (const Top& top : tops(from)) {
    for (const TokenEdge& edge : network_.token_edges(top.state)) {
      if (edge.terminal == terminal) arrive(edge.target, top.node);
    }
  }
  return finish_step();
}

void Automaton::begin_step() {
  arrived_.clear();
  returned_.clear();
  work_.clear();
  reached_.clear();
  accepts_now_ = false;
  for (const RuleId rule : called_) callers_[rule].clear();
  called_.clear();
}

void Automaton::arrive(StateId state, NodeId node) {
  if (!arrived_.insert(uint64_t{state} << 32 | node)) return;
  check_size(arrived_.size());
  work_.push_back({state, node});
}

// Returns can only follow the byte just read, since no rule matches the empty text. So first all of
// them are followed, and every caller of this step is known or behind a call still to be made;
// then calls are made, lowest rank first, each with all its callers in one node.
ConfigurationId Automaton::finish_step() {
  const auto drain = [this] {
    while (!work_.empty()) {
      const Top top = work_.back();
      work_.pop_back();
      settle(top.state, top.node);
    }
  };
  const auto later = [this](RuleId a, RuleId b) {
    return network_.rule(a).rank > network_.rule(b).rank;
  };
  drain();
  std::vector<Frame> frames;
  std::ranges::make_heap(called_, later);
  while (!called_.empty()) {
    const RuleId rule = called_.front();
    std::ranges::pop_heap(called_, later);
    called_.pop_back();
    frames.swap(callers_[rule]);
    callers_[rule].clear();
    const NodeId node = intern_node(frames);
    frames.clear();
    const size_t n_called = called_.size();
    arrive(network_.rule(rule).start, node);
    drain();
    for (size_t i = n_called; i < called_.size(); ++i) {
      std::push_heap(called_.begin(), called_.begin() + static_cast<std::ptrdiff_t>(i) + 1, later);
    }
  }
  if (reached_.empty() && !accepts_now_) return kDead;
  return intern_configuration(reached_, accepts_now_);
}

void Automaton::settle(StateId state, NodeId node) {
  if (!network_.byte_edges(state).empty() || !network_.token_edges(state).empty()) {
    reached_.push_back({state, node});
  }
  call(state, node);
  if (network_.is_final(state)) return_to(node);
}

void Automaton::call(StateId state, NodeId node) {
  uint32_t index = network_.first_call_edge(state);
  for (const CallEdge& edge : network_.call_edges(state)) {
    std::vector<Frame>& callers = callers_[edge.rule];
    if (callers.empty()) called_.push_back(edge.rule);
    if (edge.is_tail) {
      // Whoever waits for this rule may as well wait for the one it ends with.
      const auto inherited = frames(node);
      callers.insert(callers.end(), inherited.begin(), inherited.end());
    } else {
      callers.push_back({index, 0, node});
    }
    check_size(callers.size());
    ++index;
  }
}

void Automaton::return_to(NodeId node) {
  if (!returned_.insert(node)) return;
  for (const Frame& frame : frames(node)) {
    if (frame.edge == Frame::kBottom) {
      accepts_now_ = true;
      continue;
    }
    const CallEdge& edge = network_.call_edge(frame.edge);
    const uint32_t rounds = frame.rounds + 1;
    if (rounds >= edge.minimum) arrive(edge.target, frame.parent);
    if (rounds >= edge.maximum) continue;
    std::vector<Frame>& callers = callers_[edge.rule];
    if (callers.empty()) called_.push_back(edge.rule);
    const bool counts = edge.maximum != kUnlimited || rounds < edge.minimum;
    callers.push_back({frame.edge, counts ? rounds : edge.minimum, frame.parent});
    check_size(callers.size());
  }
}

uint32_t Automaton::distance_of(const Frame& frame) const {
  if (frame.edge == Frame::kBottom) return 0;
  const CallEdge& edge = network_.call_edge(frame.edge);
  const uint32_t done = frame.rounds + 1;
  const uint32_t missing = done < edge.minimum ? edge.minimum - done : 0;
  const uint32_t rounds =
      times_distance(missing, network_.distance(network_.rule(edge.rule).start));
  return add_distance(rounds,
                      add_distance(network_.distance(edge.target), nodes_[frame.parent].distance));
}

NodeId Automaton::intern_node(std::vector<Frame>& frames) {
  std::ranges::sort(frames);
  frames.erase(std::unique(frames.begin(), frames.end()), frames.end());
  uint64_t hash = frames.size();
  uint32_t distance = kFar;
  for (const Frame& frame : frames) {
    hash = hash_words(hash, uint64_t{frame.edge} << 32 | frame.rounds);
    hash = hash_words(hash, frame.parent);
    distance = std::min(distance, distance_of(frame));
  }
  const uint32_t known = node_index_.find(
      hash, [&](NodeId node) { return std::ranges::equal(this->frames(node), frames); });
  if (known != InternIndex::kNone) return known;
  const auto id = static_cast<NodeId>(nodes_.size());
  nodes_.push_back(
      {static_cast<uint32_t>(frames_.size()), static_cast<uint32_t>(frames.size()), distance});
  frames_.insert(frames_.end(), frames.begin(), frames.end());
  node_index_.insert(hash, id);
  return id;
}

ConfigurationId Automaton::intern_configuration(std::vector<Top>& tops, bool accepts) {
  std::ranges::sort(tops);
  uint64_t hash = accepts ? 1 : 0;
  uint32_t distance = accepts ? 0 : kFar;
  for (const Top& top : tops) {
    hash = hash_words(hash, uint64_t{top.state} << 32 | top.node);
    distance =
        std::min(distance, add_distance(network_.distance(top.state), nodes_[top.node].distance));
  }
  const uint32_t known = configuration_index_.find(hash, [&](ConfigurationId id) {
    return configurations_[id].accepts == accepts && std::ranges::equal(this->tops(id), tops);
  });
  if (known != InternIndex::kNone) return known;
  check_memory();
  const auto id = static_cast<ConfigurationId>(configurations_.size());
  configurations_.push_back({.first = static_cast<uint32_t>(tops_.size()),
                             .count = static_cast<uint32_t>(tops.size()),
                             .distance = distance,
                             .accepts = accepts});
  tops_.insert(tops_.end(), tops.begin(), tops.end());
  configuration_index_.insert(hash, id);
  return id;
}

ConfigurationId Automaton::import(const Automaton& other, ConfigurationId id) {
  FRESHET_CHECK(grammar_ == other.grammar_);
  // Nodes come after the nodes that they refer to, so one pass marks what is needed and one copies.
  constexpr NodeId kUnused = UINT32_MAX;
  std::vector<bool> needed(other.nodes_.size(), false);
  for (const Top& top : other.tops(id)) needed[top.node] = true;
  for (size_t node = needed.size(); node-- > 0;) {
    if (!needed[node]) continue;
    for (const Frame& frame : other.frames(static_cast<NodeId>(node))) {
      if (frame.edge != Frame::kBottom) needed[frame.parent] = true;
    }
  }
  std::vector<NodeId> own(needed.size(), kUnused);
  std::vector<Frame> frames;
  for (size_t node = 0; node < needed.size(); ++node) {
    if (!needed[node]) continue;
    const auto theirs = other.frames(static_cast<NodeId>(node));
    frames.assign(theirs.begin(), theirs.end());
    for (Frame& frame : frames) {
      if (frame.edge != Frame::kBottom) frame.parent = own[frame.parent];
    }
    own[node] = intern_node(frames);
  }
  std::vector<Top> tops;
  for (const Top& top : other.tops(id)) tops.push_back({top.state, own[top.node]});
  return intern_configuration(tops, other.accepts(id));
}

}  // namespace freshet
