"""Makes the files of this folder with NumPy itself: `python3 generate.py` here.

The elements of each array are 0, 1, 2, ... in row-major order; those of type bool are whether that number is odd.
"""
import io

import numpy as np


def numbers(kind, *shape):
    count = np.arange(int(np.prod(shape))).reshape(shape)
    return (count % 2 if np.dtype(kind) == bool else count).astype(kind)


for kind in ["?", "i1", "u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8"]:
    np.save(f"c_{np.dtype(kind).str[1:]}.npy", numbers(kind, 2, 3))
for kind in [">i2", ">u4", ">i8", ">f2", ">f4", ">f8"]:
    np.save(f"big_{kind[1:]}.npy", numbers(kind, 2, 3))
for kind in ["u1", "<f2", "<f4", "<f8"]:
    np.save(f"fortran_{np.dtype(kind).str[1:]}.npy", np.asfortranarray(numbers(kind, 2, 3, 4)))
np.save("fortran_big_f8.npy", np.asfortranarray(numbers(">f8", 2, 3, 4)))
# Both orders are one: NumPy says C.
np.save("fortran_row_f4.npy", np.asfortranarray(numbers("<f4", 1, 5, 1)))
np.save("scalar_f4.npy", numbers("<f4"))
np.save("vector_f4.npy", numbers("<f4", 7))
np.save("empty_f8.npy", numbers("<f8", 2, 0, 3))
for version in [(2, 0), (3, 0)]:
    with open(f"version{version[0]}_f4.npy", "wb") as file:
        np.lib.format.write_array(file, numbers("<f4", 2, 3), version=version)
np.save("record.npy", np.zeros(2, [("a", "<f4"), ("b", "<i2")]))
np.save("object.npy", np.array([None, 1], object), allow_pickle=True)
np.save("complex.npy", numbers("<c8", 2))

arrays = {"a": numbers("<f4", 2, 3), "größe/重み": numbers("<i8", 4), "scalar": numbers("<f8"), "none": numbers("u1", 0)}
np.savez("savez.npz", **arrays)
np.savez_compressed("savez_compressed.npz", **arrays)
np.savez("savez_empty.npz")


class Pipe(io.RawIOBase):
    """What cannot be sought in: zipfile writes sizes and checksums behind the data."""

    def __init__(self, path):
        self.file = open(path, "wb")

    def write(self, data):
        return self.file.write(data)

    def writable(self):
        return True

    def close(self):
        self.file.close()


for name, save in [("pipe", np.savez), ("pipe_compressed", np.savez_compressed)]:
    pipe = Pipe(f"{name}.npz")
    save(pipe, **arrays)
    pipe.close()
