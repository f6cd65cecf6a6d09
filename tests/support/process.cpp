#include "support/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

namespace freshet::testing {
namespace {

constexpr auto kPause = std::chrono::milliseconds(5);

template <class Done>
bool wait_until(std::chrono::seconds limit, Done done) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(kPause);
  }
  return true;
}

}  // namespace

Process::Process(const std::vector<std::string>& args, const std::string& input) {
  folder_.write("in", input);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const auto redirect = [&](int descriptor, const char* name, int flags) {
    posix_spawn_file_actions_addopen(&actions, descriptor, (folder_.path() / name).c_str(), flags,
                                     0600);
  };
  redirect(STDIN_FILENO, "in", O_RDONLY);
  redirect(STDOUT_FILENO, "out", O_WRONLY | O_CREAT | O_TRUNC);
  redirect(STDERR_FILENO, "err", O_WRONLY | O_CREAT | O_TRUNC);
  std::vector<char*> argv;
  for (const std::string& arg : args) argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  if (posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) != 0) {
    ADD_FAILURE() << "cannot start " << args[0];
    pid_ = -1;
  }
  posix_spawn_file_actions_destroy(&actions);
}

Process::~Process() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void Process::send(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

std::string Process::read(const char* name) const {
  std::ifstream file(folder_.path() / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool Process::has_written(size_t n_bytes) const {
  return wait_until(std::chrono::seconds(30), [&] { return read("out").size() >= n_bytes; });
}

ProcessResult Process::wait() {
  int status = -1;
  const bool ended = pid_ > 0 && wait_until(std::chrono::seconds(120), [&] {
                       return waitpid(pid_, &status, WNOHANG) == pid_;
                     });
  if (!ended) {
    ADD_FAILURE() << "the program did not end";
    return {.exit_code = -1, .out = read("out"), .err = read("err")};
  }
  pid_ = -1;
  const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return {.exit_code = code, .out = read("out"), .err = read("err")};
}

ProcessResult run_process(const std::vector<std::string>& args, const std::string& input) {
  return Process(args, input).wait();
}

}  // namespace freshet::testing
