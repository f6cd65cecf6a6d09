#include "tools/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "base/format.h"

namespace freshet {
namespace {

constexpr auto kRedrawInterval = std::chrono::milliseconds(100);
constexpr std::string_view kEraseLine = "\r\033[K";

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

int width_of(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return size.ws_col;
  }
  const int columns = std::atoi(environment("COLUMNS").data());
  return columns > 0 && columns <= 10'000 ? columns : 80;
}

}  // namespace

Terminal terminal_of(std::FILE* stream) {
  const int descriptor = fileno(stream);
  const std::string_view term = environment("TERM");
  const std::string_view force = environment("CLICOLOR_FORCE");
  Terminal terminal{.is_tty = isatty(descriptor) == 1,
                    .is_dumb = term.empty() || term == "dumb",
                    .width = width_of(descriptor)};
  if (!environment("NO_COLOR").empty()) {
    terminal.colour = false;
  } else if (!force.empty() && force != "0") {
    terminal.colour = true;
  } else {
    terminal.colour = terminal.is_tty && !terminal.is_dumb;
  }
  return terminal;
}

ProgressBar::ProgressBar(std::string label, std::uint64_t total, std::FILE* stream)
    : ProgressBar(std::move(label), total, stream, terminal_of(stream)) {}

ProgressBar::ProgressBar(std::string label, std::uint64_t total, std::FILE* stream,
                         Terminal terminal)
    : label_(std::move(label)), total_(total), stream_(stream), terminal_(terminal) {
  update(0);
}

ProgressBar::~ProgressBar() {
  if (drawn_percent_ >= 0) {
    print(stream_, "{}", kEraseLine);
    std::fflush(stream_);
  }
}

void ProgressBar::update(std::uint64_t done) {
  if (!terminal_.is_tty || terminal_.is_dumb || total_ == 0) {
    return;
  }
  const double share = static_cast<double>(std::min(done, total_)) / static_cast<double>(total_);
  const int percent = static_cast<int>(100 * share);
  const auto now = std::chrono::steady_clock::now();
  const bool is_first = drawn_percent_ < 0;
  if (percent != drawn_percent_ && (is_first || now - drawn_at_ >= kRedrawInterval)) {
    drawn_percent_ = percent;
    drawn_at_ = now;
    draw(percent);
  }
}

void ProgressBar::draw(int percent) {
  std::string line = formatted("{} {:3}%", label_, percent);
  const int room = std::min(terminal_.width - 1 - static_cast<int>(line.size()) - 3, 40);
  if (room >= 10) {
    line += formatted(" [{:<{}}]", std::string(static_cast<std::size_t>(room * percent / 100), '#'),
                      room);
  }
  print(stream_, "{}{}", kEraseLine, line);
  std::fflush(stream_);
}

}  // namespace freshet
