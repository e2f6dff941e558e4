"""The twin of Examples/flow in PyTorch."""
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


class MaskedNetwork(nn.Module):
    def __init__(self, size, hidden_size):
        super().__init__()
        inputs = torch.arange(size) + 1
        hidden = torch.floor(torch.arange(hidden_size) * ((size - 1) / hidden_size)) + 1
        degrees = [inputs, hidden, hidden, torch.cat([inputs, inputs])]
        self.layers = nn.ModuleList(
            nn.Linear(len(below), len(above)) for below, above in zip(degrees, degrees[1:]))
        for place, (below, above) in enumerate(zip(degrees, degrees[1:])):
            mask = below < above[:, None] if place == 2 else below <= above[:, None]
            self.register_buffer(f"mask{place}", mask.float())

    def forward(self, x):
        for place, layer in enumerate(self.layers):
            x = F.linear(x, layer.weight * getattr(self, f"mask{place}"), layer.bias)
            if place < 2:
                x = x.tanh()
        return x


class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps = nn.ModuleList(MaskedNetwork(2, 64) for _ in range(5))

    def negative_log_likelihood(self, x):
        u, log_scale = x, 0
        for step in self.steps:
            shift, log = step(u).split([2, 2], dim=1)
            log = log.tanh()
            u = ((u - shift) * (-log).exp()).flip(1)
            log_scale = log_scale + log.sum(dim=1)
        return log_scale + (0.5 * u.square() + 0.5 * math.log(2 * math.pi)).sum(dim=1)


def moons(count):
    angle = math.pi * torch.rand(count)
    lower = torch.rand(count) < 0.5
    x = torch.where(lower, 1 - angle.cos(), angle.cos())
    y = torch.where(lower, 0.5 - angle.sin(), angle.sin())
    return torch.stack([x, y], dim=1) + 0.05 * torch.randn(count, 2)


quick = "--quick" in sys.argv
loader = DataLoader(TensorDataset(moons(512 if quick else 25_600)), batch_size=256, shuffle=True)
flow = Flow()
optimizer = torch.optim.Adam(flow.parameters(), lr=2e-3)
start, steps = time.perf_counter(), 0
for epoch in range(1 if quick else 30):
    for (x,) in loader:
        loss = flow.negative_log_likelihood(x).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps += 1
    print(f"epoch {epoch + 1}: loss {loss.item()}")
print((time.perf_counter() - start) / steps, "seconds a step")
with torch.no_grad():
    print(f"{flow.negative_log_likelihood(moons(2000)).mean()} nats a point that is new; a Gaussian needs 2.2")
