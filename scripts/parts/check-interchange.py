"""The Python half of scripts/check-interchange: `check-interchange.py PROGRAM FOLDER`, in an empty folder.

PROGRAM is vae-train, FOLDER has generate_interchange.py, which makes models of PyTorch and Keras.
"""
import contextlib, io, logging, subprocess, sys, warnings
import numpy as np
from safetensors.numpy import load_file

program, golden = sys.argv[1:]
sys.path.insert(0, golden)
import generate_interchange as peers

LIMIT = 1e-5
FORMATS = ("keras", "torch", "npz", "safetensors", "onnx")
HALF_FORMATS = ("torch", "safetensors")  # those of bfloat16
NAMES = ("mean", "log_variance", "reconstruction")
rows = []


def vae_train(*arguments):
    result = subprocess.run([program, *arguments], capture_output=True, text=True)
    if result.returncode != 0: sys.exit(f"vae-train {' '.join(arguments)}\n{result.stderr}")
    return result.stdout


def note(model, way, outputs, parity):
    """A row of the table: the largest difference of each output to ours."""
    differences = [float(np.abs(np.asarray(y, np.float64) - parity[n]).max()) for n, y in zip(NAMES, outputs)]
    rows.append((model, way, differences))
    print(".", end="", flush=True)


def export(model, folder, format, precision="float32"):
    """Runs the lines that the export prints, and compares what they compute."""
    path = f"{folder}.{precision}.{format}"
    options = ["--model", folder, "--format", format, "--output", path, "--precision", precision]
    lines = vae_train("export", *options).split("load it in Python:\n")[1]
    values = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed: exec(lines, values)
    assert printed.getvalue().count("differs by") == 3, printed.getvalue()
    parity = load_file(f"{path}.parity.safetensors")
    note(model, f"to {format}", [values[n] for n in NAMES], parity)
    if format == "onnx": check_onnx(model, path, parity, values["encoder"], values["decoder"])


def check_onnx(model, path, parity, encoder, decoder):
    """The files are valid, and take batches of other sizes."""
    import onnx
    for part in ("encoder", "decoder"): onnx.checker.check_model(onnx.load(f"{path}/{part}.onnx"), full_check=True)
    first = {name: values[:3] for name, values in parity.items()}
    label = {"label": first["labels"]} if "labels" in first else {}
    mean, log_variance = encoder.run(NAMES[:2], {"image": first["images"], **label})
    note(model, "to onnx, a batch of 3", (mean, log_variance, *decoder.run(NAMES[2:], {"z": mean, **label})), first)


def imported(case, program, file, run):
    """A file of another program, beside what that program computes on the images of our parity file."""
    name = f"{case.architecture}.{program}"
    arguments = ["--height", str(case.height), "--width", str(case.width)]
    vae_train("import", file, "--format", program, "--output", f"{name}.model", *arguments)
    vae_train("export", "--model", f"{name}.model", "--format", "safetensors", "--output", f"{name}.again")
    parity = load_file(f"{name}.again.parity.safetensors")
    note(describe(case), f"from {program}", run(parity["images"], parity.get("labels")), parity)


def describe(case):
    return case.architecture + (", conditional" if case.classes else "") + (", gaussian" if case.gaussian else "")


def from_torch(case, rng):
    import torch
    from safetensors.torch import save_file
    model = peers.torch_model(case)
    with torch.no_grad():
        for p in model.parameters(): p.add_(torch.tensor(rng.standard_normal(p.shape) * 0.05, dtype=p.dtype))
    save_file(model.state_dict(), f"{case.architecture}.pt.safetensors")
    imported(case, "torch", f"{case.architecture}.pt.safetensors", lambda x, label: peers.run_torch(model, x, label))


def from_keras(case, rng):
    models = peers.keras_models(case)
    weights = peers.keras_weights(*models)
    for w in weights.values(): w.assign(w.numpy() + rng.standard_normal(w.shape) * 0.05)
    arrays = {name: w.numpy() for name, w in weights.items()}
    if case.gaussian: arrays["likelihood/log_variance"] = np.array([0.25], np.float32)
    np.savez_compressed(f"{case.architecture}.keras.npz", **arrays)
    imported(case, "keras", f"{case.architecture}.keras.npz", lambda x, label: peers.run_keras(*models, x, label))


warnings.simplefilter("ignore")
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # models of one shape are one function to it, and these are not
for architecture in ("lstm", "mlp", "conv", "gru", "bilstm", "lstm-lstm", "conv1d"):
    for suffix, options in (("", []), (", conditional, gaussian", ["--conditional", "--loss", "gaussian"])):
        folder = architecture + ("-c" if options else "")
        # Small steps: what float32 rounds off grows in a badly conditioned decoder of 28 steps, in every program.
        vae_train("train", "--model", architecture, "--data", "synthetic", "--limit", "200", "--epochs", "1", "--batch-size", "20",
                  "--output", folder, *options)
        for format in FORMATS: export(architecture + suffix, folder, format)
        for format in HALF_FORMATS: export(architecture + suffix + ", bfloat16", folder, format, "bfloat16")
# Decoders that read what they have made, step by step.
for cell in ("lstm", "gru"):
    vae_train("train", "--word-dropout", "0.2", "--cell", cell, "--cells", "2", "--data", "synthetic", "--limit", "200", "--epochs", "1",
              "--batch-size", "20", "--conditional", "--output", f"forced-{cell}")
    for format in FORMATS: export(f"{cell}, teacher forcing", f"forced-{cell}", format)
# Texts: tokens are embedded, and made one by one or all at once.
rng = np.random.default_rng(1)
words = ["one", "two", "three", "four", "cinq", "größe"]
with open("text.txt", "w") as file:
    for _ in range(300): file.write(" ".join(words[i] for i in rng.integers(0, len(words), 3)) + "\n")
for name, options in (
    ("text", []), ("text, gru", ["--word-dropout", "0.3", "--cell", "gru", "--embedding-size", "7"]),
    ("text, lstm", ["--model", "lstm"]), ("text, conv1d", ["--model", "conv1d"]), ("text, bytes", ["--tokens", "bytes", "--window", "16"])):
    folder = name.replace(", ", "-")
    vae_train("train", "--data", "text.txt", "--tokens", "characters", "--epochs", "2", "--batch-size", "20", "--learning-rate", "0.01",
              "--output", folder, *options)
    for format in FORMATS: export(name, folder, format)
# Every likelihood that makes something else of the decoder's numbers; those of whole numbers on such.
rng = np.random.default_rng(2)
for name, values in (("poisson", rng.poisson(3, (200, 12))), ("categorical-2", rng.integers(0, 2, (200, 12)))):
    np.savez(f"{name}-data.npz", x=values.astype(np.int16), y=rng.integers(0, 10, 200).astype(np.uint8))
for loss in ("gaussian-one", "gaussian-feature", "gaussian-element", "laplace", "student-t", "continuous-bernoulli", "poisson",
             "categorical-2", "discretized-logistic-3"):
    data = f"{loss}-data.npz" if loss in ("poisson", "categorical-2") else "synthetic"
    vae_train("train", "--model", "mlp", "--data", data, "--limit", "200", "--epochs", "1", "--batch-size", "20",
              "--output", loss, "--loss", loss, "--conditional")
    for format in FORMATS: export(f"mlp, {loss}", loss, format)
# Convolutions on sizes that no stride divides, on colours, and over the steps of series.
rng = np.random.default_rng(0)
for name, model, values in (
    ("27x29", "conv", rng.integers(0, 256, (200, 27, 29), np.uint8)), ("33x45x3", "conv", rng.integers(0, 256, (200, 33, 45, 3), np.uint8)),
    ("25 steps of 3", "conv1d", rng.standard_normal((200, 25, 3))), ("96 steps of 1", "conv1d", rng.standard_normal((200, 96, 1)))):
    folder = name.replace(" ", "-")
    np.save(f"{folder}.npy", values)
    vae_train("train", "--model", model, "--data", f"{folder}.npy", "--epochs", "1", "--batch-size", "20", "--output", folder)
    for format in FORMATS: export(f"{model}, {name}", folder, format)
# Encoders that read beside each value whether it is known: what is missing is NaN in other programs.
rng = np.random.default_rng(0)
for name, model, values in (
    ("12 numbers", "mlp", rng.standard_normal((200, 12))), ("9 steps of 2", "lstm", rng.standard_normal((200, 9, 2))),
    ("8x9x3", "conv", rng.standard_normal((200, 8, 9, 3))), ("13 steps of 2", "conv1d", rng.standard_normal((200, 13, 2)))):
    folder = "masked-" + name.replace(" ", "-")
    values[rng.random(values.shape) < 0.2] = np.nan
    np.save(f"{folder}.npy", values)
    vae_train("train", "--model", model, "--mask-channel", "--data", f"{folder}.npy", "--epochs", "1", "--batch-size", "20",
              "--output", folder)
    for format in FORMATS: export(f"{model}, mask, {name}", folder, format)
rng = np.random.default_rng(0)
for case in peers.CASES:
    from_torch(case, rng)
    from_keras(case, rng)

print(f"\n{'model':34}{'way':23}" + "".join(f"{n:>16}" for n in NAMES))
for model, way, differences in rows: print(f"{model:34}{way:23}" + "".join(f"{d:16.1e}" for d in differences))
worst = max(max(d) if np.isfinite(d).all() else np.inf for _, _, d in rows)
print(f"largest difference {worst:.1e}, limit {LIMIT:.0e}, {len(rows)} rows")
sys.exit(not worst <= LIMIT)
