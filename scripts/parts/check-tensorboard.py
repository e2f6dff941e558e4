"""The Python half of scripts/check-tensorboard: `check-tensorboard.py PROGRAM`, in an empty folder."""
import csv, io, json, signal, subprocess, sys, time
import numpy as np
import xxhash
from PIL import Image
from safetensors.numpy import load_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2

program = sys.argv[1]
OPTIONS = ["--data", "synthetic", "--limit", "640", "--hidden-size", "16", "--batch-size", "16", "--validation-split", "0.25"]
STEPS = 30  # of an epoch of 480 images
checks = 0


def check(condition, what):
    global checks
    checks += 1
    if not condition: sys.exit(f"check-tensorboard: {what}")


def train(*arguments):
    result = subprocess.run([program, *arguments], capture_output=True, text=True)
    check(result.returncode == 0 and not result.stderr, f"vae-train {' '.join(arguments)}\n{result.stderr}")


def read(folder):
    accumulator = EventAccumulator(folder, size_guidance={"scalars": 0, "images": 0, "histograms": 0, "tensors": 0})
    accumulator.Reload()
    return accumulator


def run(folder, epochs, changed=()):
    """All that is in the three runs of a folder, beside its other files.

    Of settings that were changed when a run went on, TensorBoard shows the first.
    """
    history = list(csv.DictReader(open(f"{folder}/history.csv")))
    check(len(history) == epochs, f"{len(history)} epochs")
    training, validation, session = (read(f"{folder}/tensorboard{name}") for name in ("/train", "/validation", ""))
    ends = [STEPS * int(row["epoch"]) for row in history]

    def scalars(accumulator, tag, column):
        values = accumulator.Scalars(tag)
        check([v.step for v in values] == ends, f"{tag} has steps {[v.step for v in values]}, not {ends}")
        check([np.float32(v.value) for v in values] == [np.float32(row[column]) for row in history], f"{tag}, {column}")
        check(all(abs(v.wall_time - time.time()) < 600 for v in values), f"{tag}: times {values}")

    for part, accumulator in (("train", training), ("validation", validation)):
        for tag, name in (("total", "loss"), ("reconstruction", "reconstruction"), ("kl", "kl")):
            scalars(accumulator, f"loss/{tag}", f"{part}_{name}")
    scalars(training, "learning_rate", "learning_rate")
    scalars(training, "examples_per_second", "examples_per_second")
    steps = [v.step for v in training.Scalars("step/loss/total")]
    check(steps == list(range(10, STEPS * epochs + 1, 10)), f"step/loss/total has steps {steps}")

    # The last epoch's histograms are those of the model's file; the limits are doubles that NumPy counts with, too.
    weights = load_file(f"{folder}/model.safetensors")
    tags = {tag for tag in training.Tags()["histograms"]}
    check(tags == {f"weights/{name}" for name in weights}, f"histograms {tags}")
    for name, values in weights.items():
        events = training.Histograms(f"weights/{name}")
        check([e.step for e in events] == ends, f"{name} has steps {[e.step for e in events]}")
        histogram, values = events[-1].histogram_value, values.astype(np.float64).ravel()
        edges = np.array([histogram.min, *histogram.bucket_limit])
        check((histogram.min, histogram.max) == (values.min(), values.max()), f"{name}: extent")
        check(histogram.num == values.size, f"{name}: {histogram.num} of {values.size}")
        check(np.isclose(histogram.sum, values.sum(), rtol=1e-9, atol=1e-9), f"{name}: sum")
        check(np.isclose(histogram.sum_squares, (values**2).sum(), rtol=1e-9), f"{name}: sum of squares")
        check((np.histogram(values, edges)[0] == histogram.bucket).all(), f"{name}: buckets {histogram.bucket}")
    for tag in ("latent/mean", "latent/log_variance"):
        events = validation.Histograms(tag)
        check([e.step for e in events] == ends and events[-1].histogram_value.num == 160 * 16, f"{tag} {events[-1]}")

    images = validation.Images("reconstructions")
    check([i.step for i in images] == ends, f"images at {[i.step for i in images]}")
    for image in images:
        pixels = np.asarray(Image.open(io.BytesIO(image.encoded_image_string)))
        check(pixels.shape == (image.height, image.width) and pixels.std() > 10, f"image of {pixels.shape}")

    # Hyper-parameters: those of config.json that are set, and metrics that are there.
    settings = {k: v for k, v in json.load(open(f"{folder}/config.json"))["settings"].items() if v is not None}
    parts = {}
    for tag in session.Tags()["tensors"]:
        metadata = session.SummaryMetadata(tag)
        check(metadata.plugin_data.plugin_name == "hparams", f"{tag}: {metadata}")
        parts[tag.split("/")[1]] = plugin_data_pb2.HParamsPluginData.FromString(metadata.plugin_data.content)
    check(set(parts) == {"experiment", "session_start_info", "session_end_info"}, f"hyper-parameters: {set(parts)}")
    experiment = parts["experiment"].experiment
    check([i.name for i in experiment.hparam_infos] == list(settings), f"settings {experiment.hparam_infos}")
    for metric in experiment.metric_infos:
        accumulator = {"train": training, "validation": validation}[metric.name.group]
        check(metric.name.tag in accumulator.Tags()["scalars"], f"metric {metric}")
    values = parts["session_start_info"].session_start_info.hparams
    for name, value in settings.items():
        if name in changed: continue
        held = getattr(values[name], values[name].WhichOneof("kind"))
        check(held == value and type(held) is type(value) or float(held) == float(value), f"{name}: {held}, not {value}")
    check(parts["session_end_info"].session_end_info.status == 1, "the run has not ended well")
    return history, weights


def digests(folder, weights, history):
    """The last line of digests.csv, and the history's column, as the package xxhash makes them."""
    rows = list(csv.reader(open(f"{folder}/digests.csv")))
    names, last = rows[0][2:], rows[-1]
    check(last[:2] == [history[-1]["epoch"], str(STEPS)], f"digests end at {last[:2]}")
    whole = [xxhash.xxh64(weights[name].tobytes()).intdigest() for name in names]
    check([f"{value & 0xffffffff:08x}" for value in whole] == last[2:], "digests of the last step")
    combined = xxhash.xxh64(np.array(whole, np.uint64).tobytes()).hexdigest()
    check(combined == history[-1]["weights_xxh64"], f"{combined}, not {history[-1]['weights_xxh64']}")


train(*OPTIONS, "--epochs", "2", "--tensorboard", "--output", "whole")
history, weights = run("whole", 2)
digests("whole", weights, history)

# Killed in its third epoch, with checkpoints each 7 steps, and gone on with: no step twice, none missing.
process = subprocess.Popen([program, *OPTIONS, "--epochs", "400", "--checkpoint-every", "7", "--tensorboard", "--output",
                            "killed"], stdout=subprocess.DEVNULL)
while True:
    time.sleep(0.01)
    try:
        if sum(1 for _ in open("killed/digests.csv")) > 2 * STEPS + 18: break
    except FileNotFoundError: pass
process.send_signal(signal.SIGKILL)
process.wait()
done = len(list(csv.DictReader(open("killed/history.csv"))))
train("--resume", "killed", "--epochs", str(done + 2))
history, weights = run("killed", done + 2, changed=("epochs",))
digests("killed", weights, history)
train(*OPTIONS, "--epochs", str(done + 2), "--output", "same")
check(open("same/digests.csv").read() == open("killed/digests.csv").read(), "digests of a killed run")
print(f"check-tensorboard: all {checks} checks hold")
