#include "base/fault_guard.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

namespace freshet {
namespace {

struct Slot {
  std::atomic<bool> taken = false;
  std::atomic<uintptr_t> begin = 0;  // 0 while the other fields are not yet, or no longer, valid
  std::atomic<uintptr_t> end = 0;
  std::atomic<const char*> message = nullptr;
  std::atomic<size_t> message_bytes = 0;
};
static_assert(std::atomic<uintptr_t>::is_always_lock_free);

// A signal handler is given no argument of ours: this table is the one place where state of the
// process is unavoidable.
constinit std::array<Slot, FaultGuard::kSlots> slots;
constinit struct sigaction previous_action = {};

// Hands a signal that is not ours to the previous owner.
void forward_signal(int signal, siginfo_t* details, void* context) {
  if ((previous_action.sa_flags & SA_SIGINFO) != 0) {
    previous_action.sa_sigaction(signal, details, context);
  } else if (previous_action.sa_handler != SIG_DFL && previous_action.sa_handler != SIG_IGN) {
    previous_action.sa_handler(signal);
  } else {
    // The faulting instruction runs again and now has the default effect; a signal that was sent
    // has no instruction to repeat and is raised anew.
    sigaction(SIGBUS, &previous_action, nullptr);
    if (details->si_code <= 0) raise(signal);
  }
}

void on_bus_error(int signal, siginfo_t* details, void* context) {
  const auto address = reinterpret_cast<uintptr_t>(details->si_addr);
  for (const Slot& slot : slots) {
    const uintptr_t begin = slot.begin.load(std::memory_order_acquire);
    if (details->si_code <= 0 || begin == 0 || address < begin || address >= slot.end) continue;
    [[maybe_unused]] const ssize_t ignored =
        write(STDERR_FILENO, slot.message.load(), slot.message_bytes.load());
    _exit(1);
  }
  forward_signal(signal, details, context);
}

bool install_handler() {
  struct sigaction action = {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, nullptr, &previous_action);  // readable before the new handler can run
  return sigaction(SIGBUS, &action, nullptr) == 0;
}

}  // namespace

FaultGuard::FaultGuard(std::span<const std::byte> memory, std::string message)
    : message_(std::move(message) + '\n') {
  static const bool installed = install_handler();
  if (!installed) return;
  for (int i = 0; i < kSlots; ++i) {
    Slot& slot = slots[i];
    if (slot.taken.exchange(true)) continue;
    const auto begin = reinterpret_cast<uintptr_t>(memory.data());
    slot.end = begin + memory.size();
    slot.message = message_.data();
    slot.message_bytes = message_.size();
    slot.begin.store(begin, std::memory_order_release);
    slot_ = i;
    return;
  }
}

FaultGuard::~FaultGuard() {
  if (slot_ < 0) return;
  slots[slot_].begin = 0;
  slots[slot_].taken = false;
}

}  // namespace freshet
