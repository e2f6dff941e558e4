// The element-wise part of one LSTM time step, forward and backward (Hochreiter & Schmidhuber 1997, with the forget gate
// of Gers et al. 2000; Keras's gate order i, f, g, o, where g is the candidate that Keras calls c):
//
//   i = sigmoid(z_i + b_i)   f = sigmoid(z_f + b_f)   g = tanh(z_g + b_g)   o = sigmoid(z_o + b_o)
//   c = f c' + i g           h = o tanh(c)            (c' is the cell of the step before)
//
// gates [B, 4H] holds z on entry and i, f, g, o on return. cell, previous [B, H]; previous may be null: c' = 0.
// h has rows of h_stride elements, so that it can be written straight into the operand of the next product. Cells and
// the sums of gradients, which are added to at each step, are kept as they are computed with.
//
// What the next product multiplies, h and dz, is written as an OPERAND, which may be narrower than what is STORED: h by
// STORE_OPERAND, and a row of dz, whole, at the place where the row of gates began, by NARROW_ROW.
static void FN(lstm_gates)(void *gatesv, const void *biasv, const void *previousv, void *cellv, void *hv, size_t h_stride,
                           size_t batch, size_t hidden) {
  const REAL *restrict bias = biasv;
  for (size_t b = 0; b < batch; b++) {
    STORED *restrict gi = (STORED *)gatesv + b * 4 * hidden;
    STORED *restrict gf = gi + hidden, *restrict gg = gf + hidden, *restrict go = gg + hidden;
    const REAL *restrict previous = previousv ? (const REAL *)previousv + b * hidden : 0;
    REAL *restrict cell = (REAL *)cellv + b * hidden;
    OPERAND *restrict h = (OPERAND *)hv + b * h_stride;
    if (previous)
      INDEPENDENT
      for (size_t u = 0; u < hidden; u++) {
        REAL i = SIGMOID(LOAD(gi[u]) + bias[u]), f = SIGMOID(LOAD(gf[u]) + bias[hidden + u]);
        REAL g = TANH(LOAD(gg[u]) + bias[2 * hidden + u]), o = SIGMOID(LOAD(go[u]) + bias[3 * hidden + u]);
        REAL c = f * previous[u] + i * g;
        STORE(gi[u], i), STORE(gf[u], f), STORE(gg[u], g), STORE(go[u], o), cell[u] = c;
        STORE_OPERAND(h[u], o * TANH(c));
      }
    else
      INDEPENDENT
      for (size_t u = 0; u < hidden; u++) {
        REAL i = SIGMOID(LOAD(gi[u]) + bias[u]), f = SIGMOID(LOAD(gf[u]) + bias[hidden + u]);
        REAL g = TANH(LOAD(gg[u]) + bias[2 * hidden + u]), o = SIGMOID(LOAD(go[u]) + bias[3 * hidden + u]);
        REAL c = i * g;
        STORE(gi[u], i), STORE(gf[u], f), STORE(gg[u], g), STORE(go[u], o), cell[u] = c;
        STORE_OPERAND(h[u], o * TANH(c));
      }
  }
}

// The way back through the same step, given dh = dL/dh [B, H] (all paths) and dc = dL/dc [B, H] from the step after:
//
//   dc += dh o (1 - tanh(c)^2)                dz_o = dh tanh(c) o (1 - o)
//   dz_i = dc g i (1 - i)   dz_f = dc c' f (1 - f)   dz_g = dc i (1 - g^2)      dc' = dc f
//
// On return gates holds dz, dc holds dc', and the column sums of dz are added to bias_gradient [4H].
// tanh(c) is computed anew: cheaper than writing it in the forward pass and reading it here.
static void FN(lstm_gates_backward)(void *gatesv, const void *previousv, const void *cellv, const void *dhv, void *dcv,
                                    void *bias_gradientv, size_t batch, size_t hidden) {
  REAL *restrict bi = bias_gradientv, *restrict bf = bi + hidden, *restrict bg = bf + hidden, *restrict bo = bg + hidden;
  for (size_t b = 0; b < batch; b++) {
    STORED *restrict gi = (STORED *)gatesv + b * 4 * hidden;
    STORED *restrict gf = gi + hidden, *restrict gg = gf + hidden, *restrict go = gg + hidden;
    const REAL *restrict previous = previousv ? (const REAL *)previousv + b * hidden : 0;
    const REAL *restrict cell = (const REAL *)cellv + b * hidden;
    const STORED *restrict dh = (const STORED *)dhv + b * hidden;
    REAL *restrict dc = (REAL *)dcv + b * hidden;
    INDEPENDENT
    for (size_t u = 0; u < hidden; u++) {
      REAL i = LOAD(gi[u]), f = LOAD(gf[u]), g = LOAD(gg[u]), o = LOAD(go[u]), t = TANH(cell[u]);
      REAL d = dc[u] + LOAD(dh[u]) * o * (1 - t * t);
      REAL zi = d * g * (i * (1 - i)), zg = d * i * (1 - g * g), zo = LOAD(dh[u]) * t * (o * (1 - o));
      dc[u] = d * f;
      STORE(gi[u], zi), STORE(gg[u], zg), STORE(go[u], zo);
      bi[u] += zi, bg[u] += zg, bo[u] += zo;
      STORE(gf[u], d * (f * (1 - f)));  // dz_f but for the factor c'
    }
    if (previous)
      INDEPENDENT
      for (size_t u = 0; u < hidden; u++) {
        REAL zf = LOAD(gf[u]) * previous[u];
        STORE(gf[u], zf), bf[u] += zf;
      }
    else
      memset(gf, 0, hidden * sizeof(STORED));
    NARROW_ROW(gi, 4 * hidden);
  }
}
