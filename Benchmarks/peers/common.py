"""What the peers share: their options, the images, the clock and the lines they print."""

import argparse
import ctypes
import gzip
import json
import os
import pathlib
import platform
import resource
import sys
import time

import numpy

ROWS, COLUMNS = 28, 28
PIXELS = ROWS * COLUMNS
LEARNING_RATE, EPSILON = 1e-3, 1e-7
# The models, and their hidden units and latent dimensions where none are given.
SIZES = {"lstm": (256, 16), "mlp": (512, 2), "conv": (16, 2)}


def whole_number(text):
    """A positive whole number of the command line."""
    value = int(text) if text.isascii() and text.isdigit() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return value


def parser(description, models=("lstm",)):
    """A parser with the options that every peer takes, for a peer that has these models."""
    parser = argparse.ArgumentParser(description=description.split("\n\n")[0])
    parser.add_argument("--model", choices=list(models), default="lstm", help="default: lstm")
    parser.add_argument("--epochs", type=whole_number, default=3)
    parser.add_argument("--threads", type=whole_number, default=os.cpu_count(), help="default: all cores")
    parser.add_argument("--batch-size", type=whole_number, default=256)
    parser.add_argument("--hidden-size", type=whole_number, help="of encoder and dense decoder (default: " + ", ".join(
        f"{name} {SIZES[name][0]}" for name in models) + ")")
    parser.add_argument("--latent-size", type=whole_number, help="default: " + ", ".join(
        f"{name} {SIZES[name][1]}" for name in models))
    parser.add_argument("--data", default="/usr/share/datasets/fashion-mnist", help="folder of the IDX files, or an .npy file"
                        " of bytes [N, height, width, channels]")
    parser.add_argument("--images", type=whole_number, help="use the first so many images only")
    return parser


def parse(parser):
    """The options of the command line, sizes that are not given those of the model."""
    options = parser.parse_args()
    hidden, latent = SIZES[options.model]
    options.hidden_size = options.hidden_size or hidden
    options.latent_size = options.latent_size or latent
    return options


def read_images(folder):
    """The training images of an IDX data set (plain or gzip), or of an .npy file, as bytes: [N, pixels]."""
    if pathlib.Path(folder).suffix == ".npy":
        images = numpy.load(folder)
        return images.reshape(len(images), -1)
    for name in ("train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"):
        path = pathlib.Path(folder) / name
        if path.exists():
            content = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
            magic, count, rows, columns = numpy.frombuffer(content, ">i4", 4)
            if (magic, rows, columns) != (2051, ROWS, COLUMNS):
                sys.exit(f"{path}: not an IDX file of {ROWS}x{COLUMNS} images")
            return numpy.frombuffer(content, numpy.uint8, offset=16).reshape(count, PIXELS)
    sys.exit(f"{folder}: no train-images-idx3-ubyte(.gz); name the folder with --data")


def image_shape(folder):
    """Rows, columns and channels of an image."""
    return numpy.load(folder, mmap_mode="r").shape[1:] if pathlib.Path(folder).suffix == ".npy" else (ROWS, COLUMNS, 1)


def load(options, dtype=numpy.float32):
    """The images to train on and those to validate with: floats from 0 to 1, or bytes, [N, pixels]."""
    images = read_images(options.data)[: options.images]
    cut = int(len(images) * 0.7)
    if cut == 0:
        sys.exit(f"--images: {len(images)} leave none to train on; 2 are the least")
    if dtype == numpy.float32:
        images = images.astype(numpy.float32) / numpy.float32(255)
    else:
        images = images.copy()  # what is read from a file can't be written, of which PyTorch warns
    return images[:cut], images[cut:]


def keep_freed_memory():
    """Has glibc keep what is freed: by default every large tensor is mapped, cleared and unmapped anew.

    The numbers are those of malloc.h: M_TRIM_THRESHOLD, M_TOP_PAD, and M_MMAP_THRESHOLD, whose largest value this is.
    """
    if sys.platform.startswith("linux"):
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        for parameter, value in ((-1, 2**31 - 1), (-2, 2**28), (-3, 2**25)):
            if mallopt is None or mallopt(parameter, value) != 1:
                print("this system's allocator can't be told to keep memory", file=sys.stderr)
                return


def add_allocator_option(parser, default):
    parser.add_argument("--allocator", choices=["keep", "default"], default=default,
                        help="keep: freed memory is used again rather than returned to the system (glibc);"
                        f" default: {default}")


def add_precision_option(parser):
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32",
                        help="of products; weights, optimizer and loss are float32 (default: float32)")


def report(options, header, training, validation, train, validate, is_first=True):
    """Runs the epochs. Prints one JSON object a line: a header, then one for each epoch. Times are wall-clock seconds.

    `train()` and `validate()` pass over their images once and return the mean loss. Of several processes the first prints.
    """
    if not is_first:
        for _ in range(options.epochs):
            train()
            validate()
        return
    print(json.dumps({
        **header, "model": options.model, "python": platform.python_version(), "threads": options.threads,
        "training_images": len(training), "validation_images": len(validation),
    }), flush=True)
    for epoch in range(1, options.epochs + 1):
        start = time.perf_counter()
        loss = train()
        middle = time.perf_counter()
        validation_loss = validate()
        end = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # KiB on Linux, bytes on macOS
        print(json.dumps({
            "epoch": epoch, "train_seconds": round(middle - start, 3),
            "validation_seconds": round(end - middle, 3), "images_per_second": round(len(training) / (middle - start)),
            "loss": round(loss, 3), "val_loss": round(validation_loss, 3),
            "peak_rss_mb": round(peak / (2**20 if sys.platform == "darwin" else 2**10)),
        }), flush=True)
