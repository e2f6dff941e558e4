"""The LSTM auto-encoder that scripts/measure-scores trains and scores with, in PyTorch.

LSTM(hidden) over windows of a series, its last hidden state; two Linear(latent); z = mean + exp(log variance / 2) noise;
Linear(hidden) + relu, Linear(window). A Gaussian around each value with one learned variance; Adam 1e-3, batches of 256. A row's
score is -log p of its value, the last of its window, averaged over 16 points z.

    torch_scores.py SERIES.csv --hidden 64 --window 96 --stride 8 --epochs 30 --threads 2 --follow 2000

Prints JSON: seconds of training, rows scored in a second, and the milliseconds of rows that come one by one.
"""

import argparse
import json
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

HALF_LOG_TWO_PI = 0.9189385332046727
SAMPLES = 16


class Model(nn.Module):
    def __init__(self, window, hidden, latent):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, batch_first=True)
        self.mean, self.log_variance = nn.Linear(hidden, latent), nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, window))
        self.spread = nn.Parameter(torch.zeros(1))

    def encode(self, x):
        features = self.lstm(x.unsqueeze(2))[1][0][0]
        return self.mean(features), self.log_variance(features)

    def losses(self, decoded, x):
        return 0.5 * ((x - decoded) ** 2 * torch.exp(-self.spread) + self.spread) + HALF_LOG_TWO_PI

    def loss(self, x):
        mean, log_variance = self.encode(x)
        z = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        divergence = 0.5 * (mean ** 2 + torch.exp(log_variance) - log_variance - 1).sum()
        return (self.losses(self.decoder(z), x).sum() + divergence) / len(x)

    def scores(self, x, noise):
        mean, log_variance = self.encode(x)
        z = mean[:, None] + torch.exp(log_variance / 2)[:, None] * noise
        decoded = self.decoder(z.flatten(0, 1)).view(len(x), len(noise), -1)
        return self.losses(decoded[:, :, -1], x[:, None, -1]).mean(1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("series")
    for name, usual in [("hidden", 64), ("latent", 16), ("window", 96), ("stride", 8), ("epochs", 30), ("threads", 2),
                        ("follow", 2000)]:
        parser.add_argument("--" + name, type=int, default=usual)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    with open(options.series) as file:
        next(file)
        values = numpy.array([float(line.rsplit(",", 1)[1]) for line in file], dtype=numpy.float32)
    learned = values[:int(0.7 * len(values))]
    series = torch.tensor((values - learned.mean()) / learned.std())
    windows = series.unfold(0, options.window, 1)
    training = windows[:len(learned) - options.window + 1:options.stride].contiguous()
    model = Model(options.window, options.hidden, options.latent)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, eps=1e-7)

    start = time.perf_counter()
    for _ in range(options.epochs):
        for batch in torch.randperm(len(training)).split(256):
            optimizer.zero_grad(set_to_none=True)
            model.loss(training[batch]).backward()
            optimizer.step()
    trained = time.perf_counter() - start

    noise = torch.randn(SAMPLES, options.latent)
    with torch.inference_mode():
        rates = []
        for size in (32, 256, 1024):
            start = time.perf_counter()
            for batch in windows.split(size):
                model.scores(batch.contiguous(), noise)
            rates.append(len(windows) / (time.perf_counter() - start))
        times = []
        for row in range(min(options.follow, len(windows))):
            start = time.perf_counter()
            float(model.scores(windows[row:row + 1].contiguous(), noise))
            times.append(1000 * (time.perf_counter() - start))
    print(json.dumps({
        "training": trained, "rows": max(rates), "median": numpy.median(times), "late": numpy.quantile(times, 0.99)}))


if __name__ == "__main__":
    main()
