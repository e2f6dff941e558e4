"""NumPy's files of floating-point numbers, without NumPy."""

import ast
import struct


def write(path, rows):
    header = str({"descr": "<f4", "fortran_order": False, "shape": (len(rows), len(rows[0]))})
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for row in rows:
            file.write(struct.pack(f"<{len(row)}f", *row))


def read(path):
    """The rows of an array, each flat."""
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack_from("<H", data, 8)[0]
    header = ast.literal_eval(data[10:10 + length].decode())
    assert header["descr"] in ("<f4", "<f8") and not header["fortran_order"], header
    kind = "f" if header["descr"] == "<f4" else "d"
    count = (len(data) - 10 - length) // struct.calcsize(kind)
    values = struct.unpack_from(f"<{count}{kind}", data, 10 + length)
    size = count // header["shape"][0]
    return [values[start:start + size] for start in range(0, count, size)]
