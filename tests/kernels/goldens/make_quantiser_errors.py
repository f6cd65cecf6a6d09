#!/usr/bin/env python3
"""Writes quantiser_weights.bin and quantiser_errors.txt: what the encoders of others leave.

    python3 make_quantiser_errors.py .../llama_cpp/lib/libggml-base.so

Made with gguf 0.19.0, numpy 2.4.6 and the library of llama-cpp-python 0.3.36, which is called to
encode and for nothing else.

quantiser_weights.bin, little-endian: float16 importance[COLUMNS], then for each tensor of TENSORS
float16 weights[ROWS][COLUMNS].
quantiser_errors.txt: a line for each encoder, format and tensor: sums over all weights of the squared
error, relative to the sum of squares, each weighted by
    1, |w|, w^2       encoded without importance
    the importance    encoded with it (0: an encoder that takes none)
"""

import ctypes
import pathlib
import sys

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize, quantize

ROWS, COLUMNS = 8, 1024
FORMATS = ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"]
FORMATS += ["IQ4_NL", "IQ4_XS", "MXFP4"]


def tensors(rng):
    shape = (ROWS, COLUMNS)
    yield "normal", rng.standard_normal(shape)
    yield "heavy-tailed", rng.standard_t(4, shape)
    # As trained matrices are: a few strong directions, columns and rows of unlike size, outliers.
    trained = 0.7 * rng.standard_normal(shape)
    trained += 0.25 * rng.standard_normal((ROWS, 8)) @ rng.standard_normal((8, COLUMNS))
    trained *= np.exp(0.4 * rng.standard_normal((1, COLUMNS)))
    trained *= np.exp(0.3 * rng.standard_normal((ROWS, 1)))
    yield "trained", np.where(rng.random(shape) < 0.001, 7, 1) * trained


def load(path):
    library = ctypes.CDLL(path)
    library.ggml_quantize_chunk.restype = ctypes.c_size_t
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    library.ggml_quantize_chunk.argtypes = [
        ctypes.c_int, pointer, pointer, number, number, number, pointer]  # fmt: skip
    return library


def encode_with(library, weights, importance, kind):
    block, size = GGML_QUANT_SIZES[kind]
    out = np.zeros((ROWS, COLUMNS // block * size), np.uint8)
    columns = None if importance is None else importance.ctypes.data
    library.ggml_quantize_chunk(
        kind.value, weights.ctypes.data, out.ctypes.data, 0, ROWS, COLUMNS, columns)  # fmt: skip
    return dequantize(out, kind)


def errors(weights, back, importance, back_by_importance):
    def relative(weighting, got):
        difference = got.astype(np.float64) - weights
        return (weighting * difference**2).sum() / (weighting * weights.astype(float) ** 2).sum()

    size = np.abs(weights)
    plain = [relative(w, back) for w in (np.ones_like(size), size, size**2)]
    weighted = 0 if back_by_importance is None else relative(importance, back_by_importance)
    return " ".join(f"{x:.7g}" for x in [*plain, weighted])


def main():
    library = load(sys.argv[1])
    rng = np.random.default_rng(20261121)
    folder = pathlib.Path(__file__).parent
    importance = np.exp(1.2 * rng.standard_normal(COLUMNS)).astype(np.float16)
    made = [(name, (0.02 * w).astype(np.float16)) for name, w in tensors(rng)]
    with open(folder / "quantiser_weights.bin", "wb") as file:
        for part in [importance, *(w for _, w in made)]:
            file.write(part.tobytes())
    importance = importance.astype(np.float32)
    with open(folder / "quantiser_errors.txt", "w") as file:
        for name, halves in made:
            weights = np.ascontiguousarray(halves.astype(np.float32))
            for kind in (Type[f] for f in FORMATS):
                back = encode_with(library, weights, None, kind)
                weighted = encode_with(library, weights, importance, kind)
                line = errors(weights, back, importance, weighted)
                file.write(f"llama.cpp {kind.name} {name} {line}\n")
                try:
                    back = dequantize(quantize(weights, kind), kind)
                except NotImplementedError:
                    continue
                line = errors(weights, back, importance, None)
                file.write(f"gguf {kind.name} {name} {line}\n")


if __name__ == "__main__":
    main()
