"""What vae-train's commands do with a trained model, in other programs: scripts/compare-tools runs it.

    tools.py encode onnx --model encoder.onnx --input images.npy --output latents.npy --threads 2
    tools.py decode torch --input points.npy --output images.npy --threads 2
    tools.py tsne scikit-learn --input latents.npy --output map.npy --threads 2

encode: bytes [N, 28, 28] -> means and log variances, float32 [N, 2, Z]; decode: points [N, Z] -> pixels, float32 [N, 28, 28];
tsne: points [N, Z] -> [N, 2]. PyTorch's model is that of torch_vae.py with its first weights, which take no other time.
Prints JSON: the seconds of the work alone, from reading the input to having written the output, without the start of Python,
imports, and the loading of the model.
"""

import argparse
import json
import time

import numpy


def onnx_function(options):
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(options.model, settings, providers=["CPUExecutionProvider"])
    name, shape = session.get_inputs()[0].name, session.get_inputs()[0].shape
    outputs = [output.name for output in session.get_outputs()]

    def call(x):
        return session.run(outputs, {name: x.reshape(len(x), *shape[1:])})

    return call


def torch_function(options):
    import torch
    import torch_vae

    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    model = torch_vae.VAE("lstm", options.hidden_size, options.latent_size, torch_vae.LibraryLSTM, (28, 28, 1)).eval()
    if options.compile != "no":
        model.decoder = torch.compile(model.decoder, dynamic=False)

    def call(x):
        with torch.inference_mode():
            x = torch.from_numpy(x)
            if options.task == "decode":
                return [torch.sigmoid(model.decoder(x)).numpy()]
            features = model.encoder(x.flatten(1))
            return [model.mean(features).numpy(), model.log_variance(features).numpy()]

    return call


def passes(options):
    """Encodes or decodes; the work's seconds."""
    call = {"onnx": onnx_function, "torch": torch_function}[options.program](options)
    start = time.perf_counter()
    inputs = numpy.load(options.input)
    found = []
    for first in range(0, len(inputs), options.batch_size):
        batch = inputs[first:first + options.batch_size]
        batch = batch.astype(numpy.float32) / numpy.float32(255) if batch.dtype == numpy.uint8 else batch
        parts = call(batch)
        found.append(numpy.stack(parts[:2], axis=1) if options.task == "encode" else parts[0].reshape(len(batch), 28, 28))
    numpy.save(options.output, numpy.concatenate(found))
    return time.perf_counter() - start


def tsne(options):
    """1,000 steps from the principal components, perplexity 30; the work's seconds."""
    if options.program == "scikit-learn":
        from sklearn.manifold import TSNE

        embedding = TSNE(perplexity=30, max_iter=1000, init="pca", n_jobs=options.threads, random_state=0).fit_transform
    else:
        from openTSNE import TSNE

        # 250 steps of early exaggeration, and the rest; the gradient is interpolated on a grid (FIt-SNE).
        embedding = TSNE(perplexity=30, early_exaggeration_iter=250, n_iter=750, n_jobs=options.threads,
                         random_state=0).fit
    start = time.perf_counter()
    numpy.save(options.output, numpy.asarray(embedding(numpy.load(options.input))))
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("task", choices=["encode", "decode", "tsne"])
    parser.add_argument("program", choices=["onnx", "torch", "scikit-learn", "opentsne"])
    parser.add_argument("--model")
    parser.add_argument("--input", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--hidden-size", type=int, default=256)
    parser.add_argument("--latent-size", type=int, default=16)
    parser.add_argument("--compile", choices=["no", "default"], default="no")
    options = parser.parse_args()
    seconds = tsne(options) if options.task == "tsne" else passes(options)
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main()
