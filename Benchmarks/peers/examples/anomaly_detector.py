"""The twin of Examples/anomaly-detector in PyTorch."""
import sys
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(1, 32, batch_first=True)
        self.code = nn.Linear(32, 4)
        self.decoder = nn.LSTM(4, 32, batch_first=True)
        self.output = nn.Linear(32, 1)

    def errors(self, x):
        _, (h, _) = self.encoder(x)
        code = self.code(h[0])[:, None].expand(-1, 48, -1)
        return (self.output(self.decoder(code)[0]) - x).square().mean(dim=(1, 2))


def series(count):
    time = torch.arange(count)
    return (0.26 * time).sin() + 0.5 * (0.117 * time).sin() + 0.05 * torch.randn(count)


def windows(series, apart):
    return series.unfold(0, 48, apart)[..., None].contiguous()


quick = "--quick" in sys.argv
usual = windows(series(400 if quick else 16_400), 2)
count = len(usual) * 4 // 5
training, validation = usual[:count], usual[count:]
loader = DataLoader(TensorDataset(training), batch_size=64, shuffle=True)
model = Autoencoder()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
start, steps, best, waited = time.perf_counter(), 0, float("inf"), 0
for epoch in range(1 if quick else 15):
    for (x,) in loader:
        loss = model.errors(x).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps += 1
    with torch.no_grad():
        validation_loss = model.errors(validation).mean().item()
    print(f"epoch {epoch + 1}: loss {loss.item()}, validation {validation_loss}")
    waited = 0 if validation_loss < best else waited + 1
    best = min(best, validation_loss)
    if waited == 5:
        break
print((time.perf_counter() - start) / steps, "seconds a step")

with torch.no_grad():
    known = model.errors(validation).sort().values
    threshold = known[len(known) * 995 // 1000]
    strange = series(2000)
    strange[600] = 3
    strange[1200:1240] = 0
    errors = model.errors(windows(strange, 1))
found = (errors > threshold).nonzero()[:, 0].tolist()
def count(first, last):
    return sum(place < last and place + 48 > first for place in found)
spike, still = count(600, 601), count(1200, 1240)
print(f"{spike} windows with the spike, {still} with the still stretch and {len(found) - spike - still} others are strange")
