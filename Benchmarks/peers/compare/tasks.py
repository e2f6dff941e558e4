"""What scripts/compare-tools times: each task, and the programs that do it."""

import gzip
import json
import pathlib
import statistics
import subprocess
import time

import layers
from running import FASHION_MNIST, ONNX, OPEN_TSNE, PEERS, SCIKIT_LEARN, TORCH, Unavailable, build, note, run, timed

TOOLS = PEERS / "tools.py"


def npy_header(kind, shape):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(10 + len(header) + 1) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


def copy_pixels(file, output, most):
    """Copies pixels of an IDX file, piece by piece: what this process holds at most counts as memory of each that it starts."""
    with gzip.open(file) as pixels:
        pixels.read(16)
        copied = 0
        while copied < most and (part := pixels.read(min(1 << 16, most - copied))):
            copied += output.write(part)
    return copied


class Work:
    """A folder with what the tasks need: images, a trained model, its exports, latent points. All are made once."""

    def __init__(self, folder, options, environment):
        self.folder, self.options, self.environment = folder, options, environment
        self.vae_train = build("vae-train", environment)

    def own(self, *arguments):
        return [self.vae_train, *arguments, "--threads", self.options.threads]

    def made(self, name, make):
        path = self.folder / name
        if not path.exists():
            make(path)
        return path

    def images(self):
        """Images of the training and the test set, from the first again where there are fewer."""
        def make(path):
            folder, left = pathlib.Path(self.options.data or FASHION_MNIST), self.options.encoded * 784
            files = [folder / f"{name}-images-idx3-ubyte.gz" for name in ("train", "t10k")]
            with open(path, "wb") as output:
                output.write(npy_header("|u1", (self.options.encoded, 28, 28)))
                while left > 0:
                    for file in files:
                        left -= copy_pixels(file, output, left)

        try:
            return self.made("images.npy", make)
        except OSError as error:
            raise Unavailable(f"there are no images: {error}") from None

    def run(self):
        """The folder of a trained model."""
        command = [*self.own("train", "--limit", self.options.images, "--epochs", 1), *self.data(), "--quiet"]
        return self.made("run", lambda path: run([*command, "--output", path], self.environment))

    def data(self):
        return ["--data", self.options.data] if self.options.data else []

    def graphs(self):
        """encoder.onnx and decoder.onnx of the model."""
        command = self.own("export", "--model", self.run(), "--format", "onnx")
        return self.made("graphs", lambda path: run([*command, "-o", path], self.environment))

    def latents(self):
        """Means and log variances of the images."""
        command = self.own("encode", "--model", self.run(), "--data", self.images())
        return self.made("latents.npy", lambda path: run([*command, "-o", path], self.environment))

    def points(self):
        """Some of the means: [N, 16]."""
        def make(path):
            count = min(self.options.points, self.options.encoded)
            with open(self.latents(), "rb") as latents, open(path, "wb") as output:
                latents.seek(10 + int.from_bytes(latents.read(10)[8:], "little"))
                output.write(npy_header("<f4", (count, 16)))
                for _ in range(count):
                    output.write(latents.read(2 * 4 * 16)[:4 * 16])

        return self.made("points.npy", make)


class Times:
    """One turn of a program: the whole process, of that the work alone where it says so, its processor time and memory."""

    def __init__(self, whole, work, processor, memory):
        self.whole, self.work, self.processor, self.memory = whole, work, processor, memory


class Program:
    """A program that does a task: its name, and `command(work)`."""

    def __init__(self, name, label, command, framework=None, work_seconds=None):
        self.name, self.labelled, self.command, self.framework = name, label, command, framework
        self.work_seconds = work_seconds  # of what it printed
        self.label = label.replace(" {version}", "")
        self.is_own = framework is None

    def prepare(self, work):
        if self.framework:
            self.python = self.framework.python(work.environment)
            self.label = self.labelled.format(version=self.framework.version(work.environment))
        self.command(self, work)  # makes what it needs

    def turn(self, work):
        ran = timed(self.command(self, work), work.environment)
        return Times(ran.seconds, self.work_seconds and self.work_seconds(ran.output), ran.processor, ran.memory)


class UntilFirstEpoch(Program):
    """Times a program until it has printed its first epoch, which is one step; then stops it."""

    def __init__(self, *arguments, is_first):
        super().__init__(*arguments)
        self.is_first = is_first

    def turn(self, work):
        command = list(map(str, self.command(self, work)))
        start = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=work.environment) as child:
            for line in child.stdout:
                if self.is_first(line):
                    seconds = time.monotonic() - start
                    child.kill()
                    return Times(seconds, None, None, None)
        raise Unavailable(f"`{pathlib.Path(command[0]).name}` ended before its first epoch")


class Task:
    def __init__(self, name, label, programs):
        self.name, self.label, self.programs = name, label, programs


def tool_seconds(output):
    return json.loads(output.splitlines()[-1])["seconds"]


def tool(name, label, framework, *arguments):
    """A program of tools.py; `arguments` may be functions of the work folder."""
    def command(program, work):
        known = [argument(work) if callable(argument) else argument for argument in arguments]
        return [program.python, TOOLS, *known, "--threads", work.options.threads]

    return Program(name, label, command, framework, tool_seconds)


def torch_training(images, epochs):
    """Arguments of torch_vae.py."""
    def command(program, work):
        data = ["--data", work.options.data] if work.options.data else []
        return [program.python, PEERS / "torch_vae.py", "--images", images(work), "--epochs", epochs, *data,
                "--threads", work.options.threads]

    return command


def training_seconds(output):
    return sum(epoch["train_seconds"] + epoch["validation_seconds"] for epoch in layers.read(output)[0])


def all_tasks(options):
    encoded = f"{options.encoded:,} images"
    points = f"{options.points:,} points"
    batch = ("--batch-size", 1000)

    def training(*more):
        return lambda program, work: [*work.own("train", *more), *work.data(), "--output", work.folder / "tiny", "--force"]

    def first(*more):
        # 256 images to train on.
        return training("--limit", 366, "--epochs", 5, *more)

    def is_first_row(line):
        return line.split()[:1] == ["1/5"]

    def passes(task, *own_inputs, peer_input, graph):
        """A task of a trained model; the others read and write the same files."""
        def own(program, work):
            inputs = [argument(work) if callable(argument) else argument for argument in own_inputs]
            return work.own(task, "--model", work.run(), *inputs, "-o", work.folder / f"own-{task}.npy", "--force")

        def peer(name, label, framework, program, *more):
            return tool(name, label, framework, task, program, "--input", peer_input, "--output",
                        lambda work: work.folder / f"{name}-{task}.npy", *batch, *more)

        return [
            Program("vae-train", f"vae-train {task}", own),
            peer("onnx", "ONNX Runtime {version}", ONNX, "onnx", "--model", lambda work: work.graphs() / graph),
            peer("torch", "PyTorch {version}", TORCH, "torch")]

    def map_of(name, label, framework):
        return tool(name, label, framework, "tsne", name, "--input", Work.points, "--output",
                    lambda work: work.folder / f"{name}.npy")

    def own_map(program, work):
        return work.own("picture", "tsne", "--model", work.run(), "--data", work.images(), "--limit", options.points,
                        "-o", work.folder / "tsne.png", "--force")

    return [
        Task("run", f"A whole run: {options.images:,} images, one epoch", [
            Program("vae-train", "vae-train, with pictures and page",
                    training("--limit", options.images, "--epochs", 1, "--quiet")),
            Program("torch", "PyTorch {version}, training and validation alone",
                    torch_training(lambda work: options.images, 1), TORCH, training_seconds)]),
        Task("first-step", "From the start of the program to the end of the first step, 256 images", [
            UntilFirstEpoch("vae-train", "vae-train", first(), is_first=is_first_row),
            UntilFirstEpoch("torch", "PyTorch {version}", torch_training(lambda work: 366, 5), TORCH,
                            is_first=lambda line: '"epoch": 1,' in line)]),
        Task("encode", f"Encode {encoded}", passes(
            "encode", "--data", Work.images, peer_input=Work.images, graph="encoder.onnx")),
        Task("decode", f"Decode {points}", passes("decode", Work.points, peer_input=Work.points, graph="decoder.onnx")),
        Task("tsne", f"Map {points} by t-SNE, 1,000 steps", [
            Program("vae-train", "vae-train picture tsne, with encoding and drawing", own_map),
            map_of("scikit-learn", "scikit-learn {version}, Barnes-Hut", SCIKIT_LEARN),
            map_of("opentsne", "openTSNE {version}, interpolation", OPEN_TSNE)]),
        Task("page", "The page of a run, written again", [
            Program("vae-train", "vae-train report", lambda program, work: work.own("report", "--model", work.run()))]),
    ]


class Measured:
    """The turns of a program at a task."""

    def __init__(self, task, program):
        self.task, self.program = task, program
        self.turns, self.trouble = [], None

    def median(self, name):
        values = [getattr(turn, name) for turn in self.turns if getattr(turn, name) is not None]
        return statistics.median(values) if values and not self.trouble else None

    def turn(self, work):
        turn = self.program.turn(work)
        self.turns.append(turn)
        note(f"{self.task.name}, {self.program.label}: {turn.whole:.2f} s")

    def json(self):
        return {"task": self.task.name, "name": self.program.name, "label": self.program.label,
                "not_measured": self.trouble, "turns": [vars(turn) for turn in self.turns]}
