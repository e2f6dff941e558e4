"""The model that vae-train trains, in PyTorch: what Latent's speed is measured against.

LSTM(hidden) over the 28 rows of an image, its last hidden state -> two Linear(latent): mean and log variance;
z = mean + exp(log variance / 2) noise; Linear(hidden) + relu, Linear(784) -> logits. The loss is the binary cross
entropy summed over pixels plus the KL divergence, averaged over the batch (Kingma & Welling 2013, arXiv:1312.6114).
Adam with learning rate 1e-3 and epsilon 1e-7. The first 70% of the training images are trained on, shuffled in each
epoch, the last batch smaller; the rest is the validation set.

Prints one JSON object a line: a header, then one for each epoch. Times are wall-clock seconds.
"""

import argparse
import ctypes
import gzip
import json
import pathlib
import resource
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

ROWS, COLUMNS = 28, 28
PIXELS = ROWS * COLUMNS


def read_images(folder):
    """The training images of an IDX data set (plain or gzip) as bytes, [N, 784]."""
    for name in ("train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"):
        path = pathlib.Path(folder) / name
        if path.exists():
            content = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
            magic, count, rows, columns = numpy.frombuffer(content, ">i4", 4)
            if (magic, rows, columns) != (2051, ROWS, COLUMNS):
                sys.exit(f"{path}: not an IDX file of {ROWS}x{COLUMNS} images")
            pixels = numpy.frombuffer(content, numpy.uint8, offset=16).reshape(count, PIXELS)
            return torch.from_numpy(pixels.copy())
    sys.exit(f"{folder}: no train-images-idx3-ubyte(.gz); name the folder with --data")


class UnrolledLSTM(nn.Module):
    """An LSTM written out over the time steps, which a compiler can see through; only the last hidden state."""

    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.input_weight = nn.Parameter(torch.empty(4 * hidden, inputs).uniform_(-1, 1) / hidden**0.5)
        self.recurrent_weight = nn.Parameter(torch.empty(4 * hidden, hidden).uniform_(-1, 1) / hidden**0.5)
        self.bias = nn.Parameter(torch.zeros(4 * hidden))

    def forward(self, x):
        steps = functional.linear(x.transpose(0, 1), self.input_weight, self.bias)
        hidden, cell = None, None
        for step in steps.unbind(0):
            gates = step if hidden is None else torch.addmm(step, hidden, self.recurrent_weight.t())
            i, f, g, o = gates.chunk(4, 1)
            added = torch.sigmoid(i) * torch.tanh(g)
            cell = added if cell is None else torch.sigmoid(f) * cell + added
            hidden = torch.sigmoid(o) * torch.tanh(cell)
        return hidden


class LibraryLSTM(nn.LSTM):
    """PyTorch's own LSTM (oneDNN on a CPU); only the last hidden state."""

    def __init__(self, inputs, hidden):
        super().__init__(inputs, hidden, batch_first=True)

    def forward(self, x):
        return super().forward(x)[1][0][0]


class VAE(nn.Module):
    def __init__(self, hidden, latent, lstm):
        super().__init__()
        self.encoder = lstm(COLUMNS, hidden)
        self.mean = nn.Linear(hidden, latent)
        self.log_variance = nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, PIXELS))

    def forward(self, pixels):
        """The mean loss of a batch of bytes or floats, [B, 784]."""
        x = pixels if pixels.is_floating_point() else pixels.to(torch.float32) / 255
        return self.objective(self.encoder(x.view(-1, ROWS, COLUMNS)), x)

    def objective(self, h, x):
        """The mean loss from the encoder's last hidden state, [B, H]."""
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        logits = self.decoder(z)
        reconstruction = functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        kl = -0.5 * torch.sum(1 + log_variance - mean.square() - log_variance.exp())
        return (reconstruction + kl) / x.shape[0]


def keep_freed_memory():
    """Has glibc keep what is freed: by default every large tensor is mapped, cleared and unmapped anew.

    The numbers are those of malloc.h: M_TRIM_THRESHOLD, M_TOP_PAD, and M_MMAP_THRESHOLD, whose largest value this is.
    """
    if sys.platform.startswith("linux"):
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        for parameter, value in ((-1, 2**31 - 1), (-2, 2**28), (-3, 2**25)):
            if mallopt is None or mallopt(parameter, value) != 1:
                print("torch_vae.py: this system's allocator can't be told to keep memory", file=sys.stderr)
                return


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--hidden-size", type=int, default=256)
    parser.add_argument("--latent-size", type=int, default=16)
    parser.add_argument("--data", default="/usr/share/datasets/fashion-mnist", help="folder of the IDX files")
    parser.add_argument("--images", type=int, help="use the first so many images only")
    parser.add_argument("--compile", choices=["no", "default", "max-autotune"], default="no")
    parser.add_argument("--lstm", choices=["library", "unrolled"], default="library")
    parser.add_argument("--memory", choices=["float", "bytes"], default="float", help="how the images are kept")
    parser.add_argument("--allocator", choices=["keep", "default"], default="keep",
                        help="keep: freed memory is used again rather than returned to the system (glibc)")
    return parser.parse_args()


def main():
    options = parse()
    if options.allocator == "keep":
        keep_freed_memory()
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)

    images = read_images(options.data)[: options.images]
    if options.memory == "float":
        images = images.to(torch.float32) / 255
    cut = int(len(images) * 0.7)
    training, validation = images[:cut], images[cut:]

    lstm = {"library": LibraryLSTM, "unrolled": UnrolledLSTM}[options.lstm]
    model = VAE(options.hidden_size, options.latent_size, lstm)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, fused=True)
    if options.compile != "no":
        # torch.compile does not trace nn.LSTM, and gives up on a function that calls it: what is around it is compiled.
        if options.lstm == "library":
            model.objective = torch.compile(model.objective, mode=options.compile, dynamic=False)
        else:
            model.forward = torch.compile(model.forward, mode=options.compile, dynamic=False)

    def train():
        total = torch.zeros(())
        for batch in torch.randperm(cut).split(options.batch_size):
            optimizer.zero_grad(set_to_none=True)
            loss = model(training.index_select(0, batch))
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(batch)
        return total.item() / cut

    @torch.no_grad()
    def validate():
        losses = [model(batch) * len(batch) for batch in validation.split(options.batch_size)]
        return torch.stack(losses).sum().item() / len(validation)

    print(json.dumps({
        "torch": torch.__version__, "python": sys.version.split()[0], "threads": torch.get_num_threads(),
        "instructions": torch.backends.cpu.get_cpu_capability(), "compile": options.compile, "lstm": options.lstm,
        "memory": options.memory, "allocator": options.allocator,
        "training_images": cut, "validation_images": len(validation),
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
            "validation_seconds": round(end - middle, 3), "images_per_second": round(cut / (middle - start)),
            "loss": round(loss, 3), "val_loss": round(validation_loss, 3),
            "peak_rss_mb": round(peak / (2**20 if sys.platform == "darwin" else 2**10)),
        }), flush=True)


if __name__ == "__main__":
    main()
