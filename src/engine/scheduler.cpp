// Passes: the tokens that sequences still have to read, cut into micro-batches.
#include <algorithm>

#include "base/cpu_topology.h"
#include "base/error.h"
#include "engine/engine_impl.h"
#include "engine/sequence.h"

namespace freshet {
namespace {

/// Logits computed at a time when every position's are asked for.
constexpr size_t kLogitRows = 64;

/// One feed on its way: the tokens to read are those of the sequence that memory lost, then the new
/// ones.
struct Work {
  Feed* feed;
  Sequence::Impl* sequence;
  int64_t start;                   // tokens in the sequence before the feed
  std::vector<float> logits = {};  // after the last token; the sequence's once all has gone well

  [[nodiscard]] int64_t end() const { return start + static_cast<int64_t>(feed->tokens.size()); }
  [[nodiscard]] int64_t left() const { return end() - sequence->memory.length(); }
  [[nodiscard]] TokenId token(int64_t position) const {
    return position < start ? sequence->tokens[static_cast<size_t>(position)]
                            : feed->tokens[static_cast<size_t>(position - start)];
  }
  [[nodiscard]] bool wants_logits(int64_t position) const {
    return position == end() - 1 || (feed->on_logits && position >= start);
  }
};

/// The rows of one pass.
struct Pass {
  struct Part {
    Work* work;
    StepSequence rows;
  };
  std::vector<Part> parts;
  std::vector<StepSequence> sequences;
  std::vector<TokenId> tokens;
  std::vector<float> rotations;
  std::vector<int32_t> wanted;

  Pass(std::vector<Work>& works, int most_rows, const Lfm2& lfm2, int head_dim);
};

Pass::Pass(std::vector<Work>& works, int most_rows, const Lfm2& lfm2, int head_dim) {
  for (Work& work : works) {
    const auto room = static_cast<int64_t>(most_rows) - static_cast<int64_t>(tokens.size());
    const int n = static_cast<int>(std::min(work.left(), room));
    if (n <= 0) continue;
    Memory& memory = work.sequence->memory;
    parts.push_back({&work, memory.prepare(static_cast<int>(tokens.size()), n)});
    sequences.push_back(parts.back().rows);
    for (int64_t position = memory.length(); position < memory.length() + n; ++position) {
      if (work.wants_logits(position)) wanted.push_back(static_cast<int32_t>(tokens.size()));
      tokens.push_back(work.token(position));
      rotations.resize(rotations.size() + static_cast<size_t>(head_dim));
      lfm2.rotation(position, rotations.data() + rotations.size() - head_dim);
    }
  }
}

void check_feeds(std::span<Feed> feeds, const Engine::Impl& engine) {
  const int64_t vocab = engine.config.vocab;
  for (size_t i = 0; i < feeds.size(); ++i) {
    const Feed& feed = feeds[i];
    if (feed.tokens.empty()) fail(ErrorKind::kBadRequest, "there are no tokens to read");
    for (size_t j = 0; j < i; ++j) {
      if (feeds[j].sequence == feed.sequence) {
        fail(ErrorKind::kBadRequest,
             "a sequence may be fed once per step; feeds {} and {} name the same", j, i);
      }
    }
    for (const TokenId token : feed.tokens) {
      if (token < 0 || token >= vocab) {
        fail(ErrorKind::kBadRequest, "token id {} is not in the vocabulary; expected 0 to {}",
             token, vocab - 1);
      }
    }
    const int64_t size = feed.sequence->size() + static_cast<int64_t>(feed.tokens.size());
    if (size > engine.setup.context) {
      fail(ErrorKind::kBadRequest,
           "context_length_exceeded: {} tokens after {} earlier ones: this exceeds the available "
           "context size of {}; shorten "
           "the text or raise the context (-c, at most {} for this model)",
           feed.tokens.size(), feed.sequence->size(), engine.setup.context,
           engine.config.context_length);
    }
  }
}

void check_memory(const std::vector<Work>& works) {
  uint64_t needed = 0;
  for (const Work& work : works) {
    needed += work.sequence->memory.bytes_to_prepare(static_cast<int>(work.left()));
  }
  constexpr uint64_t kNotWorthAsking = 64 << 20;
  if (needed < kNotWorthAsking) return;
  const auto memory = machine_memory();
  if (memory && needed > memory->available) {
    fail(ErrorKind::kResources,
         "the cache for these tokens needs {} MiB more, but {} MiB of memory are available; use "
         "fewer "
         "tokens or an 8-bit cache (-ctk q8_0 -ctv q8_0)",
         needed >> 20, memory->available >> 20);
  }
}

/// Hands the logits of the pass to those who asked, in blocks.
void deliver_logits(const Pass& pass, Lfm2& lfm2, size_t vocab, std::vector<float>& block) {
  size_t part = 0;
  for (size_t first = 0; first < pass.wanted.size(); first += kLogitRows) {
    const auto rows =
        std::span(pass.wanted).subspan(first, std::min(kLogitRows, pass.wanted.size() - first));
    if (block.size() < rows.size() * vocab) block.resize(rows.size() * vocab);
    lfm2.logits(rows, block.data());
    for (size_t i = 0; i < rows.size(); ++i) {
      while (rows[i] >= pass.parts[part].rows.first_row + pass.parts[part].rows.n_rows) ++part;
      const StepSequence& s = pass.parts[part].rows;
      Work& work = *pass.parts[part].work;
      const int64_t position = s.first_position + (rows[i] - s.first_row);
      const std::span<const float> logits = std::span(block).subspan(i * vocab, vocab);
      if (work.feed->on_logits) work.feed->on_logits(position, logits);
      if (position == work.end() - 1) work.logits.assign(logits.begin(), logits.end());
    }
  }
}

}  // namespace

void Engine::Impl::step(std::span<Feed> feeds, const ReadOptions& options) {
  check_feeds(feeds, *this);
  std::vector<Work> works;
  int64_t total = 0;
  for (Feed& feed : feeds) {
    Sequence::Impl& sequence = feed.sequence->impl();
    const auto start = static_cast<int64_t>(sequence.tokens.size());
    works.push_back({&feed, &sequence, start});
    total += works.back().left();
  }
  check_memory(works);
  try {
    for (int64_t done = 0; done < total;) {
      const Pass pass(works, setup.micro_batch, lfm2, config.head_dim);
      lfm2.forward({.tokens = pass.tokens,
                    .sequences = pass.sequences,
                    .rotations = pass.rotations.data(),
                    .cancel = options.cancel});
      deliver_logits(pass, lfm2, static_cast<size_t>(config.vocab), logit_block);
      for (const Pass::Part& part : pass.parts)
        part.work->sequence->memory.commit(part.rows.n_rows);
      done += static_cast<int64_t>(pass.tokens.size());
      if (options.progress) options.progress(done, total);
    }
  } catch (...) {
    for (const Work& work : works) {
      Memory& memory = work.sequence->memory;
      memory.abandon();
      if (memory.length() > work.start) memory.rewind(work.start);
    }
    throw;
  }
  for (Work& work : works) {
    work.sequence->tokens.insert(work.sequence->tokens.end(), work.feed->tokens.begin(),
                                 work.feed->tokens.end());
    work.sequence->logits = std::move(work.logits);
  }
}

}  // namespace freshet
