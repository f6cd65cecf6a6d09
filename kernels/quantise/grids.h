// Grids whose values are not evenly spaced.
#pragma once

#include "kernels/formats/iq4_nl.h"
#include "kernels/formats/mxfp4.h"
#include "kernels/quantise/lanes.h"

namespace freshet::kernels {

/// The table of IQ4_NL and IQ4_XS.
struct Iq4Grid {
  static constexpr float kLow = kIq4Values[0], kHigh = kIq4Values[15];

  /// The nearest value, by adding up the gaps below it.
  template <class V>
  static FRESHET_INLINE V level(V t) {
    V value = all<V>(kLow);
    for (int i = 0; i < 15; ++i) {
      const auto low = static_cast<float>(kIq4Values[i]),
                 high = static_cast<float>(kIq4Values[i + 1]);
      value = value + where_less(all<V>(0.5f * (low + high)), t, all<V>(high - low), all<V>(0.0f));
    }
    return value;
  }
  /// Index of a value of the table.
  static FRESHET_INLINE uint8_t code(float level) {
    int below = 0;
    for (int i = 0; i < 15; ++i) below += level > static_cast<float>(kIq4Values[i]) ? 1 : 0;
    return static_cast<uint8_t>(below);
  }
};

/// Twice the values of the 4-bit float: 0, 1, 2, 3, 4, 6, 8, 12 and their negatives.
struct Mxfp4Grid {
  static constexpr float kLow = -12, kHigh = 12;

  template <class V>
  static FRESHET_INLINE V level(V t) {
    const V zero = all<V>(0.0f), size = larger(t, zero - t);
    V value = zero;
    for (int i = 0; i < 7; ++i) {
      const float low = value_of(i), high = value_of(i + 1);
      value =
          value + where_less(all<V>(0.5f * (low + high)), size, all<V>(high - low), all<V>(0.0f));
    }
    return where_less(t, zero, zero - value, value);
  }
  static FRESHET_INLINE uint8_t code(float level) {
    const float size = level < 0 ? -level : level;
    int below = 0;
    for (int i = 0; i < 7; ++i) below += size > value_of(i) ? 1 : 0;
    return static_cast<uint8_t>(level < 0 ? below | 8 : below);
  }

 private:
  static FRESHET_INLINE constexpr float value_of(int i) {
    return static_cast<float>(kMxfp4Values[i] - MXFP4::kOffset);
  }
};

}  // namespace freshet::kernels
