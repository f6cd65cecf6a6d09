#include "tools/interrupt.h"

#include <unistd.h>

#include <csignal>

#include "tools/commands.h"

namespace freshet {
namespace {

// A signal handler has no other way to reach anything: the only mutable global of the program.
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_interrupt(int) {
  if (interrupted.exchange(true)) _exit(kExitInterrupted);
}

void handle_interrupt(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  // Without SA_RESTART: a read from the terminal ends, so that the prompt can be left.
  sigaction(SIGINT, &action, nullptr);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  interrupted = false;
  handle_interrupt(on_interrupt);
}

InterruptGuard::~InterruptGuard() { handle_interrupt(SIG_DFL); }

const std::atomic<bool>& InterruptGuard::flag() const noexcept { return interrupted; }

void InterruptGuard::reset() noexcept { interrupted = false; }

}  // namespace freshet
