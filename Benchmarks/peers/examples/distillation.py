"""The twin of Examples/distillation in PyTorch."""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


class Network(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(32, hidden_size), nn.ReLU(), nn.Linear(hidden_size, hidden_size), nn.ReLU())
        self.head = nn.Linear(hidden_size, 10)

    @torch.no_grad()
    def accuracy(self, data):
        x, y = data.tensors
        return (self.head(self.body(x)).argmax(dim=1) == y).float().mean().item()


map_in, map_out = torch.randn(32, 8), torch.randn(8, 10)


def examples(count):
    x = torch.randn(count, 32)
    return TensorDataset(x, ((x @ map_in).tanh() @ map_out).argmax(dim=1))


quick = "--quick" in sys.argv
training, test = examples(512 if quick else 20_000), examples(2000)
loader = DataLoader(training, batch_size=128, shuffle=True)
teacher = Network(512)
optimizer = torch.optim.Adam(teacher.parameters(), lr=1e-3)
for _ in range(1 if quick else 10):
    for x, y in loader:
        loss = F.cross_entropy(teacher.head(teacher.body(x)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

teacher.requires_grad_(False)
student, projection = Network(32), nn.Linear(32, 512)
student_optimizer = torch.optim.Adam(student.parameters(), lr=1e-3)
projection_optimizer = torch.optim.SGD(projection.parameters(), lr=0.05, momentum=0.9)
start, steps = time.perf_counter(), 0
for _ in range(1 if quick else 10):
    for x, y in loader:
        logits = student.head(student.body(x))
        soft = (teacher.head(teacher.body(x)) / 2).softmax(dim=1)
        distance = -(soft * (logits / 2).log_softmax(dim=1)).sum(dim=1).mean()
        loss = 4 * distance + 0.5 * F.cross_entropy(logits, y)
        student_optimizer.zero_grad()
        loss.backward()
        student_optimizer.step()
        with torch.no_grad():
            hidden, wanted = student.body(x), teacher.body(x)
        hidden_loss = (projection(hidden) - wanted).square().mean()
        projection_optimizer.zero_grad()
        hidden_loss.backward()
        projection_optimizer.step()
        steps += 1
print((time.perf_counter() - start) / steps, "seconds a step")
print(f"right: the teacher {teacher.accuracy(test)}, the student {student.accuracy(test)}")
