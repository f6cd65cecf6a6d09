#include "sampling/stop_strings.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace freshet {

StopStrings::StopStrings(std::vector<std::string> stops) {
  if (stops.size() > kMaxStrings) {
    fail(ErrorKind::kBadRequest, "stop: at most {} strings, found {}", kMaxStrings, stops.size());
  }
  std::stable_sort(stops.begin(), stops.end(),
                   [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  for (std::string& stop : stops) {
    if (stop.empty() || stop.size() > kMaxBytes) {
      fail(ErrorKind::kBadRequest, "stop: each string must have 1 to {} bytes, found {}", kMaxBytes,
           stop.size());
    }
    Pattern pattern;
    pattern.fallback.assign(stop.size(), 0);
    for (size_t i = 1, border = 0; i < stop.size(); ++i) {
      while (border > 0 && stop[i] != stop[border]) border = pattern.fallback[border - 1];
      if (stop[i] == stop[border]) ++border;
      pattern.fallback[i] = border;
    }
    pattern.text = std::move(stop);
    patterns_.push_back(std::move(pattern));
  }
}

void StopStrings::advance(Pattern& pattern, char byte) {
  while (pattern.reached > 0 && pattern.text[pattern.reached] != byte) {
    pattern.reached = pattern.fallback[pattern.reached - 1];
  }
  if (pattern.text[pattern.reached] == byte) ++pattern.reached;
}

std::string StopStrings::push(std::string_view text) {
  if (stopped()) return {};
  size_t taken = 0;
  while (taken < text.size() && !stopped()) {
    const char byte = text[taken++];
    for (size_t i = 0; i < patterns_.size(); ++i) {
      advance(patterns_[i], byte);
      if (patterns_[i].reached == patterns_[i].text.size() && !stopped()) matched_ = i;
    }
  }
  held_.append(text.substr(0, taken));
  if (stopped()) {
    held_.resize(held_.size() - matched().size());
    return std::exchange(held_, {});
  }
  size_t undecided = 0;
  for (const Pattern& pattern : patterns_) undecided = std::max(undecided, pattern.reached);
  std::string safe = held_.substr(0, held_.size() - undecided);
  held_.erase(0, safe.size());
  return safe;
}

std::string StopStrings::flush() {
  for (Pattern& pattern : patterns_) pattern.reached = 0;
  return std::exchange(held_, {});
}

std::string_view StopStrings::matched() const {
  return matched_ ? std::string_view(patterns_[*matched_].text) : std::string_view();
}

}  // namespace freshet
