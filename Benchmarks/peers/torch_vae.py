"""The models that vae-train trains, in PyTorch: what Latent's speed is measured against.

An encoder's features -> two Linear(latent): mean and log variance; z = mean + exp(log variance / 2) noise; a decoder
-> 784 logits. The loss is the binary cross entropy summed over pixels plus the KL divergence, averaged over the batch
(Kingma & Welling 2013, arXiv:1312.6114). Adam with learning rate 1e-3 and epsilon 1e-7. The first 70% of the training
images are trained on, shuffled in each epoch, the last batch smaller; the rest is the validation set.

lstm: LSTM(hidden) over the 28 rows of an image, its last hidden state; Linear(hidden) + relu, Linear(784).
mlp:  Linear(hidden) + relu; Linear(hidden) + relu, Linear(784).
conv: Conv2d(32), Conv2d(64), Linear(hidden), each + relu; Linear(7 7 64), ConvTranspose2d(64), ConvTranspose2d(32),
      each + relu, ConvTranspose2d(1). Kernels are 3x3, strides 2, but 1 in the last layer. The images of an .npy file may have
      another size, which 4 divides, and channels.

--precision bfloat16 runs the forward pass under autocast: products, convolutions and the LSTM in bfloat16, weights, Adam and
losses in float32.

Started by torchrun as several processes, they share each batch (DistributedDataParallel over gloo), and the first one prints.

What it prints is said in common.py.
"""

import os
import sys

import numpy
import torch
from torch import distributed, nn
from torch.nn import functional

import common
from common import COLUMNS, PIXELS, ROWS


class UnrolledLSTM(nn.Module):
    """An LSTM written out over the time steps, which a compiler can see through; only the last hidden state."""

    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.weight_ih = nn.Parameter(torch.empty(4 * hidden, inputs))
        self.weight_hh = nn.Parameter(torch.empty(4 * hidden, hidden))
        self.bias_ih = nn.Parameter(torch.empty(4 * hidden))

    def forward(self, x):
        steps = functional.linear(x.transpose(0, 1), self.weight_ih, self.bias_ih)
        hidden, cell = None, None
        for step in steps.unbind(0):
            gates = step if hidden is None else torch.addmm(step, hidden, self.weight_hh.t())
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


class Rows(nn.Module):
    """An LSTM over the rows of images, [B, 784] -> [B, hidden]."""

    def __init__(self, hidden, lstm):
        super().__init__()
        self.lstm = lstm(COLUMNS, hidden)

    def forward(self, x):
        return self.lstm(x.view(-1, ROWS, COLUMNS))


def perceptron(inputs, hidden, *output):
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), *output)


class ChannelsFirst(nn.Module):
    """Rows, columns, channels to PyTorch's order; the memory stays as it is, in the layout called channels last."""

    def forward(self, x):
        return x.permute(0, 3, 1, 2)


class ChannelsLast(nn.Module):
    def forward(self, x):
        return x.permute(0, 2, 3, 1)


# Where strides are 2, one row and one column of zeros have to be added. Keras and vae-train have them after the image,
# PyTorch before it: the same work, without a copy of the image.
def convolutional_encoder(hidden, rows, columns, channels):
    # As one channel's pixels lie, so do those of channels that are last.
    images = [nn.Unflatten(1, (1, rows, columns))] if channels == 1 else [
        nn.Unflatten(1, (rows, columns, channels)), ChannelsFirst()]
    return nn.Sequential(
        *images,
        nn.Conv2d(channels, 32, 3, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU(),
        ChannelsLast(), nn.Flatten(), *perceptron(rows // 4 * (columns // 4) * 64, hidden))


def convolutional_decoder(latent, rows, columns, channels):
    return nn.Sequential(
        *perceptron(latent, rows // 4 * (columns // 4) * 64),
        nn.Unflatten(1, (rows // 4, columns // 4, 64)), ChannelsFirst(),
        nn.ConvTranspose2d(64, 64, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
        nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
        nn.ConvTranspose2d(32, channels, 3, padding=1), *([] if channels == 1 else [ChannelsLast()]), nn.Flatten())


class VAE(nn.Module):
    def __init__(self, model, hidden, latent, lstm, shape):
        super().__init__()
        self.encoder = {"lstm": lambda: Rows(hidden, lstm), "mlp": lambda: perceptron(PIXELS, hidden),
                        "conv": lambda: convolutional_encoder(hidden, *shape)}[model]()
        self.mean = nn.Linear(hidden, latent)
        self.log_variance = nn.Linear(hidden, latent)
        self.decoder = (convolutional_decoder(latent, *shape) if model == "conv"
                        else perceptron(latent, hidden, nn.Linear(hidden, PIXELS)))
        self.initialize(hidden)

    @torch.no_grad()
    def initialize(self, hidden):
        """Starts where Keras and vae-train start: Glorot, orthogonal, zeros, and 1 for the forget gate's bias."""
        for name, parameter in self.named_parameters():
            if "weight_hh" in name:
                nn.init.orthogonal_(parameter)
            elif parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)
            else:
                parameter.zero_()
            if "bias_ih" in name:
                parameter[hidden:2 * hidden] = 1

    def forward(self, pixels):
        """The mean loss of a batch of bytes or floats, [B, pixels]."""
        x = pixels if pixels.is_floating_point() else pixels.to(torch.float32) / 255
        return self.objective(self.encoder(x), x)

    def objective(self, features, x):
        """The mean loss from the encoder's features, [B, hidden]."""
        mean, log_variance = self.mean(features).float(), self.log_variance(features).float()
        z = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        logits = self.decoder(z).float()
        reconstruction = functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        kl = -0.5 * torch.sum(1 + log_variance - mean.square() - log_variance.exp())
        return (reconstruction + kl) / x.shape[0]


def parse():
    parser = common.parser(__doc__, models=common.SIZES)
    parser.add_argument("--compile", choices=["no", "default", "max-autotune"], default="no")
    parser.add_argument("--lstm", choices=["library", "unrolled"], default="library")
    parser.add_argument("--layout", choices=["channels-last", "channels-first"], default="channels-last",
                        help="of the convolutions' images and kernels")
    parser.add_argument("--memory", choices=["float", "bytes"], default="float", help="how the images are kept")
    common.add_precision_option(parser)
    common.add_allocator_option(parser, "keep")
    return common.parse(parser)


def main():
    options = parse()
    if options.allocator == "keep":
        common.keep_freed_memory()
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    rank, ranks = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    # The same order in all processes, other noise in each.
    order = torch.Generator().manual_seed(1)
    torch.manual_seed(1)

    dtype = {"float": numpy.float32, "bytes": numpy.uint8}[options.memory]
    training, validation = map(torch.from_numpy, common.load(options, dtype))

    lstm = {"library": LibraryLSTM, "unrolled": UnrolledLSTM}[options.lstm]
    model = VAE(options.model, options.hidden_size, options.latent_size, lstm, common.image_shape(options.data))
    if options.layout == "channels-last":
        model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=common.LEARNING_RATE, eps=common.EPSILON, fused=True)
    if options.compile != "no":
        # torch.compile does not trace nn.LSTM, and gives up on a function that calls it: what is around it is compiled.
        if options.model == "lstm" and options.lstm == "library":
            model.objective = torch.compile(model.objective, mode=options.compile, dynamic=False)
        else:
            model.forward = torch.compile(model.forward, mode=options.compile, dynamic=False)
    whole = model
    if ranks > 1:
        distributed.init_process_group("gloo")
        whole = nn.parallel.DistributedDataParallel(model, gradient_as_bucket_view=True)
        torch.manual_seed(1 + rank)

    def share(batch):
        """What of a batch is this process's."""
        return batch.tensor_split(ranks)[rank]

    def autocast():
        return torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.precision == "bfloat16")

    def mean(total, count):
        """Over the examples of all processes."""
        if ranks > 1:
            distributed.all_reduce(total)
        return total.item() / count

    def train():
        total = torch.zeros(())
        for batch in map(share, torch.randperm(len(training), generator=order).split(options.batch_size)):
            optimizer.zero_grad(set_to_none=True)
            with autocast():
                loss = whole(training.index_select(0, batch))
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(batch)
        return mean(total, len(training))

    @torch.no_grad()
    def validate():
        with autocast():
            losses = [model(batch) * len(batch) for batch in map(share, validation.split(options.batch_size)) if len(batch)]
        return mean(torch.stack(losses).sum(), len(validation))

    header = {"ranks": ranks, "torch": torch.__version__, "instructions": torch.backends.cpu.get_cpu_capability(),
              "compile": options.compile, "lstm": options.lstm, "memory": options.memory,
              "precision": options.precision, "allocator": options.allocator}
    common.report(options, header, training, validation, train, validate, is_first=rank == 0)
    if ranks > 1:
        # Without gloo's own end, in which a process now and then waits for one that has gone.
        distributed.barrier()
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
