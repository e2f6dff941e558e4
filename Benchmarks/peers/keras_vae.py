"""The model lstm that vae-train trains, in Keras 3 on TensorFlow; torch_vae.py says what it is.

The layers and Adam are Keras's own. The images are tensors in memory.
"""

import os

import numpy

import common


def parse():
    parser = common.parser(__doc__)
    parser.add_argument("--jit", choices=["yes", "no"], default="no", help="compile with XLA (default: no)")
    parser.add_argument("--unroll", choices=["yes", "no"], help="the LSTM's time steps (default: yes without XLA)")
    parser.add_argument("--loop", choices=["function", "epoch", "fit"], default="function",
                        help="function: a step is a compiled function; epoch: an epoch is; fit: Keras's own loop on"
                        " arrays (default: function)")
    parser.add_argument("--onednn", choices=["yes", "no"], default="yes", help="TensorFlow's use of oneDNN")
    parser.add_argument("--inter-op", type=common.whole_number, default=1, help="operations at a time (default: 1)")
    common.add_precision_option(parser)
    common.add_allocator_option(parser, "keep")
    options = common.parse(parser)
    options.unroll = options.unroll or {"yes": "no", "no": "yes"}[options.jit]
    return options


def set_up(options):
    """What must be set before TensorFlow is loaded."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1" if options.onednn == "yes" else "0"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if options.allocator == "keep":
        common.keep_freed_memory()


OPTIONS = parse()
set_up(OPTIONS)

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers, ops  # noqa: E402


class VAE(keras.Model):
    def __init__(self, hidden, latent, unroll):
        super().__init__(dtype="float32")  # what is around the layers; they have types of their own
        self.encoder = layers.LSTM(hidden, unroll=unroll)
        self.mean = layers.Dense(latent)
        self.log_variance = layers.Dense(latent)
        self.decoder = keras.Sequential([layers.Dense(hidden, activation="relu"), layers.Dense(common.PIXELS)])
        self.noise = keras.random.SeedGenerator(1)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, x):
        """The mean loss of a batch, [B, 784]."""
        h = self.encoder(ops.reshape(x, (-1, common.ROWS, common.COLUMNS)))
        mean, log_variance = ops.cast(self.mean(h), "float32"), ops.cast(self.log_variance(h), "float32")
        z = mean + ops.exp(log_variance / 2) * keras.random.normal(ops.shape(mean), seed=self.noise)
        logits = ops.cast(self.decoder(z), "float32")
        reconstruction = ops.sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits))
        kl = -0.5 * ops.sum(1 + log_variance - ops.square(mean) - ops.exp(log_variance))
        return (reconstruction + kl) / ops.cast(ops.shape(x)[0], "float32")

    def step(self, x):
        """Trains on a batch; its summed loss."""
        with tf.GradientTape() as tape:
            loss = self(x, training=True)
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss * tf.cast(tf.shape(x)[0], tf.float32)

    def train_step(self, data):
        x = keras.utils.unpack_x_y_sample_weight(data)[0]
        count = tf.cast(tf.shape(x)[0], tf.float32)
        self.loss_tracker.update_state(self.step(x) / count, sample_weight=count)
        return {"loss": self.loss_tracker.result()}

    def test_step(self, data):
        x = keras.utils.unpack_x_y_sample_weight(data)[0]
        self.loss_tracker.update_state(self(x), sample_weight=tf.cast(tf.shape(x)[0], tf.float32))
        return {"loss": self.loss_tracker.result()}


def fit_loops(model, training, validation, size):
    """An epoch of training and one of validation by Keras's own loops."""
    def train():
        history = model.fit(training, batch_size=size, shuffle=True, verbose=0)
        return float(history.history["loss"][0])

    def validate():
        return float(model.evaluate(validation, batch_size=size, verbose=0, return_dict=True)["loss"])

    return train, validate


def function_loops(model, training, validation, size, whole_epoch):
    """An epoch of training and one of validation by compiled functions that take their batch from the images."""
    jit = OPTIONS.jit == "yes"
    images = tf.constant(training)
    chunks = [tf.constant(validation[start:start + size]) for start in range(0, len(validation), size)]
    generator = numpy.random.default_rng(1)

    @tf.function(jit_compile=jit)
    def train_step(batch):
        return model.step(tf.gather(images, batch))

    @tf.function(jit_compile=jit)
    def train_steps(batches):
        total = tf.zeros(())
        for i in tf.range(tf.shape(batches)[0]):
            total += model.step(tf.gather(images, batches[i]))
        return total

    @tf.function(jit_compile=jit)
    def summed_loss(chunk):
        return model(chunk) * tf.cast(tf.shape(chunk)[0], tf.float32)

    def train():
        order = generator.permutation(len(training)).astype(numpy.int32)
        whole = len(order) // size * size
        batches = tf.constant(order[:whole].reshape(-1, size))
        losses = [train_steps(batches)] if whole_epoch and whole else [train_step(batch) for batch in batches]
        if whole < len(order):
            losses.append(train_step(tf.constant(order[whole:])))
        return float(tf.add_n(losses)) / len(order)

    def validate():
        return float(tf.add_n([summed_loss(chunk) for chunk in chunks])) / len(validation)

    return train, validate


def main():
    tf.config.threading.set_intra_op_parallelism_threads(OPTIONS.threads)
    tf.config.threading.set_inter_op_parallelism_threads(OPTIONS.inter_op)
    keras.utils.set_random_seed(1)
    if OPTIONS.precision == "bfloat16":
        keras.mixed_precision.set_dtype_policy("mixed_bfloat16")
    training, validation = common.load(OPTIONS)
    model = VAE(OPTIONS.hidden_size, OPTIONS.latent_size, unroll=OPTIONS.unroll == "yes")
    optimizer = keras.optimizers.Adam(common.LEARNING_RATE, epsilon=common.EPSILON)
    model.compile(optimizer=optimizer, jit_compile=OPTIONS.jit == "yes")
    model(training[:1])
    optimizer.build(model.trainable_variables)
    if OPTIONS.loop == "fit":
        train, validate = fit_loops(model, training, validation, OPTIONS.batch_size)
    else:
        train, validate = function_loops(model, training, validation, OPTIONS.batch_size, OPTIONS.loop == "epoch")
    header = {"keras": keras.__version__, "tensorflow": tf.__version__, "jit": OPTIONS.jit,
              "unroll": OPTIONS.unroll, "loop": OPTIONS.loop, "onednn": OPTIONS.onednn, "inter_op": OPTIONS.inter_op,
              "precision": OPTIONS.precision, "allocator": OPTIONS.allocator}
    common.report(OPTIONS, header, training, validation, train, validate)


if __name__ == "__main__":
    main()
