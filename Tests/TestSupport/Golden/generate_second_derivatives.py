"""Second derivatives in float64: the gradient of a gradient penalty by PyTorch, and a Hessian-vector product by JAX.

`torch_penalty`: a critic of dense layers at points `x` [B, D]; `penalty` is the mean of (norm of its slope - 1)^2, `grad.NAME` the
penalty's gradient for each weight `weight.NAME`.
`jax_hessian`: an LSTM autoencoder with a variational bottleneck at `x` [B, T, D] with `noise` [B, Z]; `loss`, `grad.NAME`, and
`product.NAME`, the Hessian times `direction.NAME`, for each weight.

usage: pip install torch==2.13.0 jax safetensors numpy; python generate_second_derivatives.py OUT_DIR
"""
import os, sys
import jax
import jax.numpy as jnp
import numpy as np
import torch
from safetensors.numpy import save_file

jax.config.update("jax_enable_x64", True)
out = sys.argv[1]
random = np.random.default_rng(7)


def weights(shapes):
    return {name: 0.5 * random.standard_normal(shape) for name, shape in shapes.items()}


def save(name, tensors):
    save_file({k: np.ascontiguousarray(v, dtype=np.float64) for k, v in tensors.items()}, os.path.join(out, f"{name}.safetensors"))


# Gulrajani et al. 2017, "Improved training of Wasserstein GANs"
w = weights({"0.kernel": (6, 8), "0.bias": 8, "1.kernel": (8, 7), "1.bias": 7, "2.kernel": (7, 1), "2.bias": 1})
x = random.standard_normal((5, 6))
p = {k: torch.tensor(v, requires_grad=True) for k, v in w.items()}
at = torch.tensor(x, requires_grad=True)
hidden = torch.nn.functional.leaky_relu(at @ p["0.kernel"] + p["0.bias"], 0.2)
hidden = torch.tanh(hidden @ p["1.kernel"] + p["1.bias"])
score = hidden @ p["2.kernel"] + p["2.bias"]
slope, = torch.autograd.grad(score.sum(), at, create_graph=True)
penalty = ((slope.norm(dim=1) - 1) ** 2).mean()
penalty.backward()
save("torch_penalty", {"x": x, "penalty": np.array([penalty.item()])}
     | {f"weight.{k}": v for k, v in w.items()}
     | {f"grad.{k}": np.zeros_like(w[k]) if v.grad is None else v.grad.numpy() for k, v in p.items()})

B, T, D, H, Z = 3, 4, 3, 5, 2
w = weights({
    "encoder.kernel": (D, 4 * H), "encoder.recurrentKernel": (H, 4 * H), "encoder.bias": 4 * H, "mean.kernel": (H, Z), "mean.bias": Z,
    "logVariance.kernel": (H, Z), "logVariance.bias": Z, "hidden.kernel": (Z, H), "hidden.bias": H, "output.kernel": (H, T * D),
    "output.bias": T * D})
x, noise = random.uniform(size=(B, T, D)), random.standard_normal((B, Z))


def loss(w):
    h = c = jnp.zeros((B, H))
    for t in range(T):
        i, f, g, o = jnp.split(x[:, t] @ w["encoder.kernel"] + h @ w["encoder.recurrentKernel"] + w["encoder.bias"], 4, axis=1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
    mean = h @ w["mean.kernel"] + w["mean.bias"]
    log_variance = h @ w["logVariance.kernel"] + w["logVariance.bias"]
    z = mean + jnp.exp(0.5 * log_variance) * noise
    logits = jax.nn.softplus(z @ w["hidden.kernel"] + w["hidden.bias"]) @ w["output.kernel"] + w["output.bias"]
    y = x.reshape(B, T * D)
    reconstruction = (jnp.maximum(logits, 0) - logits * y + jnp.log1p(jnp.exp(-jnp.abs(logits)))).sum() / B
    return reconstruction - 0.5 * (1 + log_variance - mean**2 - jnp.exp(log_variance)).sum() / B


direction = {k: random.standard_normal(v.shape) for k, v in w.items()}
gradient, product = jax.jvp(jax.grad(loss), (w,), (direction,))
save("jax_hessian", {"x": x, "noise": noise, "loss": np.array([loss(w)])}
     | {f"{kind}.{k}": v for kind, all in [("weight", w), ("direction", direction), ("grad", gradient), ("product", product)]
        for k, v in all.items()})
