"""The layers and blocks that scripts/compare trains by themselves: their sizes, and this project's program."""

import json

from running import build, run


class Sizes:
    """What is trained where the command line does not say otherwise; the names are those of the programs' options."""

    def __init__(self, examples, batch_size, steps, inputs, hidden_size, heads=1, layers=1):
        self.examples, self.batch_size, self.steps, self.inputs = examples, batch_size, steps, inputs
        self.hidden_size, self.heads, self.layers = hidden_size, heads, layers


SIZES = {
    # Sequences of 256 tokens, of 256 different ones.
    "transformer": Sizes(examples=256, batch_size=16, steps=256, inputs=256, hidden_size=256, heads=8, layers=1),
    "lstm-layer": Sizes(examples=8192, batch_size=256, steps=28, inputs=28, hidden_size=256),
    "peephole": Sizes(examples=4096, batch_size=256, steps=28, inputs=28, hidden_size=128),
    # Small ones, of many operations: what is around the products counts.
    "critic": Sizes(examples=25600, batch_size=256, steps=1, inputs=8, hidden_size=64),
    "flow": Sizes(examples=25600, batch_size=256, steps=1, inputs=8, hidden_size=64),
    "frozen": Sizes(examples=8192, batch_size=256, steps=1, inputs=512, hidden_size=512),
    # 2,048 tokens of a step, out of as many words as GPT-2 has.
    "vocabulary": Sizes(examples=32, batch_size=16, steps=128, inputs=50257, hidden_size=256),
}


def arguments(options):
    """Those of layer-bench and of torch_layers.py."""
    sizes = dict(vars(SIZES[options.model]), batch_size=options.batch_size)
    given = {"examples": options.images, "steps": options.steps, "hidden_size": options.hidden_size,
             "layers": options.layers}
    sizes.update((name, value) for name, value in given.items() if value)
    return ["--model", options.model, "--epochs", options.epochs, "--threads", options.threads] + [
        text for name, value in sizes.items() for text in ("--" + name.replace("_", "-"), value)]


def read(output):
    """The epochs that a program printed, and its training examples."""
    header, *epochs = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return epochs, header["training_images"]


class LayerBench:
    """This project's layers, in Benchmarks/layers."""

    models, is_own = tuple(SIZES), True

    def __init__(self, name, label, precision="float32"):
        self.name, self.label, self.precision = name, label, precision

    def prepare(self, environment):
        self.program = build("layer-bench", environment)

    def measure(self, options, environment):
        output, memory = run([self.program, *arguments(options), "--precision", self.precision], environment)
        return *read(output), memory
