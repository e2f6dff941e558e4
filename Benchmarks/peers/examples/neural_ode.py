"""The twin of Examples/neural-ode in PyTorch."""
import sys
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class NeuralODE(nn.Module):
    def __init__(self):
        super().__init__()
        self.slope = nn.Sequential(nn.Linear(2, 50), nn.Tanh(), nn.Linear(50, 2))

    def forward(self, x, steps, h):
        path = []
        for _ in range(steps):
            k1 = self.slope(x ** 3)
            k2 = self.slope((x + h / 2 * k1) ** 3)
            k3 = self.slope((x + h / 2 * k2) ** 3)
            k4 = self.slope((x + h * k3) ** 3)
            x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            path.append(x)
        return torch.stack(path, dim=1)


class PeepholeLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.gates = nn.Linear(2 + 32, 4 * 32)
        self.peepholes = nn.Parameter(torch.zeros(3, 32))
        self.output = nn.Linear(32, 2)

    def forward(self, x):
        h = c = torch.zeros(len(x), 32)
        outputs = []
        for step in x.unbind(1):
            a, b, g, o = self.gates(torch.cat([step, h], dim=1)).chunk(4, dim=1)
            entry = (a + self.peepholes[0] * c).sigmoid()
            forget = (b + self.peepholes[1] * c).sigmoid()
            c = forget * c + entry * g.tanh()
            h = (o + self.peepholes[2] * c).sigmoid() * c.tanh()
            outputs.append(h)
        return x + self.output(torch.stack(outputs, dim=1))


quick, count = "--quick" in sys.argv, 1000
matrix = torch.tensor([[-0.1, 2], [-2, -0.1]])
point, points = torch.tensor([[2.0, 0.0]]), []
for _ in range(count):
    points.append(point)
    for _ in range(25):
        point = point + 0.001 * (point ** 3) @ matrix
spiral = torch.cat(points)
pieces = torch.stack([spiral[start:start + 11] for start in range(count - 11)])
loader = DataLoader(TensorDataset(pieces), batch_size=64, shuffle=True)


def train(model, loss_of):
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    start, steps = time.perf_counter(), 0
    for _ in range(1 if quick else 60):
        for (x,) in loader:
            loss = loss_of(x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            steps += 1
    print(f"{type(model).__name__}: squared error {loss.item()};", (time.perf_counter() - start) / steps, "seconds a step")


ode, lstm = NeuralODE(), PeepholeLSTM()
train(ode, lambda x: (ode(x[:, 0], 10, 0.025) - x[:, 1:]).square().mean())
train(lstm, lambda x: (lstm(x[:, :10]) - x[:, 1:]).square().mean())
with torch.no_grad():
    path = ode(spiral[:1], count - 1, 0.025)[0]
print("the whole spiral from its first point, mean distance", (path - spiral[1:]).norm(dim=1).mean().item())
