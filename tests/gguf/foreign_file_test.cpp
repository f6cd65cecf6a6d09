// Files that are something else, and versions of GGUF that are not read.
#include "gguf/raw_gguf.h"

namespace freshet {
namespace {

using testing::expect_refused;
using testing::RawGguf;

TEST(ForeignFile, AWebPageIsCalledOne) {
  for (const char* page : {"<!DOCTYPE html><html>", "\n  <html lang=en>", "\xef\xbb\xbf<HTML>",
                           "<?xml version='1.0'?>"}) {
    expect_refused(std::string(page), {"a web page", "download link"});
  }
}

TEST(ForeignFile, AGitLfsPointerIsCalledOne) {
  expect_refused(std::string("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"),
                 {"Git LFS pointer", "git lfs pull"});
}

TEST(ForeignFile, OtherModelFormatsAreNamed) {
  expect_refused(std::string("\x40\0\0\0\0\0\0\0{\"__metadata__\"", 23), {"safetensors"});
  expect_refused(std::string("PK\x03\x04 and so on"), {"PyTorch"});
  expect_refused(std::string("tjgg\x03\0\0\0", 8), {"GGJT", "before GGUF"});
  expect_refused(std::string("\x1f\x8b\x08"), {"gzip", "decompress"});
}

TEST(ForeignFile, AServersRefusalIsCalledOne) {
  expect_refused(std::string("{\"error\":\"Invalid credentials\"}"), {"JSON", "download"});
  expect_refused(std::string("Entry not found"), {"server's error message"});
}

TEST(ForeignFile, AnyOtherMagicIsShown) {
  expect_refused(std::string("ABC\x01 and so on"), {"beginning with \"GGUF\"", "ABC\\x01"});
  expect_refused(std::string(1000, '\0'), {"beginning with \"GGUF\""});
}

TEST(ForeignFile, AFileThatEndsInTheMagicIsIncomplete) {
  expect_refused(std::string("GG"), {"ends after 2 bytes", "incomplete"});
  expect_refused(std::string(), {"ends after 0 bytes"});
}

TEST(ForeignFile, Version1IsRefusedWithWhatToDo) {
  expect_refused(RawGguf(1, 0, 0), {"version 1", "expected version 2 or 3", "convert"},
                 ErrorKind::kUnsupported);
}

TEST(ForeignFile, BigEndianIsToldFromAFutureVersion) {
  for (const uint32_t version : {1u, 2u, 3u}) {
    expect_refused(RawGguf(__builtin_bswap32(version), 0, 0), {"big-endian", "little-endian"},
                   ErrorKind::kUnsupported);
  }
  expect_refused(RawGguf(4, 0, 0), {"version 4", "newer freshet"}, ErrorKind::kUnsupported);
  expect_refused(RawGguf(0, 0, 0), {"version 0"}, ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace freshet
