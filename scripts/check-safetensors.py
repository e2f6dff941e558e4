"""The Python half of scripts/check-safetensors: `write FOLDER`, then (after the Swift half) `check FOLDER`."""
import sys
import numpy as np
import safetensors
from safetensors.numpy import load_file, save_file

mode, folder = sys.argv[1:]
rng = np.random.default_rng(0)
types = {
    "U8": np.uint8, "I8": np.int8, "I16": np.int16, "U16": np.uint16, "I32": np.int32, "U32": np.uint32,
    "I64": np.int64, "U64": np.uint64, "F16": np.float16, "F32": np.float32, "F64": np.float64, "BOOL": np.bool_,
}
tensors = {}
for name, kind in types.items():
    if name.startswith("F"):
        values = (rng.standard_normal((3, 5)) * 100).astype(kind)
        values.flat[:6] = [0, -0.0, np.inf, -np.inf, np.finfo(kind).max, np.finfo(kind).smallest_subnormal]
    elif name == "BOOL":
        values = rng.integers(0, 2, (3, 5)).astype(kind)
    else:
        limits = np.iinfo(kind)
        values = rng.integers(limits.min, limits.max, (3, 5), dtype=kind, endpoint=True)
        values.flat[:2] = [limits.min, limits.max]
    tensors[f"layer.{name}"] = values
    tensors[f"scalar.{name}"] = np.array(values.flat[7], kind)
    tensors[f"empty.{name}"] = np.zeros((2, 0, 3), kind)
tensors['naïve "重み" \\ \t\n\x01 🧠'] = np.arange(3, dtype=np.float32)
# One entry only: the reference implementation writes several in an order that changes from run to run.
metadata = {'note "x"': "Größe\n\\ \x1f 🧠"}

if mode == "write":
    save_file(tensors, f"{folder}/python.safetensors", metadata=metadata)
    sys.exit()

original, same = (open(f"{folder}/{n}.safetensors", "rb").read() for n in ("python", "same"))
assert original == same, "the same tensors give other bytes"
with safetensors.safe_open(f"{folder}/same.safetensors", "numpy") as file:
    assert file.metadata() == metadata, file.metadata()
doubles = load_file(f"{folder}/doubles.safetensors")
assert doubles.keys() == tensors.keys(), "other names"
for name, values in tensors.items():
    read = doubles[name]
    assert read.dtype == np.float64 and read.shape == values.shape, name
    expected = values.astype(np.float64)
    assert (read == expected).all() and (np.signbit(read) == np.signbit(expected)).all(), (name, read, expected)
print(f"safetensors {safetensors.__version__}: {len(tensors)} tensors agree in both directions, byte for byte")
