#!/usr/bin/env python3
"""Writes encodings.bin: weights, and what gguf.quants.quantize makes of them.

Made with gguf 0.19.0 and numpy 2.4.6. Layout, little-endian, nothing between the parts:

    u32     n
    float32 weights[n]
    for each format of FORMATS: its blocks
"""

import pathlib

import numpy as np
from gguf import GGMLQuantizationType, quantize

FORMATS = ["F16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "BF16", "MXFP4"]
SEED = 20261121
BLOCK = 32


def blocks(rng):
    """Blocks of 32: hard ones, then ordinary ones of many sizes."""
    ramp = np.arange(BLOCK, dtype=np.float32)
    yield np.zeros(BLOCK)
    yield -np.zeros(BLOCK)
    yield np.full(BLOCK, 0.75)
    yield np.full(BLOCK, -0.75)
    yield ramp
    yield -ramp
    yield ramp - 15.5  # two elements of largest magnitude
    yield (ramp - 16) / 2  # levels fall between two integers
    yield np.where(ramp == 7, -1.0, 0.0)
    yield np.where(ramp == 31, 3e4, 1e-3)
    yield ramp * np.float32(2.0**-24)  # scales are subnormal halves
    yield (ramp - 9) * np.float32(1e-9)  # scales vanish as halves
    yield np.float32(2.0) ** (ramp - 16)
    for exponent in range(-14, 9):
        yield rng.standard_normal(BLOCK) * 2.0**exponent
    for _ in range(12):
        yield rng.standard_t(3, BLOCK) * 0.02
    for _ in range(16):
        yield rng.integers(-64, 65, BLOCK) / 16


def main():
    rng = np.random.default_rng(SEED)
    weights = np.concatenate([np.asarray(b, dtype=np.float32) for b in blocks(rng)])
    path = pathlib.Path(__file__).parent / "encodings.bin"
    with open(path, "wb") as file:
        file.write(np.uint32(weights.size).tobytes() + weights.astype("<f4").tobytes())
        for name in FORMATS:
            file.write(np.ascontiguousarray(quantize(weights, GGMLQuantizationType[name])).tobytes())


if __name__ == "__main__":
    main()
