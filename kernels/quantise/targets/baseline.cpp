#include "kernels/quantise/encoders.h"

namespace freshet::kernels {

constinit const Quantisers kBaselineQuantisers = make_quantisers<Baseline>(Formats{});

// The reference codec's encoders of the formats that need a search.
void IQ4_NL::encode(const float* in, Block& block) noexcept {
  search_row<Baseline, IQ4_NL>(in, nullptr, &block, kBlockSize);
}
void Q2_K::encode(const float* in, Block& block) noexcept {
  search_row<Baseline, Q2_K>(in, nullptr, &block, kBlockSize);
}
void Q3_K::encode(const float* in, Block& block) noexcept {
  search_row<Baseline, Q3_K>(in, nullptr, &block, kBlockSize);
}
void Q4_K::encode(const float* in, Block& block) noexcept {
  search_row<Baseline, Q4_K>(in, nullptr, &block, kBlockSize);
}
void Q5_K::encode(const float* in, Block& block) noexcept {
  search_row<Baseline, Q5_K>(in, nullptr, &block, kBlockSize);
}
void Q6_K::encode(const float* in, Block& block) noexcept {
  search_row<Baseline, Q6_K>(in, nullptr, &block, kBlockSize);
}
void IQ4_XS::encode(const float* in, Block& block) noexcept {
  search_row<Baseline, IQ4_XS>(in, nullptr, &block, kBlockSize);
}

}  // namespace freshet::kernels
