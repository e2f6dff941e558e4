"""The programs that scripts/compare runs: how each is made ready, run, and read."""

import argparse
import csv
import json
import os
import pathlib
import shlex
import tempfile

import layers
import tint
from running import FASHION_MNIST, JAX, PEERS, ROOT, TENSORFLOW, TORCH, build, note, run

# conv-colour is conv on images of 32x32 in colours.
AUTOENCODERS = ("lstm", "mlp", "conv", "conv-colour")
MODELS = AUTOENCODERS + tuple(layers.SIZES)
BFLOAT16 = "bfloat16"


def shared_arguments(options):
    """The options that all programs name alike."""
    arguments = ["--model", options.model.removesuffix("-colour"), "--epochs", options.epochs, "--threads", options.threads,
                 "--batch-size", options.batch_size]
    arguments += ["--hidden-size", options.hidden_size] if options.hidden_size else []
    arguments += ["--latent-size", options.latent_size] if options.latent_size else []
    return arguments + (["--data", options.data] if options.data else [])


def tint_images(options):
    """Makes the images of conv-colour: `options.data` becomes their file."""
    count = options.images or 10_000
    path = ROOT / ".build" / "peers" / f"tinted-{count}.npy"
    tint.write(options.data or FASHION_MNIST, count, path)
    options.data = str(path)


class VAETrain:
    name, label, models, is_own, precision = "vae-train", "vae-train", AUTOENCODERS, True, "float32"

    def prepare(self, environment):
        self.program = build("vae-train", environment)

    def command(self, options):
        """The program, with whatever starts it."""
        return [self.program]

    def measure(self, options, environment):
        """The epochs of one run, as the peers print theirs, its training images, and its peak memory in MiB."""
        with tempfile.TemporaryDirectory() as folder:
            output = pathlib.Path(folder) / "run"
            command = [*self.command(options), *shared_arguments(options), "--precision", self.precision]
            if options.hidden_size and not options.model.startswith("conv"):  # whose decoder has no hidden layer to choose
                command += ["--decoder-size", options.hidden_size]
            command += ["--limit", options.images] if options.images else []
            _, memory = run(command + ["--output", output, "--force", "--quiet"], environment)
            images = json.loads((output / "config.json").read_text())["data"]["training_images"]
            with open(output / "history.csv", newline="") as file:
                rows = list(csv.DictReader(file))
            names = {
                "train_seconds": "train_seconds", "validation_seconds": "validation_seconds",
                "images_per_second": "examples_per_second", "loss": "train_loss", "val_loss": "validation_loss",
            }
            epochs = [{
                "epoch": int(row["epoch"]), **{name: float(row[column]) for name, column in names.items()},
            } for row in rows]
            return epochs, images, memory


class BFloat16VAETrain(VAETrain):
    name, label, precision = "vae-train-bf16", "vae-train, bfloat16", BFLOAT16


class RankedVAETrain(VAETrain):
    """vae-train as ranks of MPI on this machine."""

    def __init__(self, options):
        self.label = f"vae-train, {options.ranks} ranks x {options.threads}"

    def prepare(self, environment):
        note("building vae-train with MPI")
        run([ROOT / "scripts" / "setup"], environment)
        folder = mpi("mpi_setup openmpi && mpi_build openmpi release vae-train", environment)
        self.program = pathlib.Path(folder.splitlines()[-1]) / "vae-train"

    def command(self, options):
        launcher = mpi(f'mpi_command openmpi {options.ranks} && printf "%s\\n" "${{mpi[@]}}"', os.environ)
        root = ["env", "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"]
        return [*root, *launcher.splitlines(), self.program]


class OneProcess(VAETrain):
    """vae-train in one process that has the threads of all ranks."""

    name, is_own = "one-process", False

    def __init__(self, options):
        self.threads = options.ranks * options.threads
        self.label = f"vae-train, 1 process x {self.threads}"

    def measure(self, options, environment):
        return super().measure(argparse.Namespace(**{**vars(options), "threads": self.threads}), environment)


def mpi(script, environment):
    """What a function of scripts/parts/mpi.sh prints."""
    begin = f'root={shlex.quote(str(ROOT))}; fail() {{ echo "$*" >&2; exit 2; }}; source "$root/scripts/parts/mpi.sh"; '
    return run(["bash", "-euo", "pipefail", "-c", begin + script], environment)[0]


class Peer:
    """A Python program of this folder, in an environment with its framework."""

    is_own = False

    def __init__(self, name, label, framework, script, *arguments, models=AUTOENCODERS[:1], precision="float32"):
        self.name, self.labelled, self.framework, self.models = name, label, framework, models
        self.label = label.replace(" {version}", "")
        self.script, self.arguments, self.precision = script, arguments, precision

    def in_bfloat16(self):
        """The same with products in bfloat16."""
        return type(self)(
            self.name + "-bf16", self.labelled + ", bfloat16", self.framework, self.script, *self.arguments,
            models=self.models, precision=BFLOAT16)

    def prepare(self, environment):
        self.python = self.framework.python(environment)
        self.label = self.labelled.format(version=self.framework.version(environment))

    def command(self, options):
        return [self.python]

    def sizes(self, options):
        """What is trained, and for how long."""
        return shared_arguments(options) + (["--images", options.images] if options.images else [])

    def measure(self, options, environment):
        command = [*self.command(options), PEERS / self.script, *self.sizes(options), *self.arguments]
        output, memory = run(command + ["--precision", self.precision], environment)
        return *layers.read(output), memory


class RankedPeer(Peer):
    """The same as processes of torchrun, which share each batch."""

    def command(self, options):
        return [self.python, "-m", "torch.distributed.run", "--nproc-per-node", options.ranks]


class LayerPeer(Peer):
    """A layer or a block by itself."""

    def sizes(self, options):
        return layers.arguments(options)


def both(peers):
    return peers + [peer.in_bfloat16() for peer in peers]


LAYERS = tuple(layers.SIZES)
COMPILED = ("--compile", "default")
PROGRAMS = [VAETrain(), BFloat16VAETrain()] + both([
    Peer("torch-compiled", "PyTorch {version} compiled", TORCH, "torch_vae.py", *COMPILED, models=AUTOENCODERS),
    Peer("torch", "PyTorch {version}", TORCH, "torch_vae.py", models=AUTOENCODERS),
    Peer("keras-xla", "Keras {version} with XLA", TENSORFLOW, "keras_vae.py", "--jit", "yes"),
    Peer("keras", "Keras {version}", TENSORFLOW, "keras_vae.py", "--jit", "no"),
    Peer("jax", "JAX {version}", JAX, "jax_vae.py"),
])
LAYER_PROGRAMS = [
    layers.LayerBench("latent", "Latent"), layers.LayerBench("latent-bf16", "Latent, bfloat16", BFLOAT16),
] + both([
    # PyTorch does not compile its own LSTM.
    LayerPeer("torch-compiled", "PyTorch {version} compiled", TORCH, "torch_layers.py", *COMPILED,
              models=[name for name in LAYERS if name not in ("lstm-layer", "critic")]),
    LayerPeer("torch", "PyTorch {version}", TORCH, "torch_layers.py", models=LAYERS),
])


def programs(options):
    """The programs that can be compared: each in one process, or as so many ranks."""
    if options.model in layers.SIZES:
        return LAYER_PROGRAMS
    if options.ranks == 1:
        return PROGRAMS
    label = f"PyTorch {{version}}, torchrun {options.ranks} x {options.threads}"
    return [
        RankedVAETrain(options), OneProcess(options),
        RankedPeer("torch-compiled", label + ", compiled", TORCH, "torch_vae.py", *COMPILED, models=AUTOENCODERS),
        RankedPeer("torch", label, TORCH, "torch_vae.py", models=AUTOENCODERS),
    ]


def chosen(programs, precision):
    """Those that are compared where none is named: in bfloat16 also what is fastest in float32."""
    if precision == BFLOAT16:
        fastest = ("torch-compiled", "torch", "jax")
        return [program for program in programs
                if program.precision == BFLOAT16 or program.is_own or program.name in fastest]
    return [program for program in programs if program.precision == precision]
