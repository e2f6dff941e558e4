"""The twin of Examples/logging in PyTorch."""
import csv
import pathlib
import sys
import tempfile
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.tensorboard import SummaryWriter

quick = "--quick" in sys.argv
folder = pathlib.Path(tempfile.gettempdir()) / "torch-logging"
x = torch.randn(500 if quick else 10_000, 8)
y = (x * torch.linspace(-1, 1, 8)).sum(dim=1, keepdim=True).sin() + 0.1 * x[:, :1].square()
count = len(x) * 4 // 5
loader = DataLoader(TensorDataset(x[:count], y[:count]), batch_size=128, shuffle=True)
model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
epochs = 2 if quick else 20
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 20 * len(loader))
writer = SummaryWriter(folder)
writer.add_hparams({"learning_rate": 3e-3}, {})
rows, norms, best, waited = [], [], float("inf"), 0
start = time.perf_counter()
for epoch in range(epochs):
    total = 0
    for a, b in loader:
        loss = (model(a) - b).square().sum(dim=1).mean()
        optimizer.zero_grad()
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(model.parameters(), 1).item())
        optimizer.step()
        schedule.step()
        total += loss.item() * len(a)
        if len(norms) % 10 == 0:
            writer.add_scalar("step/loss", loss.item(), len(norms))
            writer.add_scalar("step/gradient_norm", norms[-1], len(norms))
    with torch.no_grad():
        errors = model(x[count:]) - y[count:]
    largest, validation = errors.abs().max().item(), errors.square().sum(dim=1).mean().item()
    rows.append((epoch + 1, total / count, validation, largest))
    print(f"epoch {epoch + 1}: train_loss {total / count}, validation_loss {validation}, largest_error {largest}")
    writer.add_scalar("loss/train", total / count, len(norms))
    writer.add_scalar("loss/validation", validation, len(norms))
    writer.add_scalar("metrics/largest_error", largest, len(norms))
    for name, parameter in model.named_parameters():
        writer.add_histogram(f"weights/{name}", parameter, len(norms))
    waited = 0 if validation < best else waited + 1
    best = min(best, validation)
    if waited == 5:
        break
print((time.perf_counter() - start) / len(norms), "seconds a step")
writer.close()
with open(folder / "history.csv", "w", newline="") as file:
    csv.writer(file).writerows([("epoch", "train_loss", "validation_loss", "largest_error"), *rows])
print(f"gradients' norms: {min(norms)} to {max(norms)}; the rest is in {folder}: tensorboard --logdir {folder}")
