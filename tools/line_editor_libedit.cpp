// Lines edited by libedit, with history. https://man.netbsd.org/editline.3
#include <fcntl.h>
#include <histedit.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cwchar>
#include <deque>
#include <filesystem>
#include <memory>
#include <string_view>

#include "base/format.h"
#include "tools/line_reader.h"

namespace freshet {
namespace {

namespace fs = std::filesystem;

constexpr int kHistoryLines = 1000;
constexpr wchar_t kQuoteNext = L'\x16';  // Ctrl-V: the next character is text
// Terminals bracket what is pasted, once asked to:
// https://invisible-island.net/xterm/xterm-paste64.html
constexpr std::string_view kAskForBrackets = "\033[?2004h";
constexpr std::string_view kNoMoreBrackets = "\033[?2004l";
constexpr std::string_view kPasteBegin = "\033[200~";
constexpr std::string_view kPasteEnd = "\033[201~";

struct EndEditor {
  void operator()(EditLine* editor) const { el_end(editor); }
};
struct EndHistory {
  void operator()(History* history) const { history_end(history); }
};

/// The keyboard, byte by byte; a pasted text comes out as characters that edit nothing and send
/// nothing, its newlines included.
class Keyboard {
 public:
  [[nodiscard]] bool was_interrupted() const { return interrupted_; }
  void forget_interrupt() { interrupted_ = false; }

  /// 1 and a character, 0 at the end of input, -1 if interrupted or broken.
  int next(wchar_t* character) {
    while (ready_.empty()) {
      const int status = fill();
      if (status <= 0) return status;
    }
    *character = ready_.front();
    ready_.pop_front();
    return 1;
  }

 private:
  int read_byte(char* byte) {
    const ssize_t n = ::read(STDIN_FILENO, byte, 1);
    if (n < 0 && errno == EINTR) interrupted_ = true;
    return n > 0 ? 1 : static_cast<int>(n);
  }

  static bool more_comes_at_once() {
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    return poll(&input, 1, /*milliseconds=*/30) == 1;
  }

  int fill() {
    char byte = 0;
    const int status = read_byte(&byte);
    if (status <= 0) return status;
    if (byte != '\033') {
      decode(byte);
      return 1;
    }
    std::string sequence(1, byte);
    while (sequence != kPasteBegin && kPasteBegin.starts_with(sequence) && more_comes_at_once()) {
      if (read_byte(&byte) <= 0) break;
      sequence += byte;
    }
    if (sequence == kPasteBegin) return fill_from_paste();
    for (const char c : sequence) decode(c);
    return 1;
  }

  int fill_from_paste() {
    std::string text;
    while (!text.ends_with(kPasteEnd)) {
      char byte = 0;
      const int status = read_byte(&byte);
      if (status <= 0) return status;
      text += byte == '\r' ? '\n' : byte;
    }
    text.resize(text.size() - kPasteEnd.size());
    for (const char c : text) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) ready_.push_back(kQuoteNext);
      decode(c);
    }
    return 1;
  }

  void decode(char byte) {
    wchar_t character = 0;
    const size_t length = std::mbrtowc(&character, &byte, 1, &state_);
    if (length == static_cast<size_t>(-1)) {
      state_ = {};
      ready_.push_back(L'\uFFFD');
    } else if (length != static_cast<size_t>(-2)) {
      ready_.push_back(character);
    }
  }

  std::deque<wchar_t> ready_;
  std::mbstate_t state_{};
  bool interrupted_ = false;
};

class EditingReader final : public LineReader {
 public:
  explicit EditingReader(const std::optional<fs::path>& history_path)
      : history_path_(history_path) {
    // Characters are as wide as the user's locale says; numbers stay as C writes them.
    if (std::setlocale(LC_CTYPE, "") == nullptr || MB_CUR_MAX == 1) {
      std::setlocale(LC_CTYPE, "C.UTF-8");
    }
    history_.reset(history_init());
    editor_.reset(el_init("freshet", stdin, stderr, stderr));
    HistEvent event;
    history(history_.get(), &event, H_SETSIZE, kHistoryLines);
    history(history_.get(), &event, H_SETUNIQUE, 1);
    el_set(editor_.get(), EL_CLIENTDATA, this);
    el_set(editor_.get(), EL_PROMPT, &EditingReader::prompt_of);
    el_set(editor_.get(), EL_EDITOR, "emacs");
    el_set(editor_.get(), EL_HIST, history, history_.get());
    el_set(editor_.get(), EL_GETCFN, &EditingReader::next_character);
    el_set(editor_.get(), EL_BIND, "^R", "em-inc-search-prev", nullptr);
    load_history();
  }
  ~EditingReader() override { save_history(); }
  EditingReader(const EditingReader&) = delete;
  EditingReader& operator=(const EditingReader&) = delete;

  LineStatus read(const std::string& prompt, std::string& line) override {
    prompt_ = prompt;
    keyboard_.forget_interrupt();
    print(stderr, "{}", kAskForBrackets);
    int length = 0;
    const char* text = el_gets(editor_.get(), &length);
    print(stderr, "{}", kNoMoreBrackets);
    if (keyboard_.was_interrupted()) return LineStatus::kInterrupted;
    if (text == nullptr || length <= 0) return LineStatus::kEnd;
    line.assign(text, static_cast<size_t>(length));
    if (line.ends_with('\n')) line.pop_back();
    if (!line.empty()) {
      HistEvent event;
      history(history_.get(), &event, H_ENTER, line.c_str());
    }
    return LineStatus::kLine;
  }

 private:
  static EditingReader& self(EditLine* editor) {
    void* data = nullptr;
    el_get(editor, EL_CLIENTDATA, &data);
    return *static_cast<EditingReader*>(data);
  }
  static char* prompt_of(EditLine* editor) { return self(editor).prompt_.data(); }
  static int next_character(EditLine* editor, wchar_t* character) {
    return self(editor).keyboard_.next(character);
  }

  void load_history() {
    if (!history_path_) return;
    HistEvent event;
    history(history_.get(), &event, H_LOAD, history_path_->c_str());
  }

  void save_history() {
    if (!history_path_) return;
    std::error_code ignored;
    fs::create_directories(history_path_->parent_path(), ignored);
    // Made private before a word is in it.
    const int descriptor = open(history_path_->c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return;
    fchmod(descriptor, 0600);
    close(descriptor);
    HistEvent event;
    history(history_.get(), &event, H_SAVE, history_path_->c_str());
  }

  std::optional<fs::path> history_path_;
  Keyboard keyboard_;
  std::string prompt_;
  std::unique_ptr<History, EndHistory> history_;
  std::unique_ptr<EditLine, EndEditor> editor_;
};

}  // namespace

std::unique_ptr<LineReader> make_editing_reader(const std::optional<fs::path>& history) {
  return std::make_unique<EditingReader>(history);
}

}  // namespace freshet
