"""NumPy's files, without NumPy: floating-point numbers, and bytes to write."""

import ast
import struct


def write(path, rows):
    save(path, "<f4", (len(rows), len(rows[0])), (struct.pack(f"<{len(row)}f", *row) for row in rows))


def write_bytes(path, rows, shape):
    """Rows of bytes, each of this shape."""
    save(path, "|u1", (len(rows), *shape), rows)


def save(path, kind, shape, parts):
    header = str({"descr": kind, "fortran_order": False, "shape": shape})
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for part in parts:
            file.write(part)


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
