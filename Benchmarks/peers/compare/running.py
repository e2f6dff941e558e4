"""How the scripts that compare run other programs: build this project's, make environments for Python's, and read them."""

import os
import pathlib
import subprocess
import sys
import tempfile
import time
import venv

import progress

ROOT = pathlib.Path(__file__).resolve().parents[3]
PEERS = ROOT / "Benchmarks" / "peers"
FASHION_MNIST = "/usr/share/datasets/fashion-mnist"
SCRIPT = pathlib.Path(sys.argv[0]).name


class Unavailable(Exception):
    """Why a program can't be measured here, in one line."""


def note(message):
    progress.clear()
    print(f"scripts/{SCRIPT}: {message}", file=sys.stderr, flush=True)


def reason(error):
    """An error in one line."""
    return (str(error).splitlines() or [repr(error)])[0]


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return os.uname().machine


def own_kernels(environment):
    """Without what would choose the kernels of a BLAS: each is to take those for this processor."""
    return {name: value for name, value in environment.items() if not name.startswith("OPENBLAS_")}


class Ran:
    """What a command printed, its seconds by the clock and of all processors, and its peak memory in MiB."""

    def __init__(self, output, seconds, usage):
        self.output, self.seconds = output, seconds
        self.processor = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def timed(command, environment, probe=False):
    """Runs a command. Where it fails, what it printed is shown, unless it is a probe, which may fail."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.monotonic()
        child = subprocess.Popen(list(map(str, command)), stdout=output, stderr=errors, env=environment)
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            child.kill()
            raise
        seconds = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if child.returncode != 0:
            said = output.read() + errors.read()
            if not probe:
                sys.stderr.write(said)
            lines = said.strip().splitlines() or [""]
            last = next((line for line in lines if line.startswith("Error:")), lines[-1]).strip()
            raise Unavailable(f"`{pathlib.Path(command[0]).name}` ended with {child.returncode}: {last}"[:200])
        return Ran(output.read(), seconds, usage)


def run(command, environment, probe=False):
    """The same: standard output and peak memory."""
    ran = timed(command, environment, probe)
    return ran.output, ran.memory


_built = {}


def build(product, environment):
    """One of this project's programs, in release mode; LATENT_COMPARE_BUILD=debug is for those who want to see only that it runs."""
    if product not in _built:
        note(f"building {product}")
        run([ROOT / "scripts" / "setup"], environment)
        mode = os.environ.get("LATENT_COMPARE_BUILD", "release")
        command = ["swift", "build", "--package-path", ROOT, "--scratch-path", ROOT / ".build", "-c", mode]
        run(command + ["--product", product], environment)
        _built[product] = ROOT / ".build" / mode / product
    return _built[product]


class Framework:
    """What a peer is written in: the name of its requirements, the package whose version counts, what is imported."""

    def __init__(self, name, package, *modules):
        self.name, self.package, self.modules = name, package, modules

    def python(self, environment):
        """The Python of the framework's environment, made and filled where it is not there."""
        folder = pathlib.Path(os.environ.get("LATENT_PEERS_VENV") or ROOT / ".build" / "peers" / self.name)
        python = folder / "bin" / "python"
        if not python.exists():
            note(f"making a Python environment in {folder}")
            try:
                venv.create(folder, with_pip=True)
            except subprocess.CalledProcessError:
                raise Unavailable(f"no Python environment can be made in {folder} (Debian: python3-venv)") from None
        probe = [python, "-c", f"import {', '.join(self.modules)}"]
        try:
            run(probe, environment, probe=True)
        except Unavailable:
            requirements = PEERS / "requirements" / f"{self.name}.txt"
            note(f"installing {self.name}, see {requirements.relative_to(ROOT)}")
            try:
                run([python, "-m", "pip", "install", "--quiet", "-r", requirements], environment)
                run(probe, environment)
            except Unavailable as error:
                raise Unavailable(f"{self.name} can't be installed here: {error}") from None
        return python

    def version(self, environment):
        code = f"from importlib.metadata import version; print(version('{self.package}'))"
        return run([self.python(environment), "-c", code], environment)[0].strip().split("+")[0]


TORCH = Framework("torch", "torch", "torch", "numpy")
# With what the twins of the examples need.
TORCH_EXAMPLES = Framework("torch", "torch", "torch", "numpy", "tensorboard")
TENSORFLOW = Framework("tensorflow", "keras", "tensorflow", "keras", "numpy")
JAX = Framework("jax", "jax", "jax", "numpy")
ONNX = Framework("onnx", "onnxruntime", "onnxruntime", "numpy")
SCIKIT_LEARN = Framework("scikit-learn", "scikit-learn", "sklearn", "numpy")
OPEN_TSNE = Framework("opentsne", "openTSNE", "openTSNE", "numpy")
