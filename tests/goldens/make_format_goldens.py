#!/usr/bin/env python3
"""Writes formats/<name>.bin: blocks of every weight format and the float32 values they stand for.

The decoder of record is gguf.quants.dequantize (package versions: see requirements.txt). Layout,
little-endian, nothing between the parts:

    u32     n_blocks
    u8      blocks[n_blocks * bytes_per_block]
    float32 values[n_blocks * weights_per_block]

F16 and BF16 have one weight per block. Values are never NaN, so that they can be compared bit by
bit; F16 and BF16 contain the two infinities.
"""

import pathlib

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, dequantize

SEED = 20261120
WEIGHTS = 3840  # per format

# Where the float16 scales of a block lie (byte offsets).
F16_FIELDS = {
    "Q4_0": [0],
    "Q4_1": [0, 2],
    "Q5_0": [0],
    "Q5_1": [0, 2],
    "Q8_0": [0],
    "Q2_K": [80, 82],
    "Q3_K": [108],
    "Q4_K": [0, 2],
    "Q5_K": [0, 2],
    "Q6_K": [208],
    "IQ4_NL": [0],
    "IQ4_XS": [0],
}

# float16 scales that every format must meet: both zeros, the smallest and the largest subnormal,
# the smallest normal, the largest finite, ordinary ones; of either sign.
HARD_SCALES = [0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x83FF, 0x0400, 0x8400, 0x7BFF, 0xFBFF]
HARD_SCALES += [0x3C00, 0xBC00]


def random_f16_bits(rng, count):
    """Finite float16 bit patterns over the whole range, subnormals included."""
    bits = rng.integers(0, 1 << 16, size=count, dtype=np.uint16)
    exponent_all_ones = (bits & 0x7C00) == 0x7C00
    return np.where(exponent_all_ones, bits & 0xBFFF, bits).astype(np.uint16)


def payload(rng, n_blocks, block_bytes):
    """Random bytes; the first blocks are all zeros, all ones, and the 256 byte values in order."""
    data = rng.integers(0, 256, size=(n_blocks, block_bytes), dtype=np.uint8)
    data[0], data[1] = 0x00, 0xFF
    sweep_blocks = min(n_blocks - 2, -(-256 // block_bytes))
    sweep = np.arange(sweep_blocks * block_bytes, dtype=np.int64) % 256
    data[2 : 2 + sweep_blocks] = sweep.reshape(sweep_blocks, block_bytes)
    return data


def scaled_blocks(rng, name, n_blocks, block_bytes):
    """Each hard scale on a block of its own (of a pair, the second runs backwards), then random."""
    data = payload(rng, n_blocks, block_bytes)
    hard = np.array(HARD_SCALES, dtype=np.uint16)
    n_hard = min(len(hard), n_blocks)
    for order, offset in enumerate(F16_FIELDS[name]):
        scales = random_f16_bits(rng, n_blocks)
        chosen = hard[::-1] if order else hard
        scales[n_blocks - n_hard :] = chosen[:n_hard]
        data[:, offset : offset + 2] = scales.reshape(-1, 1).view(np.uint8)
    return data


def mxfp4_blocks(rng, n_blocks, block_bytes):
    """The shared exponent byte runs over 0 (subnormal scale) to 252; above it 12 x scale overflows."""
    data = payload(rng, n_blocks, block_bytes)
    exponents = rng.integers(0, 253, size=n_blocks, dtype=np.uint8)
    exponents[-6:] = [0, 1, 2, 127, 128, 252]
    data[:, 0] = exponents
    return data


def half_patterns(rng, n_values, infinity):
    """16-bit floats without NaN: random patterns and the borders between the kinds of number."""
    bits = rng.integers(0, 1 << 16, size=n_values, dtype=np.uint16)
    is_nan = (bits & 0x7FFF) > infinity
    bits = np.where(is_nan, bits & (0x8000 | (infinity >> 1)), bits).astype(np.uint16)
    unit = infinity & -infinity  # the smallest normal
    borders = [0, 1, 2, unit - 1, unit, unit + 1, infinity - 1, infinity]
    borders += [b | 0x8000 for b in borders]
    bits[: len(borders)] = borders
    return bits.view(np.uint8).reshape(-1, 2)


def make_blocks(rng, name, n_blocks, block_bytes):
    if name == "F16":
        return half_patterns(rng, n_blocks, 0x7C00)
    if name == "BF16":
        return half_patterns(rng, n_blocks, 0x7F80)
    if name == "MXFP4":
        return mxfp4_blocks(rng, n_blocks, block_bytes)
    return scaled_blocks(rng, name, n_blocks, block_bytes)


def main():
    folder = pathlib.Path(__file__).parent / "formats"
    folder.mkdir(exist_ok=True)
    for index, name in enumerate(["F16", "BF16", *F16_FIELDS, "MXFP4"]):
        qtype = GGMLQuantizationType[name]
        weights_per_block, block_bytes = GGML_QUANT_SIZES[qtype]
        n_blocks = WEIGHTS // weights_per_block
        rng = np.random.default_rng([SEED, index])
        blocks = np.ascontiguousarray(make_blocks(rng, name, n_blocks, block_bytes))
        values = dequantize(blocks, qtype).astype("<f4")
        assert values.size == WEIGHTS and not np.isnan(values).any(), name
        with open(folder / f"{name.lower()}.bin", "wb") as file:
            file.write(np.uint32(n_blocks).tobytes() + blocks.tobytes() + values.tobytes())
        print(f"{name:7} {n_blocks:5} blocks of {block_bytes} B, {values.size} values")


if __name__ == "__main__":
    main()
