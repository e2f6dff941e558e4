"""What PyTorch makes of infinities and zeros, in float64: values and gradients where a formula meets 0 times infinity.

A case NAME has the operands `NAME.a` and, where there are two, `NAME.b`, its `NAME.upstream`, and the results `NAME.y`,
`NAME.grad.a` and `NAME.grad.b`. CornerTests has the function of each name.

usage: pip install torch==2.13.0 safetensors numpy; python generate_torch_corners.py OUT_DIR
"""
import math, os, sys
import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

torch.set_default_dtype(torch.float64)
inf = math.inf
tensors = {}


def case(name, function, *operands, upstream=1.0):
    operands = [torch.tensor(o, requires_grad=True) for o in operands]
    y = function(*operands)
    up = torch.full_like(y, upstream)
    y.backward(up)
    tensors.update({f"{name}.upstream": up, f"{name}.y": y})
    for letter, operand in zip("ab", operands):
        tensors.update({f"{name}.{letter}": operand, f"{name}.grad.{letter}": operand.grad})


# Masked classes, at the label and elsewhere.
label = torch.tensor([1, 1, 0])
case("crossEntropy", lambda x: F.cross_entropy(x, label), [[1.0, 2.0, -inf], [-inf, 0.5, -inf], [3.0, 1.0, 2.0]])
case("crossEntropy of a masked label", lambda x: F.cross_entropy(x, label[:1]), [[1.0, -inf, 2.0]])
masked = [[1.0, -inf, 2.0], [-inf, -inf, 0.5], [3.0, -1.0, 2.0]]
case("logSumExp", lambda x: x.logsumexp(-1), masked)
case("logSumExp of nothing", lambda x: x.logsumexp(-1), [[-inf, -inf], [0.0, -inf]])
case("logSumExp of infinity", lambda x: x.logsumexp(-1), [[inf, 1.0], [inf, -inf]])
case("softmax", lambda x: x.softmax(-1), masked, upstream=2.0)
case("softmax of nothing", lambda x: x.softmax(-1), [[-inf, -inf], [0.0, -inf]])
case("logSoftmax", lambda x: x.log_softmax(-1), masked, upstream=0.0)

# Logits of certainty. Where the target agrees, PyTorch's formula is 0 times infinity: CornerTests has what is right.
case("binaryCrossEntropy", lambda z: F.binary_cross_entropy_with_logits(z, torch.tensor([[0.0, 0.5, 0.0]]), reduction="sum"),
     [[inf, inf, 2.0]])

# Elements and their derivatives at 0 and at infinity, with and without a gradient from above.
for up in (1.0, 0.0):
    case(f"exp, {up}", torch.exp, [0.0, inf, -inf], upstream=up)
    case(f"log, {up}", torch.log, [0.0, inf], upstream=up)
    case(f"log1p, {up}", torch.log1p, [-1.0, inf], upstream=up)
    case(f"squareRoot, {up}", torch.sqrt, [0.0, inf], upstream=up)
    case(f"abs, {up}", torch.abs, [0.0, inf, -inf], upstream=up)
    case(f"sigmoid, {up}", torch.sigmoid, [inf, -inf], upstream=up)
    case(f"tanh, {up}", torch.tanh, [inf, -inf], upstream=up)
    case(f"softplus, {up}", F.softplus, [inf, -inf], upstream=up)
    case(f"erf, {up}", torch.erf, [inf, -inf], upstream=up)
    case(f"relu, {up}", F.relu, [0.0, inf, -inf], upstream=up)
    case(f"elu, {up}", F.elu, [inf, -inf], upstream=up)
    case(f"leakyRelu, {up}", lambda x: F.leaky_relu(x, 0.2), [inf, -inf], upstream=up)
    case(f"clipped, {up}", lambda x: x.clamp(-1, 1), [inf, -inf, 1.0], upstream=up)
    for exponent in (0.0, 1.0, 3.0, -1.0, 1.5):
        case(f"power {exponent}, {up}", lambda x: x.pow(exponent), [0.0, 2.0, inf], upstream=up)
    pairs = [(a, b) for a in (0.0, 2.0, inf) for b in (0.0, 1.0, 2.0, 0.5, -1.0)]
    case(f"power, {up}", torch.pow, *map(list, zip(*pairs)), upstream=up)
    case(f"maximum, {up}", torch.maximum, [inf, -inf, 0.0], [1.0, 0.0, -inf], upstream=up)
    case(f"minimum, {up}", torch.minimum, [inf, -inf, 0.0], [1.0, 0.0, -inf], upstream=up)
    case(f"/, {up}", torch.div, [inf, -inf, 0.0, 1.0], [1.0, 2.0, -inf, inf], upstream=up)
    case(f"select, {up}", lambda a, b: torch.where(torch.tensor([True, False]), a, b), [inf, -inf], [-inf, inf], upstream=up)
    case(f"max, {up}", lambda x: x.amax(-1), [[-inf, -inf], [inf, 1.0]], upstream=up)
case("absoluteError", lambda x: F.l1_loss(x, torch.tensor([[0.0, 1.0, 1.0]]), reduction="sum"), [[inf, 1.0, -inf]])
case("huber", lambda x: F.huber_loss(x, torch.tensor([[0.0, 1.0, 1.0]]), reduction="sum"), [[inf, 1.0, -inf]])
case("mean of nothing", lambda x: x.mean(-1), np.zeros((2, 0)))
case("variance of one", lambda x: x.var(-1, unbiased=False), [[1.0]])
case("unbiased variance of one", lambda x: x.var(-1, unbiased=True), [[1.0]])
case("standardNormalDivergence", lambda m, v: (-0.5 * (1 + v - m**2 - v.exp())).sum(), [[0.0, inf]], [[-inf, 0.0]])

arrays = {key: np.ascontiguousarray(v.detach().numpy()) for key, v in tensors.items()}
save_file(arrays, os.path.join(sys.argv[1], "torch_corners.safetensors"), metadata={"torch": torch.__version__})
