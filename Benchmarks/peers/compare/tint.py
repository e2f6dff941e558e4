"""Images of 32x32 in colours, made of grey ones of 28x28: black around them, and a tint for each."""

import colorsys
import gzip
import pathlib

SIDE, MARGIN = 28, 2


def grey_images(folder, count):
    """The first training images of a folder of IDX files, 784 bytes each."""
    for name in ("train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"):
        path = pathlib.Path(folder) / name
        if path.exists():
            content = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
            if content[:4] != b"\0\0\x08\x03" or content[8:16] != SIDE.to_bytes(4, "big") * 2:
                raise ValueError(f"{path} has no images of {SIDE}x{SIDE}")
            size = SIDE * SIDE
            return [content[start:start + size] for start in range(16, len(content), size)][:count]
    raise FileNotFoundError(f"{folder} has no train-images-idx3-ubyte(.gz)")


def tinted(image, number):
    """[32, 32, 3] bytes: hues a golden angle apart, so that neighbours differ."""
    colour = colorsys.hsv_to_rgb(number * 0.618034 % 1, 0.75, 1)
    line = b"\0" * (SIDE + 2 * MARGIN)
    edge = b"\0" * MARGIN
    rows = [edge + image[start:start + SIDE] + edge for start in range(0, len(image), SIDE)]
    grey = b"".join([line] * MARGIN + rows + [line] * MARGIN)
    pixels = bytearray(3 * len(grey))
    for channel, share in enumerate(colour):
        pixels[channel::3] = grey.translate(bytes(round(value * share) for value in range(256)))
    return bytes(pixels)


def write(folder, count, path):
    """An .npy file of bytes [count, 32, 32, 3]."""
    images = grey_images(folder, count)
    side = SIDE + 2 * MARGIN
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({len(images)}, {side}, {side}, 3), }}".encode()
    header += b" " * (-(10 + len(header) + 1) % 64) + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
        for number, image in enumerate(images):
            file.write(tinted(image, number))
