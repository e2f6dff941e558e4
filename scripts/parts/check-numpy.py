"""The Python half of scripts/check-numpy: `write FOLDER`, then (after the Swift half) `check FOLDER`."""
import glob
import os
import sys

import numpy as np

mode, folder = sys.argv[1:]
rng = np.random.default_rng(0)
kinds = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]
shapes = [(), (1,), (7,), (0,), (2, 0, 3), (3, 5), (1, 4), (4, 1), (2, 3, 4), (1,) * 31 + (2,), (70, 33, 2)]


def random(kind, shape):
    kind = np.dtype(kind)
    if kind.kind == "b":
        return np.asarray(rng.integers(0, 2, shape)).astype(kind)
    # Any bits: NaNs, infinities and subnormal numbers among them.
    return np.frombuffer(rng.bytes(kind.itemsize * int(np.prod(shape))), kind).reshape(shape)


arrays = {}
for kind in kinds:
    for byte_order in "<>" if np.dtype(kind).itemsize > 1 else "|":
        for number, shape in enumerate(shapes):
            values = random(byte_order + kind, shape)
            arrays[f"{kind.replace('?', 'b1')}{'big' if byte_order == '>' else ''}_{number}_c"] = values
            arrays[f"{kind.replace('?', 'b1')}{'big' if byte_order == '>' else ''}_{number}_f"] = np.asfortranarray(values)

if mode == "write":
    os.makedirs(f"{folder}/python")
    for name, values in arrays.items():
        np.save(f"{folder}/python/{name}.npy", values)
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(f"{folder}/version{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, arrays["f4_8_c"], version=version)
    np.savez(f"{folder}/python.npz", **arrays)
    np.savez_compressed(f"{folder}/python_compressed.npz", **arrays)
    sys.exit()


def agree(read, expected, name):
    # Swift writes what it read: the same numbers, little-endian.
    expected = expected.astype(expected.dtype.newbyteorder("<"))
    assert read.dtype == expected.dtype and read.shape == expected.shape, (name, read.dtype, expected.dtype)
    assert read.tobytes() == expected.tobytes(), (name, read, expected)


names = {os.path.basename(path) for path in glob.glob(f"{folder}/swift/*.npy")}
assert names == {name + ".npy" for name in arrays}, "other files"
for name in arrays:
    original, same = (open(f"{folder}/{half}/{name}.npy", "rb").read() for half in ("python", "swift"))
    assert original == same, f"{name}: other bytes"
for version in (1, 2, 3):
    agree(np.load(f"{folder}/version{version}_swift.npy"), arrays["f4_8_c"], f"version {version}")
for source in ("python", "python_compressed"):
    for target in ("stored", "deflated"):
        with np.load(f"{folder}/{source}_{target}.npz") as file:
            assert list(file.keys()) == list(arrays), "other names"
            for name, values in arrays.items():
                agree(file[name], values, name)
# What savez writes for little-endian arrays in C order, and whether zlib is the same.
native = {name: np.ascontiguousarray(v).reshape(v.shape).astype(v.dtype.newbyteorder("<")) for name, v in arrays.items()}
for save, target in ((np.savez, "stored"), (np.savez_compressed, "deflated")):
    save(f"{folder}/again.npz", **native)
    same = open(f"{folder}/again.npz", "rb").read() == open(f"{folder}/python_{target}.npz", "rb").read()
    assert same or target == "deflated", "savez writes other bytes"
    print(f"{save.__name__}: {'the same bytes' if same else 'other bytes (another zlib)'}")
print(f"NumPy {np.__version__}: {len(arrays)} arrays agree in both directions, byte for byte")

# The loss that training has where a fifth of all numbers is missing: of what is left, with latent points at their means.
log_factorial = np.frompyfunc(lambda x: sum(np.log(k) for k in range(2, int(x) + 1)), 1, 1)
files = sorted(glob.glob(f"{folder}/missing-*.npz"))
assert len(files) == 4, files
for path in files:
    kind, m = os.path.basename(path)[8:-4], np.load(path)
    x = m["x"]
    known = ~np.isnan(x)
    seen = np.where(known, x, 0)

    def dense(x, name):
        return x @ m[name + ".kernel"] + m[name + ".bias"]

    z = dense(np.tanh(dense(seen, "encoder.hidden")), "encoder.mean")
    y = dense(np.tanh(dense(z, "decoder.hidden")), "decoder.output")
    if kind.startswith("gaussian"):
        variance = np.exp(m["likelihood.freeLogVariance"]) + 1e-6
        terms = 0.5 * (np.log(2 * np.pi * variance) + (seen - y) ** 2 / variance)
    elif kind == "laplace":
        scale = np.exp(m["likelihood.freeLogScale"]) + 1e-3
        terms = np.log(2 * scale) + np.abs(seen - y) / scale
    else:
        terms = np.exp(y) - seen * y + log_factorial(seen).astype(float)
    expected = terms[known].sum() / len(x)
    difference = abs(m["reconstruction"] / expected - 1)
    assert 0.15 < 1 - known.mean() < 0.25 and difference < 1e-6, (kind, m["reconstruction"], expected)
    print(f"{kind}: the loss of the {known.sum()} numbers that are left of {x.size} differs by {difference:.1e}")
