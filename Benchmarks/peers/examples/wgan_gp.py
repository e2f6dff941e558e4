"""The twin of Examples/wgan-gp in PyTorch."""
import math
import sys
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def network(inputs, outputs):
    return nn.Sequential(
        nn.Linear(inputs, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, outputs))


class GAN(nn.Module):
    def __init__(self):
        super().__init__()
        self.generator = network(8, 2)
        self.critic = network(2, 1)

    def points(self, count):
        return self.generator(torch.randn(count, 8))


angles = torch.arange(8) * (math.pi / 4)
centres = 2 * torch.stack([angles.cos(), angles.sin()], dim=1)
quick = "--quick" in sys.argv
count = 128 * 500
ring = centres.repeat(count // 8, 1) + 0.1 * torch.randn(count, 2)
loader = DataLoader(TensorDataset(ring[:256] if quick else ring), batch_size=128, shuffle=True)

gan = GAN()
critic_optimizer = torch.optim.Adam(gan.critic.parameters(), lr=5e-4, betas=(0.5, 0.9))
generator_optimizer = torch.optim.Adam(gan.generator.parameters(), lr=5e-4, betas=(0.5, 0.9))
start, steps = time.perf_counter(), 0
for epoch in range(1 if quick else 12):
    for (real,) in loader:
        for _ in range(5):
            fake = gan.points(len(real)).detach()
            between = (fake + torch.rand(len(real), 1) * (real - fake)).requires_grad_()
            slopes, = torch.autograd.grad(gan.critic(between).sum(), between, create_graph=True)
            penalty = ((slopes.square().sum(dim=1) + 1e-12).sqrt() - 1).square().mean()
            loss = gan.critic(fake).mean() - gan.critic(real).mean() + 0.1 * penalty
            critic_optimizer.zero_grad()
            loss.backward()
            critic_optimizer.step()
        generator_loss = -gan.critic(gan.points(len(real))).mean()
        generator_optimizer.zero_grad()
        generator_loss.backward()
        generator_optimizer.step()
        steps += 1
    print(f"epoch {epoch + 1}: critic {loss.item()}")
print((time.perf_counter() - start) / steps, "seconds a step")

with torch.no_grad():
    distances = torch.cdist(gan.points(1000), centres)
near, modes = (distances.min(dim=1).values < 0.4).float().mean(), set(distances.argmin(dim=1).tolist())
print(f"{100 * near}% of the points lie near one of the Gaussians; {len(modes)} of 8 are some point's nearest")
