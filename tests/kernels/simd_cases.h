// Every operation of a SIMD tag as a function from plain arrays to plain arrays, so that a tag's
// code, compiled with its own flags, can be compared with the scalar tag's by code compiled for any
// machine. No test framework in here: its inline functions must not be compiled for one instruction
// set.
#pragma once

#include <cstdint>

namespace freshet::kernels {

/// None is NaN. Arrays of bytes start at odd addresses, the tag's loads must not mind.
struct SimdInputs {
  float a[16], b[16];
  float divisor[16];   // not zero
  float small[16];     // within [-127, 127], some halfway between two integers
  float rounded[16];   // |lane| < 2^22, some halfway between two integers
  float exponent[16];  // integers within [-126, 127]
  int32_t ints[2][8];  // any
  int16_t shorts[2][16];
  int n;                // 0..16
  uint8_t odd;          // what follows has odd addresses
  uint8_t floats[64];   // any floats
  uint8_t halves[32];   // any halves
  uint8_t bfloats[32];  // any bfloats
  uint8_t any[2][32];   // any bytes
  uint8_t nibbles[32];  // 0..15
  uint8_t weights[32];  // 0..127
  int8_t signed_weights[32];
  int8_t activations[32];  // -127..127
};

struct SimdOutputs {
  uint8_t odd;
  uint8_t bytes[64];
};

struct SimdCase {
  const char* name;
  void (*run)(const SimdInputs&, SimdOutputs&);
};

inline constexpr int kSimdCases = 48;
struct SimdTag {
  const char* name;
  SimdCase cases[kSimdCases];
};

/// What the tag's operations of one kind leave in the outputs.
template <class T>
struct SimdRun {
  using In = const SimdInputs&;
  using Out = SimdOutputs&;

  static void put(Out out, typename T::F32 a) { T::store(reinterpret_cast<float*>(out.bytes), a); }
  static void put(Out out, float a) { __builtin_memcpy(out.bytes, &a, 4); }
  static void put(Out out, int32_t a) { __builtin_memcpy(out.bytes, &a, 4); }
  static void put_bytes(Out out, typename T::Bytes a) { T::store_bytes(out.bytes, a); }
  static void put_ints(Out out, const typename T::I32& a) {
    static_assert(sizeof(a) == 32);
    __builtin_memcpy(out.bytes, &a, 32);
  }
  static typename T::I32 ints(const int32_t* p) {
    typename T::I32 r;
    __builtin_memcpy(&r, p, 32);
    return r;
  }
  static const float* floats(In in) { return reinterpret_cast<const float*>(in.floats); }
  static const uint16_t* halves(const uint8_t* p) { return reinterpret_cast<const uint16_t*>(p); }

  /// dot_signed() with its bias taken off again.
  static void dot_signed(In in, Out out) {
    put_ints(out, T::dot_signed(ints(in.ints[0]), T::load_bytes(in.signed_weights),
                                T::load_bytes(in.activations)));
    uint32_t lanes[8];
    __builtin_memcpy(lanes, out.bytes, 32);
    for (int i = 0; i < 32; ++i) lanes[i / 4] -= uint32_t(T::kSignedBias * in.activations[i]);
    __builtin_memcpy(out.bytes, lanes, 32);
  }
};

template <class T>
constexpr SimdTag simd_tag() {
  using R = SimdRun<T>;
  using In = const SimdInputs&;
  using Out = SimdOutputs&;
  return {
      T::kName,
      {
          {"zero", [](In, Out out) { R::put(out, T::zero()); }},
          {"set", [](In in, Out out) { R::put(out, T::set(in.a[3])); }},
          {"load", [](In in, Out out) { R::put(out, T::load(R::floats(in))); }},
          {"load_n", [](In in, Out out) { R::put(out, T::load_n(R::floats(in), in.n)); }},
          {"store_n",
           [](In in, Out out) {
             T::store_n(reinterpret_cast<float*>(out.bytes), T::load(in.a), in.n);
           }},
          {"load_f16", [](In in, Out out) { R::put(out, T::load_f16(R::halves(in.halves))); }},
          {"load_f16_n",
           [](In in, Out out) { R::put(out, T::load_f16_n(R::halves(in.halves), in.n)); }},
          {"store_f16",
           [](In in, Out out) {
             T::store_f16(reinterpret_cast<uint16_t*>(out.bytes), T::load(in.a));
           }},
          {"load_bf16", [](In in, Out out) { R::put(out, T::load_bf16(R::halves(in.bfloats))); }},
          {"load_bf16_n",
           [](In in, Out out) { R::put(out, T::load_bf16_n(R::halves(in.bfloats), in.n)); }},
          {"load_i8", [](In in, Out out) { R::put(out, T::load_i8(in.signed_weights)); }},
          {"store_i8",
           [](In in, Out out) {
             T::store_i8(reinterpret_cast<int8_t*>(out.bytes), T::load(in.small));
           }},
          {"add", [](In in, Out out) { R::put(out, T::add(T::load(in.a), T::load(in.b))); }},
          {"sub", [](In in, Out out) { R::put(out, T::sub(T::load(in.a), T::load(in.b))); }},
          {"mul", [](In in, Out out) { R::put(out, T::mul(T::load(in.a), T::load(in.b))); }},
          {"div", [](In in, Out out) { R::put(out, T::div(T::load(in.a), T::load(in.divisor))); }},
          {"fma",
           [](In in, Out out) {
             R::put(out, T::fma(T::load(in.a), T::load(in.b), T::load(in.divisor)));
           }},
          {"max", [](In in, Out out) { R::put(out, T::max(T::load(in.a), T::load(in.b))); }},
          {"min", [](In in, Out out) { R::put(out, T::min(T::load(in.a), T::load(in.b))); }},
          {"abs", [](In in, Out out) { R::put(out, T::abs(T::load(in.a))); }},
          {"round", [](In in, Out out) { R::put(out, T::round(T::load(in.rounded))); }},
          {"pow2", [](In in, Out out) { R::put(out, T::pow2(T::load(in.exponent))); }},
          {"reduce_add", [](In in, Out out) { R::put(out, T::reduce_add(T::load(in.a))); }},
          // Which of the two zeros is the larger is left open.
          {"reduce_max", [](In in, Out out) { R::put(out, T::reduce_max(T::load(in.a)) + 0.0f); }},
          {"fma1", [](In in, Out out) { R::put(out, T::fma1(in.a[0], in.b[0], in.divisor[0])); }},
          {"sqrt1", [](In in, Out out) { R::put(out, T::sqrt1(__builtin_fabsf(in.a[0]))); }},
          {"half_to_float",
           [](In in, Out out) {
             uint16_t half;
             __builtin_memcpy(&half, in.halves, 2);
             R::put(out, T::half_to_float(half));
           }},
          {"load_bytes", [](In in, Out out) { R::put_bytes(out, T::load_bytes(in.any[0])); }},
          {"load_bytes_twice",
           [](In in, Out out) { R::put_bytes(out, T::load_bytes_twice(in.any[0])); }},
          {"load_bytes_pair",
           [](In in, Out out) { R::put_bytes(out, T::load_bytes_pair(in.any[0], in.any[1] + 9)); }},
          {"set_bytes", [](In in, Out out) { R::put_bytes(out, T::set_bytes(in.any[0][0])); }},
          {"and_bytes",
           [](In in, Out out) {
             R::put_bytes(out, T::and_bytes(T::load_bytes(in.any[0]), T::load_bytes(in.any[1])));
           }},
          {"or_bytes",
           [](In in, Out out) {
             R::put_bytes(out, T::or_bytes(T::load_bytes(in.any[0]), T::load_bytes(in.any[1])));
           }},
          {"sub_bytes",
           [](In in, Out out) {
             R::put_bytes(out, T::sub_bytes(T::load_bytes(in.any[0]), T::load_bytes(in.any[1])));
           }},
          {"shift_right",
           [](In in, Out out) {
             const typename T::Bytes a = T::load_bytes(in.any[0]);
             T::store_bytes(out.bytes, T::template shift_right<3>(a));
             T::store_bytes(out.bytes + 32, T::template shift_right<0>(a));
           }},
          {"shift_left",
           [](In in, Out out) {
             const typename T::Bytes a = T::load_bytes(in.any[0]);
             T::store_bytes(out.bytes, T::template shift_left<5>(a));
             T::store_bytes(out.bytes + 32, T::template shift_left<0>(a));
           }},
          {"load_nibbles", [](In in, Out out) { R::put_bytes(out, T::load_nibbles(in.any[0])); }},
          {"expand_bits",
           [](In in, Out out) { R::put_bytes(out, T::expand_bits(uint32_t(in.ints[0][0]))); }},
          {"lookup",
           [](In in, Out out) {
             R::put_bytes(out, T::lookup(in.signed_weights, T::load_bytes(in.nibbles)));
           }},
          {"dot",
           [](In in, Out out) {
             R::put_ints(out, T::dot(R::ints(in.ints[0]), T::load_bytes(in.weights),
                                     T::load_bytes(in.activations)));
           }},
          {"dot_signed", R::dot_signed},
          {"dot_i16", [](In in, Out out) { R::put(out, T::dot_i16(in.shorts[0], in.shorts[1])); }},
          {"widen_words",
           [](In in, Out out) {
             uint64_t words[2];
             __builtin_memcpy(words, in.any[0], 16);
             T::widen_words(words[0], words[1], 32, reinterpret_cast<int16_t*>(out.bytes));
           }},
          {"widen_words_twice",
           [](In in, Out out) {
             uint64_t word = 0;
             __builtin_memcpy(&word, in.any[0], 8);
             T::widen_words_twice(word, 32, reinterpret_cast<int16_t*>(out.bytes));
           }},
          {"zero_i32 and set_pair",
           [](In in, Out out) {
             R::put_ints(out, T::zero_i32());
             SimdOutputs pair;
             R::put_ints(pair, T::set_pair(in.ints[0][0], in.ints[1][0]));
             __builtin_memcpy(out.bytes + 32, pair.bytes, 32);
           }},
          {"add_i32",
           [](In in, Out out) {
             R::put_ints(out, T::add_i32(R::ints(in.ints[0]), R::ints(in.ints[1])));
           }},
          {"mul_i32",
           [](In in, Out out) {
             R::put_ints(out, T::mul_i32(R::ints(in.ints[0]), R::ints(in.ints[1])));
           }},
          {"reduce_add_i32",
           [](In in, Out out) {
             T::prefetch(in.any);
             R::put(out, T::reduce_add_i32(R::ints(in.ints[0])));
           }},
      }};
}

}  // namespace freshet::kernels
