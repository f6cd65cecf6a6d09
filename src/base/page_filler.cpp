#include "base/page_filler.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace freshet {
namespace {

/// What one table of pages of 4 KiB covers: threads that fill tables of their own do not wait for
/// each other.
constexpr size_t kPieceBytes = size_t{2} << 20;

#ifdef MADV_POPULATE_READ

constexpr size_t kMostPages = kPieceBytes / 4096;

/// Enters those pages of a piece that are in memory; false if the system cannot.
bool fill(std::span<const std::byte> piece) noexcept {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  auto* const begin = const_cast<std::byte*>(piece.data());  // these calls change no memory
  const size_t n_pages = (piece.size() + page - 1) / page;
  std::array<unsigned char, kMostPages> resident{};
  if (n_pages > resident.size() || mincore(begin, piece.size(), resident.data()) != 0) return false;
  const auto is_resident = [](unsigned char state) { return (state & 1) != 0; };
  const auto* const end = resident.data() + n_pages;
  for (const unsigned char* at = resident.data(); at != end;) {
    const auto* const first = std::find_if(at, end, is_resident);
    at = std::find_if_not(first, end, is_resident);
    const auto offset = static_cast<size_t>(first - resident.data()) * page;
    const auto bytes = static_cast<size_t>(at - first) * page;
    if (bytes > 0 && madvise(begin + offset, bytes, MADV_POPULATE_READ) != 0) return false;
  }
  return true;
}

#else

bool fill(std::span<const std::byte>) noexcept { return false; }

#endif

}  // namespace

PageFiller::PageFiller(std::span<const std::span<const std::byte>> regions) {
  for (std::span<const std::byte> region : regions) {
    while (!region.empty()) {
      const auto begin = reinterpret_cast<uintptr_t>(region.data());
      pieces_.push_back(region.first(std::min(region.size(), kPieceBytes - begin % kPieceBytes)));
      region = region.subspan(pieces_.back().size());
    }
  }
}

bool PageFiller::fill_next() noexcept {
  const size_t i = next_.fetch_add(1, std::memory_order_relaxed);
  if (i < pieces_.size() && fill(pieces_[i])) return true;
  next_.store(pieces_.size(), std::memory_order_relaxed);
  return false;
}

}  // namespace freshet
