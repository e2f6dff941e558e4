"""The model lstm that vae-train trains, in JAX; torch_vae.py says what it is.

Everything is plain JAX, compiled by XLA: the layers, Adam and the loop. The images stay on the device.
"""

import os
from functools import partial

import numpy

import common


def parse():
    parser = common.parser(__doc__)
    parser.add_argument("--lstm", choices=["scan", "derived"], default="derived",
                        help="scan: JAX derives the backward pass; derived: it is written out (default: derived)")
    parser.add_argument("--unroll", type=common.whole_number, default=1, help="time steps in a turn of the LSTM's loop")
    parser.add_argument("--loop", choices=["epoch", "step"], default="epoch", help="what is compiled as a whole")
    parser.add_argument("--xla-flags", default="", help="for XLA_FLAGS")
    common.add_precision_option(parser)
    common.add_allocator_option(parser, "default")
    return common.parse(parser)


def set_up(options):
    """What must be set before JAX is loaded. XLA takes the size of its pool of threads from PJRT_NPROC."""
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["PJRT_NPROC"] = os.environ["NPROC"] = str(options.threads)
    os.environ["XLA_FLAGS"] = options.xla_flags
    if hasattr(os, "sched_setaffinity"):  # other threads of XLA also compute: these are all kept on so many processors
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, processors[-options.threads:])
    if options.allocator == "keep":
        common.keep_freed_memory()


OPTIONS = parse()
set_up(OPTIONS)

import jax  # noqa: E402
from jax import lax, numpy as jnp  # noqa: E402


def glorot(key, rows, columns):
    limit = (6 / (rows + columns)) ** 0.5
    return jax.random.uniform(key, (rows, columns), minval=-limit, maxval=limit)


def dense_parameters(key, inputs, outputs):
    return {"kernel": glorot(key, inputs, outputs), "bias": jnp.zeros(outputs)}


def initial_parameters(key, hidden, latent):
    keys = jax.random.split(key, 6)
    kernel = glorot(keys[0], common.COLUMNS, 4 * hidden)
    recurrent = jnp.linalg.qr(jax.random.normal(keys[1], (4 * hidden, hidden)))[0].T
    return {
        # The weights of inputs and hidden state are one matrix. The forget gate's bias is 1, as in Keras and vae-train.
        "lstm": {"kernel": jnp.concatenate([kernel, recurrent]),
                 "bias": jnp.zeros(4 * hidden).at[hidden:2 * hidden].set(1)},
        "mean": dense_parameters(keys[2], hidden, latent),
        "log_variance": dense_parameters(keys[3], hidden, latent),
        "decoder": dense_parameters(keys[4], latent, hidden),
        "output": dense_parameters(keys[5], hidden, common.PIXELS),
    }


def factor(x):
    """A factor of a product, in the type that products are computed in. What a loop multiplies by is rounded ahead of it."""
    return x.astype(jnp.bfloat16) if OPTIONS.precision == "bfloat16" else x


def product(x, y):
    """x y, with float32 sums."""
    return jnp.matmul(factor(x), factor(y), preferred_element_type=jnp.float32)


def dense(parameters, x):
    return product(x, parameters["kernel"]) + parameters["bias"]


def cell(gates, c):
    """A step of an LSTM from its summed gates, [B, 4H], and the cell state: the new states and the gates."""
    i, f, g, o = jnp.split(gates, 4, axis=-1)
    i, f, g, o = jax.nn.sigmoid(i), jax.nn.sigmoid(f), jnp.tanh(g), jax.nn.sigmoid(o)
    c = f * c + i * g
    return o * jnp.tanh(c), c, (i, f, g, o)


def scan(unroll, weights, rows, keep):
    """An LSTM's last hidden state from rows [T, B, D], and what `keep(joined, c, new c, gates)` returns of each step.

    The weights are [D + H, 4H]: to multiply the rows ahead of the loop would write and read 4H numbers for D.
    """
    hidden = weights["bias"].shape[0] // 4
    weights = {"kernel": factor(weights["kernel"]), "bias": weights["bias"]}

    def step(state, x):
        joined = jnp.concatenate([x, state[0]], axis=-1)
        h, c, gates = cell(dense(weights, joined), state[1])
        return (h, c), keep(joined, state[1], c, gates)

    zeros = jnp.zeros((rows.shape[1], hidden))
    (h, _), kept = lax.scan(step, (zeros, zeros), rows, unroll=unroll)
    return h, kept


def scan_lstm(unroll, weights, rows):
    return scan(unroll, weights, rows, lambda *_: None)[0]


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def derived_lstm(unroll, weights, rows):
    return scan_lstm(unroll, weights, rows)


def derived_lstm_forward(unroll, weights, rows):
    h, kept = scan(unroll, weights, rows, lambda *values: values)
    return h, (weights, kept)


def derived_lstm_backward(unroll, saved, dh):
    """The weights' gradient is one product over all time steps, where JAX's own would add up a product of each."""
    weights, kept = saved
    inputs = weights["kernel"].shape[0] - dh.shape[-1]
    transposed = factor(weights["kernel"][inputs:].T)

    def step(state, kept):
        dh, dc = state
        _, c_before, c, (i, f, g, o) = kept
        t = jnp.tanh(c)
        dc = dc + dh * o * (1 - t * t)
        dgates = jnp.concatenate(
            [dc * g * i * (1 - i), dc * c_before * f * (1 - f), dc * i * (1 - g * g), dh * t * o * (1 - o)], axis=-1)
        return (product(dgates, transposed), dc * f), dgates

    _, dgates = lax.scan(step, (dh, jnp.zeros_like(dh)), kept, reverse=True, unroll=unroll)
    joined, dgates = (x.reshape(-1, x.shape[-1]) for x in (kept[0], dgates))
    rows = jnp.zeros((*kept[0].shape[:2], inputs))  # images have no gradient
    return {"kernel": product(joined.T, dgates), "bias": jnp.sum(dgates, axis=0)}, rows


derived_lstm.defvjp(derived_lstm_forward, derived_lstm_backward)
LSTM = partial({"scan": scan_lstm, "derived": derived_lstm}[OPTIONS.lstm], OPTIONS.unroll)


def objective(parameters, x, key):
    """The mean loss of a batch, [B, 784]."""
    rows = x.reshape(-1, common.ROWS, common.COLUMNS).swapaxes(0, 1)
    h = LSTM(parameters["lstm"], rows)
    mean, log_variance = dense(parameters["mean"], h), dense(parameters["log_variance"], h)
    z = mean + jnp.exp(log_variance / 2) * jax.random.normal(key, mean.shape)
    logits = dense(parameters["output"], jax.nn.relu(dense(parameters["decoder"], z)))
    reconstruction = jnp.sum(jnp.maximum(logits, 0) - logits * x + jnp.log1p(jnp.exp(-jnp.abs(logits))))
    kl = -0.5 * jnp.sum(1 + log_variance - mean * mean - jnp.exp(log_variance))
    return (reconstruction + kl) / len(x)


def adam(parameters, gradients, moments, time):
    """Kingma & Ba 2015 (arXiv:1412.6980), algorithm 1."""
    tree = jax.tree.map
    first = tree(lambda m, g: 0.9 * m + 0.1 * g, moments[0], gradients)
    second = tree(lambda v, g: 0.999 * v + 0.001 * g * g, moments[1], gradients)
    rate = common.LEARNING_RATE * jnp.sqrt(1 - 0.999**time) / (1 - 0.9**time)
    updated = tree(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + common.EPSILON), parameters, first, second)
    return updated, (first, second)


def train_step(state, images, batch):
    """One step with the images that `batch` has the indices of; the new state and the summed loss."""
    parameters, moments, time, key = state
    key, noise = jax.random.split(key)
    loss, gradients = jax.value_and_grad(objective)(parameters, images[batch], noise)
    time = time + 1
    parameters, moments = adam(parameters, gradients, moments, time)
    return (parameters, moments, time, key), loss * len(batch)


@partial(jax.jit, donate_argnums=0)
def train_steps(state, images, batches):
    """A step for each row of `batches`; the new state and the summed loss."""
    state, losses = lax.scan(lambda state, batch: train_step(state, images, batch), state, batches)
    return state, jnp.sum(losses)


@jax.jit
def summed_loss(parameters, images, key):
    return objective(parameters, images, key) * len(images)


def main():
    training, validation = map(jnp.asarray, common.load(OPTIONS))
    size = OPTIONS.batch_size
    whole = len(training) // size * size
    chunks = [validation[start:start + size] for start in range(0, len(validation), size)]
    key, initial, noise = jax.random.split(jax.random.key(1), 3)
    parameters = initial_parameters(initial, OPTIONS.hidden_size, OPTIONS.latent_size)
    zeros = partial(jax.tree.map, jnp.zeros_like)
    state = (parameters, (zeros(parameters), zeros(parameters)), jnp.zeros(()), noise)
    generator = numpy.random.default_rng(1)

    def train():
        nonlocal state
        order = generator.permutation(len(training)).astype(numpy.int32)
        batches = order[:whole].reshape(-1, size)
        parts = [batches] if OPTIONS.loop == "epoch" else list(batches[:, None])
        if whole < len(order):
            parts.append(order[None, whole:])
        total = 0
        for part in parts:
            state, losses = train_steps(state, training, part)
            total += losses
        return float(total) / len(training)

    def validate():
        losses = [summed_loss(state[0], chunk, jax.random.fold_in(key, i)) for i, chunk in enumerate(chunks)]
        return float(sum(losses)) / len(validation)

    header = {"jax": jax.__version__, "lstm": OPTIONS.lstm, "unroll": OPTIONS.unroll, "loop": OPTIONS.loop,
              "precision": OPTIONS.precision, "allocator": OPTIONS.allocator, "flags": OPTIONS.xla_flags}
    common.report(OPTIONS, header, training, validation, train, validate)


if __name__ == "__main__":
    main()
