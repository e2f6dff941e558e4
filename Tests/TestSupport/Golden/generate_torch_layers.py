"""Golden values for attention, blocks of Transformers, convolutions and reparametrised layers, computed by PyTorch in float64.

Each file holds what goes in (`x`, `context`, ...), `weight.PATH` under this project's paths and in its layouts, `y`, `upstream`, and the
gradients of sum(upstream * y): `grad.x`, `grad.PATH`. Images are [B, height, width, C], kernels [height, width, C / groups, O], dense
kernels [I, O].

usage: pip install torch==2.13.0 safetensors numpy; python generate_torch_layers.py OUT_DIR [--seed N]
"""
import argparse, os
import numpy as np
import torch
from torch import nn
from safetensors.numpy import save_file

ap = argparse.ArgumentParser()
ap.add_argument("out"); ap.add_argument("--seed", type=int, default=0)
args = ap.parse_args()
torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(args.seed)
os.makedirs(args.out, exist_ok=True)
n = lambda *s, scale=1.0: torch.tensor(rng.standard_normal(s) * scale)

dense = lambda w: w.t()
same = lambda w: w
last = lambda w: w.movedim((0, 1), (-1, -2))  # [O, C, ...] -> [..., C, O]
back = lambda x: x.movedim(1, -1)             # channels to the end
front = lambda x: x.movedim(-1, 1)


def attention(name, m):
    """(path, parameter, rows of it, layout)"""
    D, parts = m.embed_dim, []
    for place, part in enumerate(["query", "key", "value"]):
        rows = slice(place * D, (place + 1) * D)
        if m.in_proj_weight is None: parts.append((f"{name}{part}.kernel", [m.q_proj_weight, m.k_proj_weight, m.v_proj_weight][place], slice(None), dense))
        else: parts.append((f"{name}{part}.kernel", m.in_proj_weight, rows, dense))
        if m.in_proj_bias is not None: parts.append((f"{name}{part}.bias", m.in_proj_bias, rows, same))
    parts.append((f"{name}output.kernel", m.out_proj.weight, slice(None), dense))
    if m.out_proj.bias is not None: parts.append((f"{name}output.bias", m.out_proj.bias, slice(None), same))
    return parts


def layer(name, m, layout, gamma="kernel", beta="bias"):
    parts = [(name + gamma, m.weight, slice(None), layout)]
    return parts + ([(name + beta, m.bias, slice(None), same)] if m.bias is not None else [])


norm = lambda name, m: layer(name, m, same, "gamma", "beta")


def case(name, model, parts, inputs, run, constants={}, after=dict, **metadata):
    with torch.no_grad():
        for p in model.parameters(): p.copy_(p + n(*p.shape, scale=0.3))
    for x in inputs.values(): x.requires_grad_()
    y = run(**inputs)
    up = n(*y.shape)
    (y * up).sum().backward()
    T = {"y": y, "upstream": up} | inputs | constants | after()
    for key, x in inputs.items(): T["grad." + key] = x.grad
    for path, p, rows, layout in parts: T["weight." + path], T["grad." + path] = layout(p[rows]), layout(p.grad[rows])
    save_file({key: np.ascontiguousarray(v.detach().double().numpy()) for key, v in T.items()}, os.path.join(args.out, name + ".safetensors"),
              metadata={"torch": torch.__version__} | {k: str(v) for k, v in metadata.items()})


beyond = lambda lengths, size: torch.arange(size)[None] >= torch.tensor(lengths)[:, None]
later = lambda size: torch.triu(torch.full((size, size), -torch.inf), diagonal=1)
B, T, S, D, C, H = 3, 5, 4, 6, 5, 7

# Attention to a context of another size: numbers added to the scores, and ends of sequences.
m = nn.MultiheadAttention(D, 2, kdim=C, vdim=C, batch_first=True)
added = n(T, S)
case("torch_attention", m, attention("", m), {"x": n(B, T, D), "context": n(B, S, C), "others": n(B, S, C)},
     lambda x, context, others: m(x, context, others, attn_mask=added, key_padding_mask=torch.zeros(B, S).masked_fill(beyond([4, 2, 1], S), -torch.inf))[0],
     {"added": added}, lengths="4,2,1")

for name, first, activation in [("post", False, "relu"), ("pre", True, "gelu")]:
    m = nn.TransformerEncoderLayer(D, 2, H, dropout=0.0, activation=activation, norm_first=first, batch_first=True, bias=not first)
    parts = attention("attention.", m.self_attn) + layer("feedForward.hidden.", m.linear1, dense) + layer("feedForward.output.", m.linear2, dense)
    parts += norm("attentionNorm.", m.norm1) + norm("feedForwardNorm.", m.norm2)
    case("torch_transformer_encoder_" + name, m, parts, {"x": n(B, T, D)},
         lambda x: m(x, src_mask=later(T) if first else None, src_key_padding_mask=torch.zeros(B, T).masked_fill(beyond([5, 1, 3], T), -torch.inf)), lengths="5,1,3")
    m = nn.TransformerDecoderLayer(D, 2, H, dropout=0.0, activation=activation, norm_first=first, batch_first=True)
    parts = attention("attention.", m.self_attn) + attention("contextAttention.", m.multihead_attn)
    parts += layer("feedForward.hidden.", m.linear1, dense) + layer("feedForward.output.", m.linear2, dense)
    parts += norm("attentionNorm.", m.norm1) + norm("contextNorm.", m.norm2) + norm("feedForwardNorm.", m.norm3)
    case("torch_transformer_decoder_" + name, m, parts, {"x": n(B, T, D), "context": n(B, S, D)},
         lambda x, context: m(x, context, tgt_mask=later(T), memory_key_padding_mask=torch.zeros(B, S).masked_fill(beyond([2, 4, 3], S), -torch.inf)), contextLengths="2,4,3")


def convolution(name, m, shape, layout=last, prepared=same, metadata={}):
    case(name, m, layer("", m, layout), {"x": n(*shape)}, lambda x: back(m(front(prepared(x)))), **metadata)


convolution("torch_conv1d_dilated", nn.Conv1d(4, 6, 3, stride=2, padding=3, dilation=2, groups=2), (2, 9, 4))
convolution("torch_conv2d_dilated", nn.Conv2d(3, 4, (3, 2), padding=(2, 1), dilation=(2, 3)), (2, 7, 8, 3))
convolution("torch_conv2d_strided", nn.Conv2d(3, 4, 3, stride=(2, 3), padding=2, dilation=2, bias=False), (2, 7, 8, 3))
convolution("torch_conv2d_grouped", nn.Conv2d(6, 4, 3, stride=2, padding=1, groups=2), (2, 6, 5, 6))
# [C M, 1, ...] -> [..., C, M]
convolution("torch_conv2d_depthwise", nn.Conv2d(3, 6, 3, stride=(1, 2), padding=1, groups=3), (2, 6, 5, 3),
            lambda w: last(w).reshape(3, 3, 3, 2))
convolution("torch_conv2d_transpose", nn.ConvTranspose2d(3, 2, (4, 3), stride=2, padding=1, bias=False), (2, 4, 3, 3), lambda w: w.movedim((1, 0), (-2, -1)))
convolution("torch_conv3d", nn.Conv3d(2, 3, (2, 3, 2), stride=(2, 1, 2), padding=1, dilation=(1, 2, 1)), (2, 5, 6, 4, 2))

# A step of training, in which the singular vectors come nearer; and another gain than the weights' length.
m = nn.utils.parametrizations.spectral_norm(nn.Conv2d(3, 4, (2, 3), padding=1))
w, spectral = m.parametrizations.weight.original, m.parametrizations.weight[0]
# u is of the outputs; v of channels and then pixels, here of pixels and then channels
pixels = lambda v: v.reshape(3, 6).t().reshape(-1)
with torch.no_grad(): spectral._u.copy_(nn.functional.normalize(n(4), dim=0)); spectral._v.copy_(nn.functional.normalize(n(18), dim=0))
before = {"u": spectral._u.clone(), "v": pixels(spectral._v).clone()}
case("torch_spectral_norm", m, [("layer.kernel", w, slice(None), last), ("layer.bias", m.bias, slice(None), same)], {"x": n(2, 4, 5, 3)},
     lambda x: back(m(front(x))), before, lambda: {"next.u": spectral._u, "next.v": pixels(spectral._v)})
m = nn.utils.parametrizations.weight_norm(nn.Linear(4, 3))
gain, w = m.parametrizations.weight.original0, m.parametrizations.weight.original1
case("torch_weight_norm", m, [("layer.kernel", w, slice(None), dense), ("gain", gain, slice(None), lambda g: g[:, 0]), ("layer.bias", m.bias, slice(None), same)],
     {"x": n(2, 4)}, lambda x: m(x))
print(len(os.listdir(args.out)), "files")
