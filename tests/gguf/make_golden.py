#!/usr/bin/env python3
"""Writes golden.gguf and golden-0000?-of-00002.gguf with the official package: gguf 0.19.0, numpy 2.

golden_test.cpp holds the values that are written here.
"""

import pathlib

import gguf
import numpy as np
from gguf import GGMLQuantizationType, GGUFValueType

HERE = pathlib.Path(__file__).parent


def add_metadata(writer):
    writer.add_uint8("test.u8", 250)
    writer.add_int8("test.i8", -5)
    writer.add_uint16("test.u16", 65000)
    writer.add_int16("test.i16", -30000)
    writer.add_uint32("test.u32", 4000000000)
    writer.add_int32("test.i32", -2000000000)
    writer.add_uint64("test.u64", 2**64 - 1)
    writer.add_int64("test.i64", -(2**63))
    writer.add_float32("test.f32", 0.1)
    writer.add_float64("test.f64", 0.1)
    writer.add_bool("test.true", True)
    writer.add_bool("test.false", False)
    writer.add_string("test.string", "snow \u2744 melts\n")
    writer.add_array("test.strings", ["a", "", "\u00e9"])
    writer.add_key_value("test.kv_heads", [0, 0, 8], GGUFValueType.ARRAY, sub_type=GGUFValueType.INT32)
    writer.add_key_value("test.floats", [0.5, -2.0], GGUFValueType.ARRAY, sub_type=GGUFValueType.FLOAT32)
    writer.add_key_value("test.nested", [[1, 2], [3]], GGUFValueType.ARRAY, sub_type=GGUFValueType.ARRAY)


def ramp(*shape):
    return (np.arange(np.prod(shape), dtype=np.float32) - 20).reshape(shape) / 8


def write(path, **split):
    writer = gguf.GGUFWriter(path, "lfm2", **split)
    add_metadata(writer)
    writer.add_tensor("matrix.weight", ramp(2, 3))
    writer.add_tensor("half.weight", ramp(5).astype(np.float16))
    for name, kind in [("q8.weight", GGMLQuantizationType.Q8_0), ("q4.weight", GGMLQuantizationType.Q4_0)]:
        writer.add_tensor(name, gguf.quantize(ramp(2, 3, 64), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


write(HERE / "golden.gguf")
write(HERE / "golden.gguf", split_max_tensors=2)
