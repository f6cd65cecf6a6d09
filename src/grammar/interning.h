// Small hash tables for things that have a number: equal things get the same one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace freshet {

constexpr uint64_t hash_words(uint64_t hash, uint64_t word) {
  // The finaliser of MurmurHash3 (Appleby), on the running hash.
  hash ^= word + 0x9E3779B97F4A7C15u + (hash << 6) + (hash >> 2);
  hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDu;
  return hash ^ (hash >> 33);
}

/// Numbers by hash. The things themselves lie elsewhere, and equality is asked of the caller.
class InternIndex {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  /// The number for which equal(number) holds, or kNone.
  template <class Equal>
  [[nodiscard]] uint32_t find(uint64_t hash, Equal equal) const {
    if (slots_.empty()) return kNone;
    for (size_t at = hash & mask();; at = (at + 1) & mask()) {
      const Slot& slot = slots_[at];
      if (slot.number == kNone) return kNone;
      if (slot.hash == hash && equal(slot.number)) return slot.number;
    }
  }

  void insert(uint64_t hash, uint32_t number) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    put({hash, number});
    ++size_;
  }

  [[nodiscard]] size_t bytes() const { return slots_.size() * sizeof(Slot); }

 private:
  struct Slot {
    uint64_t hash;
    uint32_t number = kNone;
  };

  [[nodiscard]] size_t mask() const { return slots_.size() - 1; }

  void put(const Slot& slot) {
    size_t at = slot.hash & mask();
    while (slots_[at].number != kNone) at = (at + 1) & mask();
    slots_[at] = slot;
  }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : 2 * slots_.size(), Slot{0, kNone});
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number != kNone) put(slot);
    }
  }

  std::vector<Slot> slots_;
  size_t size_ = 0;
};

/// A set of 64-bit keys that is emptied at no cost.
class KeySet {
 public:
  void clear() {
    ++age_;
    size_ = 0;
  }

  /// True if the key was not there.
  bool insert(uint64_t key) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    if (!put(key)) return false;
    ++size_;
    return true;
  }

  [[nodiscard]] size_t size() const { return size_; }

 private:
  struct Slot {
    uint64_t key = 0;
    uint64_t age = 0;  ///< in use if it is age_
  };

  bool put(uint64_t key) {
    const size_t mask = slots_.size() - 1;
    size_t at = hash_words(0, key) & mask;
    for (; slots_[at].age == age_; at = (at + 1) & mask) {
      if (slots_[at].key == key) return false;
    }
    slots_[at] = {key, age_};
    return true;
  }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : 2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.age == age_) put(slot.key);
    }
  }

  std::vector<Slot> slots_;
  uint64_t age_ = 1;
  size_t size_ = 0;
};

}  // namespace freshet
