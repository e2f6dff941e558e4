"""The twin of Examples/vq-vae in PyTorch."""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


class VQVAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 32, 4, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(32, 16, 4, stride=2, padding=1))
        self.book = nn.Embedding(64, 16)
        nn.init.uniform_(self.book.weight, -0.05, 0.05)
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(16, 32, 4, stride=2, padding=1), nn.ReLU(),
            nn.ConvTranspose2d(32, 1, 4, stride=2, padding=1))

    def codes(self, z):
        book = self.book.weight
        return (book.square().sum(dim=1) - 2 * z @ book.T).argmin(dim=1)

    def forward(self, x):
        z = self.encoder(x).permute(0, 2, 3, 1).reshape(-1, 16)
        codes = self.codes(z.detach())
        nearest = self.book(codes)
        miss = (z.detach() - nearest).square().mean() + 0.25 * (z - nearest.detach()).square().mean()
        straight = z + (nearest - z).detach()
        return self.decoder(straight.reshape(len(x), 7, 7, 16).permute(0, 3, 1, 2)), miss, codes


def discs(count):
    place = torch.arange(28)
    def number(low, high):
        return low + (high - low) * torch.rand(count, 1, 1)
    dy, dx = place.reshape(1, 28, 1) - number(6, 22), place.reshape(1, 1, 28) - number(6, 22)
    return (number(3, 8).square() > dy.square() + dx.square()).float().reshape(count, 1, 28, 28)


quick = "--quick" in sys.argv
images = discs(128 if quick else 8192)
loader = DataLoader(TensorDataset(images), batch_size=64, shuffle=True)
model = VQVAE()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
start, steps = time.perf_counter(), 0
for epoch in range(1 if quick else 5):
    for (x,) in loader:
        logits, miss, _ = model(x)
        loss = F.binary_cross_entropy_with_logits(logits, x) + miss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps += 1
    print(f"epoch {epoch + 1}: loss {loss.item()}")
print((time.perf_counter() - start) / steps, "seconds a step")

with torch.no_grad():
    logits, _, codes = model(images[:100])
wrong = ((logits > 0).float() - images[:100]).abs().mean()
print(f"{100 * wrong}% of the pixels are wrong; {len(set(codes.tolist()))} of 64 codes are in use")
