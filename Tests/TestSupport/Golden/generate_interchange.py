"""Weights that PyTorch and Keras made, for models of every architecture, with what these programs compute from them.

A file has the weights under the names and in the layouts of its program (PyTorch: the state dictionary; Keras: the model's name and
`variable.path`), rounded to float16 to be small, and `parity.images` [3, T, D], one-hot `parity.labels` [3, C] of a conditional model,
`parity.mean`, `parity.log_variance` [3, Z] and `parity.reconstruction` [3, T D], computed in float64.

scripts/check-interchange makes models with the functions of this file, too.

usage: pip install torch==2.13.0 tensorflow-cpu safetensors numpy; python generate_interchange.py OUT_DIR
"""
import dataclasses, os, sys
import numpy as np
from safetensors.numpy import save_file

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@dataclasses.dataclass
class Case:
    architecture: str
    classes: int = 0
    gaussian: bool = False
    height: int = 8
    width: int = 12
    hidden: int = 5
    latent: int = 3
    decoder: int = 7

    @property
    def pixels(self): return self.height * self.width

    @property
    def metadata(self): return {"image_height": str(self.height), "image_width": str(self.width)}


CASES = [
    Case("lstm"), Case("mlp", gaussian=True), Case("conv", classes=4), Case("gru", classes=2, gaussian=True), Case("bilstm", classes=3),
    Case("lstm-lstm", classes=2, gaussian=True), Case("conv1d", classes=2, height=9),
]


def torch_model(case):
    """A module whose call gives mean, log-variance and the reconstruction from the mean."""
    import torch
    from torch import nn
    z, c, h, w, n = case.latent, case.classes, case.height, case.width, case.hidden

    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            features = n
            match case.architecture:
                case "lstm" | "lstm-lstm": self.lstm = nn.LSTM(w, n, batch_first=True)
                case "gru": self.gru = nn.GRU(w, n, batch_first=True)
                case "bilstm": self.bilstm = nn.LSTM(w, n, batch_first=True, bidirectional=True); features = 2 * n
                case "mlp": self.hidden = nn.Linear(case.pixels, n)
                case "conv":
                    self.first, self.second = nn.Conv2d(1, 32, 3, stride=2), nn.Conv2d(32, 64, 3, stride=2)
                    self.hidden = nn.Linear(64 * (h // 4) * (w // 4), n)
                case "conv1d":
                    self.first, self.second = nn.Conv2d(w, 32, (5, 1), stride=(2, 1)), nn.Conv2d(32, 64, (5, 1), stride=(2, 1))
                    self.hidden = nn.Linear(64 * -(h // -4), n)
            self.mean, self.log_variance = nn.Linear(features + c, z), nn.Linear(features + c, z)

        def forward(self, x, label):
            match case.architecture:
                case "lstm" | "lstm-lstm": x = self.lstm(x)[0][:, -1]
                case "gru": x = self.gru(x)[0][:, -1]
                case "bilstm":
                    y = self.bilstm(x)[0]
                    x = torch.cat([y[:, -1, :n], y[:, 0, n:]], 1)
                case "mlp": x = torch.relu(self.hidden(x.flatten(1)))
                case "conv":
                    # Strides of 2 on even sizes: TensorFlow's padding is one row below and one column at the right.
                    pad = nn.ZeroPad2d((0, 1, 0, 1))
                    x = torch.relu(self.second(pad(torch.relu(self.first(pad(x[:, None]))))))
                    x = torch.relu(self.hidden(x.flatten(1)))
                case "conv1d":
                    # Nine steps become five and three: TensorFlow's padding is two before and after, both times.
                    pad = nn.ZeroPad2d((0, 0, 2, 2))
                    x = torch.relu(self.second(pad(torch.relu(self.first(pad(x.mT[..., None]))))))
                    x = torch.relu(self.hidden(x.flatten(1)))
            if c: x = torch.cat([x, label], 1)
            return self.mean(x), self.log_variance(x)

    class Decoder(nn.Module):
        def __init__(self):
            super().__init__()
            match case.architecture:
                case "conv":
                    self.hidden = nn.Linear(z + c, 64 * (h // 4) * (w // 4))
                    self.first, self.second = nn.ConvTranspose2d(64, 64, 3, stride=2), nn.ConvTranspose2d(64, 32, 3, stride=2)
                    self.output = nn.ConvTranspose2d(32, 1, 3, padding=1)
                case "conv1d":
                    self.hidden = nn.Linear(z + c, 64 * -(h // -4))
                    self.first = nn.ConvTranspose2d(64, 64, (5, 1), stride=(2, 1), padding=(2, 0))
                    self.second = nn.ConvTranspose2d(64, 32, (5, 1), stride=(2, 1), padding=(2, 0))
                    self.output = nn.ConvTranspose2d(32, w, (5, 1), padding=(2, 0))
                case "lstm-lstm": self.lstm, self.output = nn.LSTM(z + c, case.decoder, batch_first=True), nn.Linear(case.decoder, w)
                case _: self.hidden, self.output = nn.Linear(z + c, case.decoder), nn.Linear(case.decoder, case.pixels)

        def forward(self, x, label):
            if c: x = torch.cat([x, label], 1)
            match case.architecture:
                case "conv":
                    x = torch.relu(self.hidden(x)).unflatten(1, (64, h // 4, w // 4))
                    x = torch.relu(self.first(x)[:, :, : h // 2, : w // 2])
                    x = torch.relu(self.second(x)[:, :, :h, :w])
                    return self.output(x).flatten(1)
                case "conv1d":
                    x = torch.relu(self.hidden(x)).unflatten(1, (64, -(h // -4), 1))
                    return self.output(torch.relu(self.second(torch.relu(self.first(x)))))[..., 0].mT.flatten(1)
                case "lstm-lstm": return self.output(self.lstm(x[:, None].repeat(1, h, 1))[0]).flatten(1)
                case _: return self.output(torch.relu(self.hidden(x)))

    class VAE(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder, self.decoder = Encoder(), Decoder()
            if case.gaussian:
                self.likelihood = nn.Module()
                self.likelihood.log_variance = nn.Parameter(torch.zeros(1))

        def forward(self, x, label=None):
            mean, log_variance = self.encoder(x, label)
            return mean, log_variance, torch.sigmoid(self.decoder(mean, label))

    return VAE()


def keras_models(case):
    """encoder and decoder"""
    import keras
    from keras import layers as L
    z, c, h, w, n = case.latent, case.classes, case.height, case.width, case.hidden
    label = keras.Input((c,)) if c else None
    joined = lambda x: L.Concatenate()([x, label]) if c else x
    inputs = lambda x: [x, label] if c else x

    image = keras.Input((h, w))
    match case.architecture:
        case "lstm" | "lstm-lstm": x = L.LSTM(n, name="lstm")(image)
        case "gru": x = L.GRU(n, name="gru")(image)
        case "bilstm": x = L.Bidirectional(L.LSTM(n, name="lstm"), name="bilstm")(image)
        case "mlp": x = L.Dense(n, activation="relu", name="hidden")(L.Flatten()(image))
        case "conv":
            x = L.Conv2D(32, 3, strides=2, padding="same", activation="relu", name="first")(L.Reshape((h, w, 1))(image))
            x = L.Conv2D(64, 3, strides=2, padding="same", activation="relu", name="second")(x)
            x = L.Dense(n, activation="relu", name="hidden")(L.Flatten()(x))
        case "conv1d":
            x = L.Conv2D(32, (5, 1), (2, 1), "same", activation="relu", name="first")(L.Reshape((h, 1, w))(image))
            x = L.Conv2D(64, (5, 1), (2, 1), "same", activation="relu", name="second")(x)
            x = L.Dense(n, activation="relu", name="hidden")(L.Flatten()(x))
    x = joined(x)
    encoder = keras.Model(inputs(image), [L.Dense(z, name="mean")(x), L.Dense(z, name="log_variance")(x)], name="encoder")

    point = keras.Input((z,))
    x = joined(point)
    match case.architecture:
        case "conv":
            x = L.Dense(h // 4 * (w // 4) * 64, activation="relu", name="hidden")(x)
            x = L.Reshape((h // 4, w // 4, 64))(x)
            x = L.Conv2DTranspose(64, 3, strides=2, padding="same", activation="relu", name="first")(x)
            x = L.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu", name="second")(x)
            x = L.Conv2DTranspose(1, 3, padding="same", activation="sigmoid", name="output")(x)
        case "conv1d":
            x = L.Dense(-(h // -4) * 64, activation="relu", name="hidden")(x)
            x = L.Reshape((-(h // -4), 1, 64))(x)
            x = L.Cropping2D(((2, 2), (0, 0)))(L.Conv2DTranspose(64, (5, 1), (2, 1), activation="relu", name="first")(x))
            x = L.Cropping2D(((2, 2), (0, 0)))(L.Conv2DTranspose(32, (5, 1), (2, 1), activation="relu", name="second")(x))
            x = L.Conv2DTranspose(w, (5, 1), padding="same", activation="sigmoid", name="output")(x)
        case "lstm-lstm":
            x = L.LSTM(case.decoder, return_sequences=True, name="lstm")(L.RepeatVector(h)(x))
            x = L.Dense(w, activation="sigmoid", name="output")(x)
        case _:
            x = L.Dense(case.pixels, activation="sigmoid", name="output")(L.Dense(case.decoder, activation="relu", name="hidden")(x))
    decoder = keras.Model(inputs(point), L.Flatten()(x), name="decoder")
    return encoder, decoder


def keras_weights(encoder, decoder):
    """The variables by the names that they have in a file."""
    return {f"{model.name}/{variable.path}": variable for model in (encoder, decoder) for variable in model.weights}


def random_weights(shapes, rng, kernels):
    """Numbers for arrays of these shapes, so that values keep their size through a layer; `kernels` says the inputs of each."""
    return {name: rng.standard_normal(shape) * (0.5 if len(shape) == 1 else kernels(shape) ** -0.5) for name, shape in shapes.items()}


def run_torch(model, images, labels):
    import torch
    with torch.no_grad():
        return [y.numpy() for y in model(torch.tensor(images), None if labels is None else torch.tensor(labels))]


def run_keras(encoder, decoder, images, labels):
    inputs = lambda x: x if labels is None else [x, labels]
    mean, log_variance = encoder.predict_on_batch(inputs(images))
    return [mean, log_variance, decoder.predict_on_batch(inputs(mean))]


def main(out):
    import keras, torch
    torch.set_default_dtype(torch.float64)
    keras.config.set_floatx("float64")
    os.makedirs(out, exist_ok=True)
    rng = np.random.default_rng(0)
    half = lambda a: a.astype(np.float16)
    for case in CASES:
        images = rng.random((3, case.height, case.width))
        labels = np.eye(case.classes)[rng.integers(0, case.classes, 3)] if case.classes else None

        def save(program, weights, outputs):
            T = {name: half(w) for name, w in weights.items()} | {"parity.images": images}
            if labels is not None: T["parity.labels"] = labels
            T |= {f"parity.{name}": y for name, y in zip(("mean", "log_variance", "reconstruction"), outputs)}
            save_file({k: np.ascontiguousarray(v) for k, v in T.items()},
                      os.path.join(out, f"interchange_{program}_{case.architecture}.safetensors"), metadata=case.metadata)

        model = torch_model(case)
        weights = random_weights({k: v.shape for k, v in model.state_dict().items()}, rng, lambda s: np.prod(s[1:]))
        model.load_state_dict({k: torch.tensor(half(w).astype(float)) for k, w in weights.items()})
        save("torch", weights, run_torch(model, images, labels))

        models = keras_models(case)
        variables = keras_weights(*models)
        weights = random_weights({k: v.shape for k, v in variables.items()}, rng, lambda s: np.prod(s[:-1]))
        for name, variable in variables.items(): variable.assign(half(weights[name]).astype(float))
        if case.gaussian: weights["likelihood/log_variance"] = rng.standard_normal(1)
        save("keras", weights, run_keras(*models, images, labels))


if __name__ == "__main__": main(sys.argv[1])
