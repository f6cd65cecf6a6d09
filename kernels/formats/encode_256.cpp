// Quantisers of the super-blocks of 256: the searches of search.h, packed.
#include "kernels/formats/iq4_grid.h"
#include "kernels/formats/iq4_xs.h"
#include "kernels/formats/q2_k.h"
#include "kernels/formats/q3_k.h"
#include "kernels/formats/q4_k.h"
#include "kernels/formats/q5_k.h"
#include "kernels/formats/q6_k.h"

namespace freshet::kernels {
namespace {

/// The level of weight i as an unsigned integer.
unsigned level_at(const float* level, int i, int offset = 0) {
  return static_cast<unsigned>(static_cast<int>(level[i]) + offset);
}

SixBitScales as_bytes(const ScaledAndShiftedBlock<32>& s) {
  SixBitScales r;
  for (int g = 0; g < 8; ++g) {
    r.scale[g] = static_cast<uint8_t>(s.scale[g]);
    r.min[g] = static_cast<uint8_t>(s.min[g]);
  }
  return r;
}

/// Low bits of weights in runs of 32 within halves of 128, two bits each (Q2_K, Q3_K).
template <class Level>
void pack_two_bits(uint8_t* out, const Level& level) {
  for (int i = 0; i < 64; ++i) {
    unsigned byte = 0;
    for (int run = 0; run < 4; ++run) {
      byte |= (level(i / 32 * 128 + run * 32 + i % 32) & 3) << (run * 2);
    }
    out[i] = static_cast<uint8_t>(byte);
  }
}

/// Low nibbles of groups 2r, high nibbles of groups 2r + 1 (Q4_K, Q5_K).
void pack_nibble_runs(uint8_t* out, const float* level) {
  for (int i = 0; i < 128; ++i) {
    const int first = i / 32 * 64 + i % 32;
    out[i] = static_cast<uint8_t>((level_at(level, first) & 15) | (level_at(level, first + 32) & 15)
                                                                      << 4);
  }
}

/// Bit g of byte i is the bit `bit` of weight 32 g + i (Q3_K, Q5_K).
template <class Level>
void pack_high_bits(uint8_t* out, int bit, const Level& level) {
  for (int i = 0; i < 32; ++i) {
    unsigned byte = 0;
    for (int g = 0; g < 8; ++g) byte |= (level(g * 32 + i) >> bit & 1) << g;
    out[i] = static_cast<uint8_t>(byte);
  }
}

}  // namespace

void Q2_K::encode(const float* in, Block& block) noexcept {
  const auto s = search_scaled_and_shifted<16, 3, 15>(in);
  block.d = s.d;
  block.dmin = s.dmin;
  for (int g = 0; g < 16; ++g) block.scales[g] = static_cast<uint8_t>(s.scale[g] | s.min[g] << 4);
  pack_two_bits(block.q, [&](int i) { return level_at(s.level, i); });
}

void Q3_K::encode(const float* in, Block& block) noexcept {
  const auto s = search_scaled<Integers<-4, 3>, 16, -32, 31>(in);
  block.d = s.d;
  for (uint8_t& byte : block.scales) byte = 0;
  for (int g = 0; g < 16; ++g) {
    const int scale = s.scale[g] + 32;
    block.scales[g % 8] |= static_cast<uint8_t>((scale & 15) << (g / 8 * 4));
    block.scales[8 + g % 4] |= static_cast<uint8_t>((scale >> 4) << (g / 4 * 2));
  }
  const auto level = [&](int i) { return level_at(s.level, i, kOffset); };
  pack_two_bits(block.low, level);
  pack_high_bits(block.high, 2, level);
}

void Q4_K::encode(const float* in, Block& block) noexcept {
  const auto s = search_scaled_and_shifted<32, 15, 63>(in);
  block.d = s.d;
  block.dmin = s.dmin;
  pack_six_bit_scales(as_bytes(s), block.scales);
  pack_nibble_runs(block.q, s.level);
}

void Q5_K::encode(const float* in, Block& block) noexcept {
  const auto s = search_scaled_and_shifted<32, 31, 63>(in);
  block.d = s.d;
  block.dmin = s.dmin;
  pack_six_bit_scales(as_bytes(s), block.scales);
  pack_nibble_runs(block.low, s.level);
  pack_high_bits(block.high, 4, [&](int i) { return level_at(s.level, i); });
}

void Q6_K::encode(const float* in, Block& block) noexcept {
  const auto s = search_scaled<Integers<-32, 31>, 16, -128, 127>(in);
  block.d = s.d;
  for (int g = 0; g < 16; ++g) block.scale[g] = static_cast<int8_t>(s.scale[g]);
  for (uint8_t& byte : block.ql) byte = 0;
  for (uint8_t& byte : block.qh) byte = 0;
  for (int i = 0; i < 256; ++i) {
    const int half = i / 128, run = i % 128 / 32, lane = i % 32;
    const unsigned q = level_at(s.level, i, kOffset);
    block.ql[half * 64 + run % 2 * 32 + lane] |= static_cast<uint8_t>((q & 15) << (run / 2 * 4));
    block.qh[half * 32 + lane] |= static_cast<uint8_t>((q >> 4) << (run * 2));
  }
}

void IQ4_XS::encode(const float* in, Block& block) noexcept {
  const auto s = search_scaled<Iq4Grid, 32, -32, 31>(in);
  block = {};
  block.d = s.d;
  unsigned high = 0;
  for (int g = 0; g < 8; ++g) {
    const auto scale = static_cast<unsigned>(s.scale[g] + 32);
    block.scales_low[g / 2] |= static_cast<uint8_t>((scale & 15) << (g % 2 * 4));
    high |= (scale >> 4) << (g * 2);
  }
  block.scales_high = static_cast<uint16_t>(high);
  for (int i = 0; i < 128; ++i) {
    const float* level = s.level + i / 16 * 32 + i % 16;
    block.q[i] = static_cast<uint8_t>(Iq4Grid::index(level[0]) | Iq4Grid::index(level[16]) << 4);
  }
}

}  // namespace freshet::kernels
