// Layers' passes: activations, gates, normalisation, losses, the Gaussian, t-SNE.
#include "cross.h"

enum { batch = 5, hidden = 37, time = 4, n = batch * hidden };

#define X(count, low, high) cross_numbers(r, count, low, high)
#define EMIT(name, x, count) cross_emit(r, name, cross_close, x, count)

static void dense(cross_run *r) {
  for (int activation = latent_linear; activation <= latent_tanh; activation++) {
    void *y = X(n, -3, 3), *dx = X(n, 0, 1);
    RUN(bias_activation)(y, X(hidden, -1, 1), batch, hidden, (latent_activation)activation);
    EMIT("bias_activation", y, n);
    RUN(activation_backward)(y, X(n, -1, 1), dx, n, (latent_activation)activation);
    EMIT("activation_backward", dx, n);
  }
}

static void lstm(cross_run *r) {
  for (int has_previous = 0; has_previous < 2; has_previous++) {
    void *gates = X(4 * n, -3, 3), *previous = has_previous ? X(n, -1, 1) : NULL;
    void *cell = X(n, 0, 1), *h = X(n, 0, 1), *dc = X(n, -1, 1), *bias = X(4 * hidden, -1, 1);
    RUN(operands.lstm_gates)(gates, gates, bias, previous, cell, h, hidden, batch, hidden);
    EMIT("lstm_gates", gates, 4 * n);
    void *copy = X(4 * n, 0, 1);
    RUN(operands.lstm_kept_gates)(gates, copy, batch, hidden);
    EMIT("lstm_kept_gates", copy, 4 * n);
    EMIT("lstm_gates", cell, n);
    EMIT("lstm_gates", h, n);
    RUN(operands.lstm_gates_backward)(gates, previous, cell, X(n, -1, 1), dc, bias, batch, hidden);
    EMIT("lstm_gates_backward", gates, 4 * n);
    EMIT("lstm_gates_backward", dc, n);
    EMIT("lstm_gates_backward", bias, 4 * hidden);
  }
}

static void gru(cross_run *r) {
  void *gates = X(3 * n, -3, 3), *inner = X(n, -1, 1), *previous = X(n, -1, 1), *h = X(n, 0, 1), *dh = X(n, -1, 1);
  void *bias = X(6 * hidden, -1, 1), *sums = X(6 * hidden, -1, 1);
  RUN(gru_gates)(gates, inner, bias, previous, h, batch, hidden);
  EMIT("gru_gates", gates, 3 * n);
  EMIT("gru_gates", inner, n);
  EMIT("gru_gates", h, n);
  RUN(gru_gates_backward)(gates, inner, previous, dh, h, sums, batch, hidden);
  EMIT("gru_gates_backward", gates, 3 * n);
  EMIT("gru_gates_backward", inner, n);
  EMIT("gru_gates_backward", h, n);
  EMIT("gru_gates_backward", sums, 6 * hidden);
  gates = X(3 * n, -3, 3);
  RUN(gru_reset)(gates, inner, bias, previous, batch, hidden);
  EMIT("gru_reset", inner, n);
  RUN(gru_output)(gates, bias, previous, h, batch, hidden);
  EMIT("gru_output", gates, 3 * n);
  EMIT("gru_output", h, n);
  RUN(gru_output_backward)(gates, previous, dh, h, sums, batch, hidden);
  EMIT("gru_output_backward", h, n);
  RUN(gru_reset_backward)(gates, previous, X(n, -1, 1), h, sums, batch, hidden);
  EMIT("gru_reset_backward", gates, 3 * n);
  EMIT("gru_reset_backward", h, n);
  EMIT("gru_reset_backward", sums, 3 * hidden);
}

static void sequences(cross_run *r) {
  enum { all = batch * time * hidden };
  size_t order[] = {2, 0, 4, 1, 3}, lengths[] = {4, 4, 3, 2, 1}, start[] = {0, 5, 9, 12, 14};
  void *x = X(all, -1, 1), *y = X(all + batch * hidden, -1, 1), *z = X(all, -1, 1);
#define MOVED(name, x) cross_emit(r, name, cross_same, x, all)
  RUN(operands.to_time_major)(x, y, batch, time, hidden, hidden);
  MOVED("to_time_major", y);
  RUN(operands.to_batch_major)(y, z, batch, time, hidden, hidden);
  MOVED("to_batch_major", z);
  RUN(operands.to_step_rows)(x, y, order, start, time, hidden, hidden);
  MOVED("to_step_rows", y);
  for (int states = 0; states < 2; states++) {
    RUN(operands.from_step_rows)(y, z, order, lengths, start, batch, time, hidden, hidden, states);
    MOVED("from_step_rows", z);
  }
  RUN(reverse_time)(x, z, lengths, batch, time, hidden);
  MOVED("reverse_time", z);
}

static void normalization(cross_run *r) {
  void *x = X(n, -2, 2), *gamma = X(hidden, 0.5, 1.5), *beta = X(hidden, -1, 1), *y = X(n, 0, 1), *dx = X(n, 0, 1);
  void *statistics = X(2 * batch, 0, 1), *dy = X(n, -1, 1), *dgamma = X(hidden, -1, 1), *dbeta = X(hidden, -1, 1);
  void *mean = X(hidden, 0, 1), *variance = X(hidden, 0, 1);
  RUN(layer_norm)(x, gamma, beta, 1e-3, statistics, y, batch, hidden);
  EMIT("layer_norm", statistics, 2 * batch);
  EMIT("layer_norm", y, n);
  RUN(layer_norm_backward)(x, gamma, statistics, dy, dgamma, dbeta, dx, batch, hidden);
  EMIT("layer_norm_backward", dgamma, hidden);
  EMIT("layer_norm_backward", dbeta, hidden);
  EMIT("layer_norm_backward", dx, n);
  double scratch[2 * 512];
  RUN(group_norm)(x, gamma, beta, 1e-3, statistics, y, scratch, 1, batch, hidden, 1);
  EMIT("group_norm", statistics, 2);
  EMIT("group_norm", y, n);
  RUN(group_norm_backward)(x, gamma, statistics, dy, dgamma, dbeta, dx, scratch, 1, batch, hidden, 1);
  EMIT("group_norm_backward", dgamma, hidden);
  EMIT("group_norm_backward", dbeta, hidden);
  EMIT("group_norm_backward", dx, n);
  RUN(column_moments)(x, batch, hidden, mean, variance);
  EMIT("column_moments", mean, hidden);
  EMIT("column_moments", variance, hidden);
  RUN(batch_norm)(x, mean, variance, gamma, beta, 1e-3, y, batch, hidden);
  EMIT("batch_norm", y, n);
  RUN(batch_norm_sums)(x, mean, variance, 1e-3, dy, dgamma, dbeta, batch, hidden);
  EMIT("batch_norm_sums", dgamma, hidden);
  EMIT("batch_norm_sums", dbeta, hidden);
  RUN(batch_norm_backward)(x, mean, variance, gamma, 1e-3, dy, dgamma, dbeta, batch, dx, batch, hidden);
  EMIT("batch_norm_backward", dx, n);
}

static void losses(cross_run *r) {
  void *z = X(n, -5, 5), *p = X(n, 0.01, 0.99), *t = X(n, 0, 1), *d = X(n, 0, 1), *e = X(n, 0, 1), *noise = X(n, -2, 2);
  double sums[] = {
      RUN(bce_logits)(z, t, n), RUN(bce_probabilities)(p, t, n), RUN(squared_error)(z, t, n),
      RUN(kl_standard_normal)(z, p, n),
  };
  // Terms are of the element's precision, and so are the sums.
  void *rounded = X(4, 0, 1);
  RUN(from_double)(sums, rounded, 4);
  EMIT("sums of losses", rounded, 4);
#define GRADIENT(entry, ...)  \
  RUN(entry)(__VA_ARGS__, n); \
  EMIT(#entry, d, n);
  GRADIENT(bce_logits_backward, z, t, 0.1, d)
  GRADIENT(bce_probabilities_backward, p, t, 0.1, d)
  GRADIENT(squared_error_backward, z, t, 0.1, d)
  GRADIENT(gaussian_sample, z, p, noise, d)
  GRADIENT(gaussian_sample_backward, p, noise, z, d)
  GRADIENT(kl_standard_normal_backward, z, p, 0.1, d, e)
  EMIT("kl_standard_normal_backward", e, n);
#undef GRADIENT
  enum { points = 37 };
  void *attraction = X(2 * points, 0, 1), *repulsion = X(2 * points, 0, 1), *weights = X(points, 0, 1);
  uint32_t neighbours[points * points];
  size_t starts[points + 1];
  for (size_t i = 0; i <= points; i++) starts[i] = i * points;
  for (size_t i = 0; i < points * points; i++) neighbours[i] = (uint32_t)(i % points);
  RUN(student_forces)(X(points * points, 0, 0.01), neighbours, starts, X(2 * points, -3, 3), points, 0, points, attraction,
                      repulsion, weights);
  EMIT("student_forces", attraction, 2 * points);
  EMIT("student_forces", repulsion, 2 * points);
  EMIT("student_forces", weights, points);
}

static void gated(cross_run *r) {
  uint32_t seed = r->seed;  // of what follows, whatever else runs here
  void *x = X(n, -4, 4), *y = X(n, -2, 2);
  RUN(silu)(x, y, n);
  EMIT("silu", y, n);
  RUN(gelu)(x, y, n);
  EMIT("gelu", y, n);
  RUN(silu_backward)(x, y, y, n);
  EMIT("silu_backward", y, n);
  RUN(gelu_backward)(x, y, y, n);
  EMIT("gelu_backward", y, n);
  r->seed = seed;
}

void cross_layers(cross_run *r) {
  dense(r);
  lstm(r);
  gru(r);
  sequences(r);
  normalization(r);
  losses(r);
  gated(r);
}
