"""The programs that scripts/compare runs: how each is made ready, run, and read."""

import argparse
import csv
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import venv

import progress
import tint

ROOT = pathlib.Path(__file__).resolve().parents[3]
PEERS = ROOT / "Benchmarks" / "peers"
VAE_TRAIN = ROOT / ".build" / "release" / "vae-train"
# conv-colour is conv on images of 32x32 in colours.
MODELS = ("lstm", "mlp", "conv", "conv-colour")
FASHION_MNIST = "/usr/share/datasets/fashion-mnist"


class Unavailable(Exception):
    """Why a program can't be measured here, in one line."""


def note(message):
    progress.clear()
    print(f"scripts/compare: {message}", file=sys.stderr, flush=True)


def run(command, environment, probe=False):
    """Runs a command; returns its standard output and peak memory in MiB.

    Where it fails, what it printed is shown, unless it is a probe, which may fail.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(list(map(str, command)), stdout=output, stderr=errors, env=environment)
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            child.kill()
            raise
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if child.returncode != 0:
            said = output.read() + errors.read()
            if not probe:
                sys.stderr.write(said)
            last = (said.strip().splitlines() or [""])[-1].strip()
            raise Unavailable(f"`{pathlib.Path(command[0]).name}` ended with {child.returncode}: {last}"[:200])
        return output.read(), usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


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
    name, label, models = "vae-train", "vae-train", MODELS

    def prepare(self, environment):
        note("building vae-train")
        run([ROOT / "scripts" / "setup"], environment)
        build = ["swift", "build", "--package-path", ROOT, "--scratch-path", ROOT / ".build", "-c", "release"]
        run(build + ["--product", "vae-train"], environment)

    def command(self, options):
        """The program, with whatever starts it."""
        return [VAE_TRAIN]

    def measure(self, options, environment):
        """The epochs of one run, as the peers print theirs, its training images, and its peak memory in MiB."""
        with tempfile.TemporaryDirectory() as folder:
            output = pathlib.Path(folder) / "run"
            command = [*self.command(options), *shared_arguments(options)]
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

    name = "one-process"

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

    def __init__(self, name, label, framework, script, *arguments, models=MODELS[:1]):
        self.name, self.labelled, self.framework, self.models = name, label, framework, models
        self.label = label.replace(" {version}", "")
        self.script, self.arguments = script, arguments

    def prepare(self, environment):
        self.python = peers_python(self.framework, environment)
        code = f"from importlib.metadata import version; print(version('{self.framework.package}'))"
        version = run([self.python, "-c", code], environment)[0].strip()
        self.label = self.labelled.format(version=version.split("+")[0])

    def command(self, options):
        return [self.python]

    def measure(self, options, environment):
        command = [*self.command(options), PEERS / self.script, *shared_arguments(options), *self.arguments]
        command += ["--images", options.images] if options.images else []
        output, memory = run(command, environment)
        header, *epochs = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
        return epochs, header["training_images"], memory


class RankedPeer(Peer):
    """The same as processes of torchrun, which share each batch."""

    def command(self, options):
        return [self.python, "-m", "torch.distributed.run", "--nproc-per-node", options.ranks]


class Framework:
    """What a peer is written in: the name of its requirements, the package whose version counts, what is imported."""

    def __init__(self, name, package, *modules):
        self.name, self.package, self.modules = name, package, modules


def peers_python(framework, environment):
    """The Python of a framework's environment, made and filled where it is not there."""
    folder = pathlib.Path(os.environ.get("LATENT_PEERS_VENV") or ROOT / ".build" / "peers" / framework.name)
    python = folder / "bin" / "python"
    if not python.exists():
        note(f"making a Python environment in {folder}")
        try:
            venv.create(folder, with_pip=True)
        except subprocess.CalledProcessError:
            raise Unavailable(f"no Python environment can be made in {folder} (Debian: python3-venv)") from None
    probe = [python, "-c", f"import {', '.join(framework.modules)}"]
    try:
        run(probe, environment, probe=True)
    except Unavailable:
        requirements = PEERS / "requirements" / f"{framework.name}.txt"
        note(f"installing {framework.name}, see {requirements.relative_to(ROOT)}")
        try:
            run([python, "-m", "pip", "install", "--quiet", "-r", requirements], environment)
            run(probe, environment)
        except Unavailable as error:
            raise Unavailable(f"{framework.name} can't be installed here: {error}") from None
    return python


TORCH = Framework("torch", "torch", "torch", "numpy")
TENSORFLOW = Framework("tensorflow", "keras", "tensorflow", "keras", "numpy")
JAX = Framework("jax", "jax", "jax", "numpy")

PROGRAMS = [
    VAETrain(),
    Peer("torch-compiled", "PyTorch {version} compiled", TORCH, "torch_vae.py", "--compile", "default", models=MODELS),
    Peer("torch", "PyTorch {version}", TORCH, "torch_vae.py", models=MODELS),
    Peer("keras-xla", "Keras {version} with XLA", TENSORFLOW, "keras_vae.py", "--jit", "yes"),
    Peer("keras", "Keras {version}", TENSORFLOW, "keras_vae.py", "--jit", "no"),
    Peer("jax", "JAX {version}", JAX, "jax_vae.py"),
]


def programs(options):
    """The programs to compare: each in one process, or as so many ranks."""
    if options.ranks == 1:
        return PROGRAMS
    label = f"PyTorch {{version}}, torchrun {options.ranks} x {options.threads}"
    return [
        RankedVAETrain(options), OneProcess(options),
        RankedPeer("torch-compiled", label + ", compiled", TORCH, "torch_vae.py", "--compile", "default", models=MODELS),
        RankedPeer("torch", label, TORCH, "torch_vae.py", models=MODELS),
    ]
