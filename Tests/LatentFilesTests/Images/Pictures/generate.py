"""Makes the pictures beside this file, and what Pillow reads in them: name.WxHxC.bytes. Needs Pillow and NumPy.

Written by Pillow 13.0.0: python generate.py
"""

import os

import numpy as np
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))
height, width = 13, 18
y, x = np.mgrid[0:height, 0:width]
colour = np.stack([x * 255 // (width - 1), y * 255 // (height - 1), (x * y) % 256], axis=2).astype(np.uint8)
grey = ((x + y) * 255 // (width + height - 2)).astype(np.uint8)


def path(name):
    return os.path.join(here, name)


def keep(name, file):
    """What Pillow reads in a file."""
    values = np.asarray(Image.open(path(file)).convert("L" if name.endswith("grey") else "RGB"))
    channels = 1 if values.ndim == 2 else 3
    values.tofile(path(f"{name}.{values.shape[1]}x{values.shape[0]}x{channels}.bytes"))


picture, shades = Image.fromarray(colour), Image.fromarray(grey)
shades.save(path("grey.jpg"), quality=90)
picture.save(path("colour.jpg"), quality=90, subsampling=0)
picture.save(path("progressive.jpg"), quality=80, progressive=True, subsampling=2)
picture.convert("CMYK").save(path("cmyk.jpg"), quality=80)
for name in ["colour", "progressive"]:
    keep(name, name + ".jpg")
keep("grey", "grey.jpg")

# PNG files of each kind.
picture.quantize(16).save(path("palette4.png"), bits=4)
keep("palette4", "palette4.png")
Image.fromarray((grey.astype(np.uint16) * 257)).save(path("grey16.png"))
grey.tofile(path(f"grey16.{width}x{height}x1.bytes"))
Image.fromarray(grey > 100).save(path("grey1.png"))
keep("grey1.grey", "grey1.png")
os.rename(path(f"grey1.grey.{width}x{height}x1.bytes"), path(f"grey1.{width}x{height}x1.bytes"))
cover = (x * 14).astype(np.uint8)
Image.fromarray(np.dstack([colour, cover])).save(path("cover.png"))
white = Image.new("RGBA", (width, height), "white")
white.alpha_composite(Image.open(path("cover.png")))
np.asarray(white.convert("RGB")).tofile(path(f"cover.{width}x{height}x3.bytes"))
