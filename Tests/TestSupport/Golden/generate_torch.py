"""Golden values for recurrent layers with states and sequences of unequal length, computed by PyTorch in float64.

Weights are stored in the layouts and gate orders of this project, which are Keras's: LSTM kernel [D, 4H], recurrent kernel [H, 4H],
bias [4H], gates i, f, g, o; GRU kernel [D, 3H], recurrent kernel [H, 3H], bias [2, 3H], gates z, r, n. PyTorch has them transposed, the
GRU's gates in the order r, z, n, and a second bias for the LSTM, which is zero here.

usage: pip install torch==2.13.0 safetensors numpy; python generate_torch.py OUT_DIR [--seed N]
"""
import argparse, os
import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from safetensors.numpy import save_file

ap = argparse.ArgumentParser()
ap.add_argument("out"); ap.add_argument("--seed", type=int, default=0)
args = ap.parse_args()
torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(args.seed)
os.makedirs(args.out, exist_ok=True)
n = lambda *s, scale=1.0: torch.tensor(rng.standard_normal(s) * scale)


def columns(weight, gates):
    """[gates H, ...] in PyTorch's order -> [..., gates H] in ours"""
    parts = list(weight.chunk(gates))
    if gates == 3: parts = [parts[1], parts[0], parts[2]]
    return torch.cat(parts).t()


def case(name, kind, batch, time, inputs, hidden, lengths, layers=1, bidirectional=False):
    gates = {"LSTM": 4, "GRU": 3}[kind]
    layer = getattr(torch.nn, kind)(inputs, hidden, num_layers=layers, bidirectional=bidirectional, batch_first=True)
    with torch.no_grad():
        for key, w in layer.named_parameters(): w.copy_(torch.zeros_like(w) if kind == "LSTM" and "bias_hh" in key else n(*w.shape, scale=0.4))
    directions = 2 if bidirectional else 1
    x = n(batch, time, inputs).requires_grad_()
    first = [n(layers * directions, batch, hidden).requires_grad_() for _ in range(2 if kind == "LSTM" else 1)]
    packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    output, last = layer(packed, tuple(first) if kind == "LSTM" else first[0])
    y, _ = pad_packed_sequence(output, batch_first=True, total_length=time)
    last = list(last) if kind == "LSTM" else [last]
    up = [n(*v.shape) for v in [y] + last]
    sum((v * u).sum() for v, u in zip([y] + last, up)).backward()

    T = {"x": x, "y": y, "upstream": up[0], "grad.x": x.grad}
    parts = [(k, d) for k in range(layers) for d in range(directions)]
    for place, (k, d) in enumerate(parts):
        prefix = ["forward.", "backward."][d] if bidirectional else f"{k}." if layers > 1 else ""
        suffix = f"_l{k}" + ("_reverse" if d else "")
        for grad in (False, True):
            w = {key: p.grad if grad else p for key, p in layer.named_parameters()}
            into = lambda key, value: T.__setitem__(("grad." if grad else "weight.") + prefix + key, value)
            into("kernel", columns(w["weight_ih" + suffix], gates)); into("recurrent_kernel", columns(w["weight_hh" + suffix], gates))
            biases = [columns(w[b + suffix], gates) for b in ("bias_ih", "bias_hh")]
            into("bias", torch.stack(biases) if kind == "GRU" else biases[0])
        for letter, before, after, u in zip("hc", first, last, up[1:]):
            T |= {f"{prefix}initial.{letter}": before[place], f"{prefix}final.{letter}": after[place], f"{prefix}upstream.{letter}": u[place], f"{prefix}grad.initial.{letter}": before.grad[place]}
    save_file({key: np.ascontiguousarray(v.detach().numpy()) for key, v in T.items()}, os.path.join(args.out, name + ".safetensors"),
              metadata={"layer": kind, "lengths": ",".join(map(str, lengths)), "layers": str(layers), "bidirectional": str(bidirectional), "torch": torch.__version__})


case("torch_lstm_packed", "LSTM", 5, 6, 3, 4, [4, 6, 1, 6, 3])
case("torch_gru_packed", "GRU", 5, 6, 3, 4, [4, 6, 1, 6, 3])
case("torch_lstm_bidirectional_packed", "LSTM", 4, 5, 3, 4, [2, 5, 1, 4], bidirectional=True)
case("torch_lstm_stacked_packed", "LSTM", 4, 5, 3, 4, [5, 1, 4, 2], layers=2)
print(len(os.listdir(args.out)), "files")
