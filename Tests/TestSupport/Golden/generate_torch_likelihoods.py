"""log p(x) of PyTorch's distributions in float64: the judge of the likelihoods' formulas.

For a likelihood KIND: `KIND.output` [N, P k] (what a decoder gives, the k numbers of an element beside each other), `KIND.x`
[N, P], what it has learned (`KIND.freeLogVariance`, ...) for P / 2 steps of 2 features, and the results `KIND.log_prob` [N, P]
and, where the distribution has one, `KIND.mean`. Numbers go far from the middle.

usage: pip install torch==2.13.0 safetensors numpy; python generate_torch_likelihoods.py OUT_DIR
"""
import math, os, sys
import torch
import torch.distributions as D
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)
N, P = 5, 8
tensors = {}


def case(kind, distribution, x, output, mean=True, **learned):
    """`distribution` is of [N, P] or, of a mixture or category, has its own numbers."""
    log_prob = distribution.log_prob(x)
    assert log_prob.shape == (N, P) and torch.isfinite(log_prob).all(), kind
    tensors.update({f"{kind}.output": output.reshape(N, -1), f"{kind}.x": x, f"{kind}.log_prob": log_prob})
    tensors.update({f"{kind}.{name}": torch.as_tensor(value) for name, value in learned.items()})
    if mean: tensors[f"{kind}.mean"] = distribution.mean.expand(N, P).contiguous()


def wide(*shape): return torch.randn(*shape) * torch.tensor([0.1, 1.0, 5.0, 20.0]).repeat(shape[-1] // 4)
def features(numbers): return torch.tensor(numbers).repeat(P // 2)  # [P]


y, x = wide(N, P), wide(N, P).flip(1)
v1, v2, w = torch.tensor([0.7]), torch.tensor([-1.3, 2.0]), torch.tensor([0.4])
spread = lambda v, least: v.exp() + least

case("gaussian", D.Normal(y.sigmoid(), (0.5 * v1).exp()), x, y, logVariance=v1)
case("gaussian-one", D.Normal(y, spread(v1, 1e-6).sqrt()), x, y, freeLogVariance=v1)
case("gaussian-feature", D.Normal(y, features(spread(v2, 1e-6).tolist()).sqrt()), x, y, freeLogVariance=v2)
# Down to the bound and beyond.
v = torch.linspace(-30, 6, N * P).reshape(N, P)
near = y + x * spread(v, 1e-6).sqrt()
case("gaussian-element", D.Normal(y, spread(v, 1e-6).sqrt()), near, torch.stack([y, v], -1))
case("laplace", D.Laplace(y, features(spread(v2, 1e-3).tolist())), x, y, freeLogScale=v2)
case("student-t", D.StudentT(2 + w.exp(), y, features(spread(v2, 1e-3).tolist())), x, y, freeLogScale=v2, freeLogDegrees=w)

bits = (torch.rand(N, P) < 0.5).double()
case("bce", D.Bernoulli(logits=y, validate_args=False), bits, y)
unit = torch.rand(N, P)
# PyTorch takes a series of two terms between lims: only a point is left of them.
l = wide(N, P)
case("continuous-bernoulli", D.ContinuousBernoulli(logits=l, lims=(0.4999, 0.5001)), unit, l)
rates = wide(N, P).clamp(-20, 9)
case("poisson", D.Poisson(rates.exp()), D.Poisson(rates.exp()).sample(), rates)
logits = torch.randn(N, P, 3) * 5
case("categorical-3", D.Categorical(logits=logits), torch.randint(3, (N, P)).double(), logits, mean=False)


class DiscretizedLogistics:
    """Salimans et al. 2017: differences of the mixture's distribution function at the edges of bytes, which TransformedDistribution
    gives; from the other tail where the first would cancel."""
    def __init__(self, logits, means, scales):
        self.shares, self.means, self.scales = logits.log_softmax(-1), means, scales

    def log_prob(self, x):
        base = D.Uniform(torch.zeros(()), torch.ones(()))
        logistic = D.TransformedDistribution(base, [D.SigmoidTransform().inv], validate_args=False)
        y, half = (2 * x - 1)[..., None], 1 / 255
        high = torch.where(y > 1 - half, torch.inf, (y + half - self.means) / self.scales)
        low = torch.where(y < -1 + half, -torch.inf, (y - half - self.means) / self.scales)
        isAbove = low > 0  # symmetric: P(low < t < high) = P(-high < t < -low)
        a, b = torch.where(isAbove, -low, high), torch.where(isAbove, -high, low)
        # In the tail the distribution function is exp, and may be too small for a number.
        tail = a < -40
        part = torch.where(tail, a + torch.log(-torch.expm1(b - a)), (logistic.cdf(a) - logistic.cdf(b)).log())
        return (self.shares + part).logsumexp(-1)


k = 2
numbers = torch.cat([torch.randn(N, P, k), torch.randn(N, P, k) * 0.7, torch.rand(N, P, k) * 10 - 9], -1)
byte = torch.randint(256, (N, P)).double()
byte[0, :2], byte[1, :2] = torch.tensor([0.0, 255.0]), torch.tensor([1.0, 254.0])
case("discretized-logistic-2", DiscretizedLogistics(numbers[..., :k], numbers[..., k:2 * k], spread(numbers[..., 2 * k:], math.exp(-7))),
     byte / 255, numbers, mean=False)

save_file({name: value.clone().contiguous() for name, value in tensors.items()}, os.path.join(sys.argv[1], "torch_likelihoods.safetensors"),
          metadata={"torch": torch.__version__})
