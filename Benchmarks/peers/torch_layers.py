"""What layer-bench trains (Benchmarks/layers), in PyTorch, on data that are made up.

transformer: a language model of blocks whose normalisation comes first: embedding and positions; in each block causal
             self-attention and an MLP of four times the width with GELU; a normalisation and Linear to the tokens' logits.
lstm-layer:  LSTM(hidden); the mean of its hidden states is to be a given vector.
peephole:    an LSTM whose gates see the cell (Gers, Schraudolph & Schmidhuber 2002), written out; its last hidden state is
             to be a given vector.
critic:      a GAN's critic with a penalty on its slopes (Gulrajani et al. 2017), three layers.
flow:        a masked autoregressive flow of five steps (Papamakarios et al. 2017), three layers each.
frozen:      four dense layers, of which the last alone learns.
vocabulary:  Linear to the words of a vocabulary, and the cross-entropy of the next one.

Adam with learning rate 1e-3 and epsilon 1e-7, an epoch of training and one without gradients. What it prints is said in
common.py.
"""

import argparse

import torch
from torch import nn
from torch.nn import functional

import common


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.first, self.second = nn.LayerNorm(width, eps=1e-3), nn.LayerNorm(width, eps=1e-3)
        # The three projections as one product: a third of the calls.
        self.projections, self.mixed = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def attention(self, x):
        batch, steps, width = x.shape
        shape = (batch, steps, self.heads, width // self.heads)
        q, k, v = (part.view(shape).transpose(1, 2) for part in self.projections(x).split(width, dim=2))
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.mixed(mixed.transpose(1, 2).reshape(batch, steps, width))

    def forward(self, x):
        x = x + self.attention(self.first(x))
        return x + self.narrow(functional.gelu(self.wide(self.second(x))))


class Transformer(nn.Module):
    """Guesses each next one of `inputs` tokens."""

    def __init__(self, options):
        super().__init__()
        self.embedding = nn.Embedding(options.inputs, options.hidden_size)
        self.positions = nn.Parameter(torch.empty(options.steps, options.hidden_size))
        self.blocks = nn.Sequential(*(Block(options.hidden_size, options.heads) for _ in range(options.layers)))
        self.norm = nn.LayerNorm(options.hidden_size, eps=1e-3)
        self.output = nn.Linear(options.hidden_size, options.inputs)

    def forward(self, tokens, following):
        logits = self.output(self.norm(self.blocks(self.embedding(tokens) + self.positions)))
        return functional.cross_entropy(logits.flatten(0, 1).float(), following.flatten())

    @staticmethod
    def examples(options):
        tokens = torch.randint(options.inputs, (options.examples, options.steps + 1))
        return tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()


class Recurrent(nn.Module):
    @staticmethod
    def examples(options):
        return (torch.randn(options.examples, options.steps, options.inputs),
                torch.randn(options.examples, options.hidden_size))

    @staticmethod
    def distance(found, targets):
        return functional.mse_loss(found.float(), targets, reduction="sum") / len(targets)


class LSTMLayer(Recurrent):
    """PyTorch's own LSTM (oneDNN on a CPU)."""

    def __init__(self, options):
        super().__init__()
        self.lstm = nn.LSTM(options.inputs, options.hidden_size, batch_first=True)

    def forward(self, x, targets):
        return self.distance(self.lstm(x)[0].mean(1), targets)


class Peephole(Recurrent):
    def __init__(self, options):
        super().__init__()
        self.hidden = options.hidden_size
        self.input = nn.Linear(options.inputs, 4 * self.hidden)
        self.recurrent = nn.Parameter(torch.empty(self.hidden, 4 * self.hidden))
        self.peepholes = nn.Parameter(torch.empty(3, self.hidden))

    def forward(self, x, targets):
        pi, pf, po = self.peepholes.unbind(0)
        h = c = x.new_zeros(len(x), self.hidden)
        for step in self.input(x.transpose(0, 1)).unbind(0):
            i, f, g, o = (step + h @ self.recurrent).chunk(4, 1)
            c = torch.sigmoid(f + pf * c) * c + torch.sigmoid(i + pi * c) * torch.tanh(g)
            h = torch.sigmoid(o + po * c) * torch.tanh(c)
        return self.distance(h, targets)


def perceptron(options, outputs):
    return nn.Sequential(
        nn.Linear(options.inputs, options.hidden_size), nn.LeakyReLU(0.2),
        nn.Linear(options.hidden_size, options.hidden_size), nn.LeakyReLU(0.2), nn.Linear(options.hidden_size, outputs))


class Critic(nn.Module):
    def __init__(self, options):
        super().__init__()
        self.layers = perceptron(options, 1)

    def forward(self, real, fake):
        with torch.enable_grad():
            between = (0.5 * (real + fake)).requires_grad_()
            slopes, = torch.autograd.grad(self.layers(between).sum(), between, create_graph=self.training)
        penalty = ((slopes.square().sum(1) + 1e-12).sqrt() - 1).square().mean()
        return self.layers(fake).mean() - self.layers(real).mean() + 10 * penalty

    @staticmethod
    def examples(options):
        return torch.randn(options.examples, options.inputs), torch.randn(options.examples, options.inputs)


class Flow(nn.Module):
    def __init__(self, options):
        super().__init__()
        self.inputs = options.inputs
        self.steps = nn.ModuleList(perceptron(options, 2 * options.inputs) for _ in range(5))
        self.register_buffer("mask", torch.ones(options.hidden_size, options.hidden_size).triu())

    def forward(self, x, _):
        u, log_scale = x, 0
        for step in self.steps:
            hidden = functional.linear(step[1](step[0](u)), step[2].weight * self.mask, step[2].bias).tanh()
            shift, log = step[4](hidden).split(self.inputs, 1)
            log = log.tanh()
            u = ((u - shift) * (-log).exp()).flip(1)
            log_scale = log_scale + log.sum(1)
        return (log_scale + 0.5 * u.square().sum(1)).mean()

    @staticmethod
    def examples(options):
        return torch.randn(options.examples, options.inputs), torch.randn(options.examples, 1)


class Frozen(nn.Module):
    def __init__(self, options):
        super().__init__()
        sizes = [options.inputs] + 3 * [options.hidden_size]
        self.frozen = nn.Sequential(*(
            layer for a, b in zip(sizes, sizes[1:]) for layer in (nn.Linear(a, b), nn.ReLU()))).requires_grad_(False)
        self.last = nn.Linear(options.hidden_size, options.hidden_size)

    def forward(self, x, targets):
        return Recurrent.distance(self.last(self.frozen(x)), targets)

    @staticmethod
    def examples(options):
        return torch.randn(options.examples, options.inputs), torch.randn(options.examples, options.hidden_size)


class Vocabulary(nn.Module):
    def __init__(self, options):
        super().__init__()
        self.words = nn.Linear(options.hidden_size, options.inputs)

    def forward(self, x, labels):
        return functional.cross_entropy(self.words(x).flatten(0, 1).float(), labels.flatten())

    @staticmethod
    def examples(options):
        return (torch.randn(options.examples, options.steps, options.hidden_size),
                torch.randint(options.inputs, (options.examples, options.steps)))


MODELS = {"transformer": Transformer, "lstm-layer": LSTMLayer, "peephole": Peephole, "critic": Critic, "flow": Flow,
          "frozen": Frozen, "vocabulary": Vocabulary}
# torch.compile does not trace nn.LSTM, and finds no second derivatives.
EAGER = ("lstm-layer", "critic")


@torch.no_grad()
def initialize(model, hidden):
    """Starts where layer-bench starts."""
    for name, parameter in model.named_parameters():
        if "embedding" in name or "positions" in name:
            nn.init.uniform_(parameter, -0.05, 0.05)
        elif "peepholes" in name:
            nn.init.uniform_(parameter, -0.1, 0.1)
        elif "recurrent" in name or "weight_hh" in name:
            nn.init.orthogonal_(parameter)
        elif parameter.dim() > 1:
            for part in parameter.chunk(3 if "projections" in name else 1):
                nn.init.xavier_uniform_(part)
        elif "bias" in name:
            parameter.zero_()
        if "bias_ih" in name:
            parameter[hidden:2 * hidden] = 1


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", choices=list(MODELS), required=True)
    for name, usual in [("epochs", 3), ("threads", 2), ("batch-size", None), ("examples", None), ("steps", None),
                        ("inputs", None), ("hidden-size", None), ("heads", 1), ("layers", 1)]:
        parser.add_argument("--" + name, type=common.whole_number, default=usual, required=usual is None)
    parser.add_argument("--compile", choices=["no", "default", "max-autotune"], default="no")
    common.add_precision_option(parser)
    common.add_allocator_option(parser, "keep")
    return parser.parse_args()


def main():
    options = parse()
    if options.allocator == "keep":
        common.keep_freed_memory()
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    model = MODELS[options.model](options)
    initialize(model, options.hidden_size)
    inputs, targets = model.examples(options)
    optimizer = torch.optim.Adam(model.parameters(), lr=common.LEARNING_RATE, eps=common.EPSILON, fused=True)
    if options.compile != "no" and options.model not in EAGER:
        model.forward = torch.compile(model.forward, mode=options.compile, dynamic=False)

    def loss(batch):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.precision == "bfloat16"):
            return model(inputs.index_select(0, batch), targets.index_select(0, batch))

    def train():
        total = torch.zeros(())
        for batch in torch.randperm(len(inputs)).split(options.batch_size):
            optimizer.zero_grad(set_to_none=True)
            found = loss(batch)
            found.backward()
            optimizer.step()
            total += found.detach() * len(batch)
        return total.item() / len(inputs)

    @torch.no_grad()
    def validate():
        batches = torch.arange(len(inputs)).split(options.batch_size)
        return torch.stack([loss(batch) * len(batch) for batch in batches]).sum().item() / len(inputs)

    header = {"torch": torch.__version__, "instructions": torch.backends.cpu.get_cpu_capability(),
              "compile": options.compile, "precision": options.precision, "allocator": options.allocator,
              "parameters": sum(parameter.numel() for parameter in model.parameters())}
    common.report(options, header, inputs, inputs, train, validate)


if __name__ == "__main__":
    main()
