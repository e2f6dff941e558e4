"""The Python half of scripts/check-safetensors: `write FOLDER`, then (after the Swift half) `check FOLDER`."""
import json
import sys

import ml_dtypes
import numpy as np
import safetensors
from safetensors.numpy import save_file

mode, folder = sys.argv[1:]
rng = np.random.default_rng(0)
types = {
    "U8": np.uint8, "I8": np.int8, "I16": np.int16, "U16": np.uint16, "I32": np.int32, "U32": np.uint32,
    "I64": np.int64, "U64": np.uint64, "F16": np.float16, "BF16": ml_dtypes.bfloat16, "F32": np.float32,
    "F64": np.float64, "BOOL": np.bool_,
}
floating = ("F16", "BF16", "F32", "F64")


def values_of(name, kind):
    if name in floating:
        values = (rng.standard_normal((3, 5)) * 100).astype(kind)
        limits = ml_dtypes.finfo(kind)
        values.flat[:6] = np.array([0, -0.0, np.inf, -np.inf, limits.max, limits.smallest_subnormal]).astype(kind)
        return values
    if name == "BOOL":
        return rng.integers(0, 2, (3, 5)).astype(kind)
    limits = np.iinfo(kind)
    values = rng.integers(limits.min, limits.max, (3, 5), dtype=kind, endpoint=True)
    values.flat[:2] = [limits.min, limits.max]
    return values


tensors = {}
for name, kind in types.items():
    values = values_of(name, kind)
    tensors[f"layer.{name}"] = values
    tensors[f"scalar.{name}"] = np.array(values.flat[7], kind)
    tensors[f"empty.{name}"] = np.zeros((2, 0, 3), kind)
tensors['naïve "重み" \\ \t\n\x01 🧠'] = np.arange(3, dtype=np.float32)
# What the Swift half rounds to 16 bits: all magnitudes, and midpoints between neighbours of both formats.
spread = np.exp(rng.uniform(-88, 88, 4000)) * rng.choice([-1, 1], 4000)
halves = np.arange(0x7C00, dtype=np.uint16).view(np.float16).astype(np.float64)
tensors["spread.F64"] = np.concatenate([spread, (halves[1:] + halves[:-1]) / 2])
tensors["spread.F32"] = tensors["spread.F64"].astype(np.float32)
# One entry only: the reference implementation writes several in an order that changes from run to run.
metadata = {'note "x"': "Größe\n\\ \x1f 🧠"}


def load(path):
    """All tensors by the format's description, which has every type; safe_open has checked the file before."""
    with safetensors.safe_open(path, "numpy") as file:
        assert len(file.keys()) > 0
    content = open(path, "rb").read()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8:8 + length])
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(content[8 + length:][slice(*entry["data_offsets"])], types[entry["dtype"]])
        .reshape(entry["shape"]) for name, entry in header.items()
    }


def agree(read, expected, name):
    assert read.dtype == expected.dtype and read.shape == expected.shape, (name, read.dtype, expected.dtype)
    assert read.tobytes() == expected.tobytes(), (name, read, expected)


if mode == "write":
    save_file(tensors, f"{folder}/python.safetensors", metadata=metadata)
    sys.exit()

original, same = (open(f"{folder}/{n}.safetensors", "rb").read() for n in ("python", "same"))
assert original == same, "the same tensors give other bytes"
with safetensors.safe_open(f"{folder}/same.safetensors", "numpy") as file:
    assert file.metadata() == metadata, file.metadata()
# Each tensor, read as values and written in its own type.
values = load(f"{folder}/values.safetensors")
assert values.keys() == tensors.keys(), "other names"
for name, expected in tensors.items():
    agree(values[name], expected, name)
# And each read as doubles.
doubles = load(f"{folder}/doubles.safetensors")
assert doubles.keys() == tensors.keys(), "other names"
for name, expected in tensors.items():
    agree(doubles[name], expected.astype(np.float64), name)
# Floats and doubles rounded to 16 bits.
rounded = load(f"{folder}/rounded.safetensors")
for source in ("F32", "F64"):
    for target in ("F16", "BF16"):
        with np.errstate(over="ignore"):
            expected = tensors[f"spread.{source}"].astype(types[target])
        if target == "BF16" and source == "F64":
            # ml_dtypes rounds doubles twice, to float32 first; the nearest is that of the exact halves.
            single = tensors["spread.F64"].astype(np.float32)
            twice = single.astype(types[target])
            same = (rounded[f"{source}.{target}"].view(np.uint16).astype(int) - twice.view(np.uint16)) == 0
            exact = single.astype(np.float64) == tensors["spread.F64"]
            assert same[exact].all() and same.mean() > 0.999
            continue
        agree(rounded[f"{source}.{target}"], expected, f"{source} to {target}")
# Tensors of bfloat16 in memory.
kept = load(f"{folder}/kept.safetensors")
for name in kept:
    agree(kept[name], tensors[name].astype(types["BF16"]), name)
print(f"safetensors {safetensors.__version__}: {len(tensors)} tensors agree in both directions, byte for byte")
