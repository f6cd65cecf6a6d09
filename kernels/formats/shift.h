// Byte shifts by a count that only becomes a constant when the caller's loop is unrolled.
#pragma once

#include "kernels/inline.h"

namespace freshet::kernels {

/// Each byte of a shifted right by n bits, 0 <= n <= 7.
template <class T>
FRESHET_INLINE typename T::Bytes shift_right(typename T::Bytes a, int n) {
  switch (n) {
    case 0:
      return a;
    case 1:
      return T::template shift_right<1>(a);
    case 2:
      return T::template shift_right<2>(a);
    case 3:
      return T::template shift_right<3>(a);
    case 4:
      return T::template shift_right<4>(a);
    case 5:
      return T::template shift_right<5>(a);
    case 6:
      return T::template shift_right<6>(a);
    default:
      return T::template shift_right<7>(a);
  }
}

}  // namespace freshet::kernels
