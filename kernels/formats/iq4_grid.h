// The table of IQ4_NL and IQ4_XS as a grid for the searches of search.h.
#pragma once

#include "kernels/formats/iq4_nl.h"
#include "kernels/formats/search.h"

namespace freshet::kernels {

struct Iq4Grid {
  static constexpr float kLow = kIq4Values[0], kHigh = kIq4Values[15];

  /// The number of borders between neighbouring values that lie below t.
  static uint8_t index(float t) {
    int below = 0;
    for (int i = 0; i < 15; ++i) {
      below += t > 0.5f * static_cast<float>(kIq4Values[i] + kIq4Values[i + 1]) ? 1 : 0;
    }
    return static_cast<uint8_t>(below);
  }
  /// The nearest value, by adding up the gaps below it.
  static Lanes level(Lanes t) {
    Lanes value = all(kLow);
    for (int i = 0; i < 15; ++i) {
      const auto low = static_cast<float>(kIq4Values[i]),
                 high = static_cast<float>(kIq4Values[i + 1]);
      value += t > 0.5f * (low + high) ? all(high - low) : all(0.0f);
    }
    return value;
  }
};

}  // namespace freshet::kernels
