"""The twin of Examples/transformer in PyTorch."""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


class LanguageModel(nn.Module):
    def __init__(self, characters):
        super().__init__()
        self.embedding = nn.Embedding(characters, 128)
        self.positions = nn.Embedding(64, 128)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(128, 4, 512, 0, "gelu", batch_first=True, norm_first=True) for _ in range(2))
        self.norm = nn.LayerNorm(128)
        self.output = nn.Linear(128, characters)

    def forward(self, numbers):
        places = torch.arange(numbers.shape[1])
        mask = nn.Transformer.generate_square_subsequent_mask(len(places))
        x = self.embedding(numbers) + self.positions(places)
        for block in self.blocks:
            x = block(x, src_mask=mask, is_causal=True)
        return self.output(self.norm(x))


quick = "--quick" in sys.argv
path = next((word for word in sys.argv[1:] if not word.startswith("-")), "/usr/share/common-licenses/GPL-3")
text = open(path).read()
characters = sorted(set(text))
numbers = {character: number for number, character in enumerate(characters)}
codes = torch.tensor([numbers[character] for character in text])
starts = torch.randperm(len(text) - 65)[:32 if quick else 32 * 200]
pieces = torch.stack([codes[start:start + 65] for start in starts])
loader = DataLoader(TensorDataset(pieces), batch_size=32, shuffle=True)

model = LanguageModel(len(characters))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
start, steps = time.perf_counter(), 0
for epoch in range(1 if quick else 3):
    for (batch,) in loader:
        loss = F.cross_entropy(model(batch[:, :64]).flatten(0, 1), batch[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps += 1
    print(f"epoch {epoch + 1}: loss {loss.item()}")
print((time.perf_counter() - start) / steps, "seconds a step")

written = codes[:64]
with torch.no_grad():
    for _ in range(5 if quick else 200):
        logits = model(written[None, -64:])[0, 63]
        written = torch.cat([written, torch.distributions.Categorical(logits=logits).sample()[None]])
print("".join(characters[code] for code in written))
