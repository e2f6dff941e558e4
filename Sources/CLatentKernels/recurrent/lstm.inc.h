// The element-wise part of one LSTM time step, forward and backward (Hochreiter & Schmidhuber 1997, with the forget gate
// of Gers et al. 2000; Keras's gate order i, f, g, o, where g is the candidate that Keras calls c):
//
//   i = sigmoid(z_i + b_i)   f = sigmoid(z_f + b_f)   g = tanh(z_g + b_g)   o = sigmoid(z_o + b_o)
//   c = f c' + i g           h = o tanh(c)            (c' is the cell of the step before)
//
// z is [B, 4H]; kept [B, 4H] gets i, f, g, o for the way back, and is where z is unless it is narrower. cell, previous
// [B, H]; previous may be null: c' = 0. h has rows of h_stride elements, so that it can be written straight into the operand
// of the next product. Cells and the sums of gradients, which are added to at each step, are kept as they are computed with.
//
// What the next product multiplies, h and dz, is written as an OPERAND, which may be narrower than what is STORED: h by
// STORE_OPERAND, and dz likewise, each where its gate was kept. A gate is kept by KEEP, or by KEEP_SIGNED where it may be
// negative, and read by KEPT and KEPT_SIGNED. ACTIVATE_GATES and CELL_TANH are as exact as what is made of them asks for.
#define OUTPUT_UNITS 512
static inline __attribute__((always_inline)) void FN(lstm_row)(const STORED *zi, OPERAND *ki, const REAL *restrict bias,
                                                               const REAL *restrict previous, REAL *restrict cell,
                                                               OPERAND *restrict h, size_t hidden, int has_previous) {
  const STORED *zf = zi + hidden, *zg = zf + hidden, *zo = zg + hidden;
  OPERAND *kf = ki + hidden, *kg = kf + hidden, *ko = kg + hidden;
  // Two loops: one after the other, the gates' functions and the cell's take longer than a processor looks ahead.
  REAL output[OUTPUT_UNITS];
  for (size_t first = 0; first < hidden; first += OUTPUT_UNITS) {
    size_t end = hidden - first < OUTPUT_UNITS ? hidden : first + OUTPUT_UNITS;
    INDEPENDENT
    for (size_t u = first; u < end; u++) {
      REAL i = LOAD(zi[u]) + bias[u], f = LOAD(zf[u]) + bias[hidden + u];
      REAL g = LOAD(zg[u]) + bias[2 * hidden + u], o = LOAD(zo[u]) + bias[3 * hidden + u];
      ACTIVATE_GATES(i, f, g, o);
      REAL c = has_previous ? f * previous[u] + i * g : i * g;
      KEEP(ki[u], i), KEEP(kf[u], f), KEEP_SIGNED(kg[u], g), KEEP(ko[u], o), cell[u] = c, output[u - first] = o;
    }
    INDEPENDENT
    for (size_t u = first; u < end; u++) STORE_OPERAND(h[u], output[u - first] * CELL_TANH(cell[u]));
  }
}

static void FN(lstm_gates)(const void *zv, void *keptv, const void *biasv, const void *previousv, void *cellv, void *hv,
                           size_t h_stride, size_t batch, size_t hidden) {
  for (size_t b = 0; b < batch; b++) {
    const STORED *z = (const STORED *)zv + b * 4 * hidden;
    OPERAND *kept = (OPERAND *)keptv + b * 4 * hidden, *h = (OPERAND *)hv + b * h_stride;
    REAL *cell = (REAL *)cellv + b * hidden;
    if (previousv)
      FN(lstm_row)(z, kept, biasv, (const REAL *)previousv + b * hidden, cell, h, hidden, 1);
    else
      FN(lstm_row)(z, kept, biasv, 0, cell, h, hidden, 0);
  }
}

// The way back through the same step, given dh = dL/dh [B, H] (all paths) and dc = dL/dc [B, H] from the step after:
//
//   dc += dh o (1 - tanh(c)^2)                dz_o = dh tanh(c) o (1 - o)
//   dz_i = dc g i (1 - i)   dz_f = dc c' f (1 - f)   dz_g = dc i (1 - g^2)      dc' = dc f
//
// On return kept holds dz, dc holds dc', and the column sums of dz are added to bias_gradient [4H].
// tanh(c) is computed anew: cheaper than writing it in the forward pass and reading it here.
static inline __attribute__((always_inline)) void FN(lstm_row_backward)(OPERAND *ki, const REAL *restrict previous,
                                                                        const REAL *restrict cell,
                                                                        const STORED *restrict dh, REAL *restrict dc,
                                                                        REAL *restrict bias_gradient, size_t hidden,
                                                                        int has_previous) {
  OPERAND *kf = ki + hidden, *kg = kf + hidden, *ko = kg + hidden;
  REAL *bi = bias_gradient, *bf = bi + hidden, *bg = bf + hidden, *bo = bg + hidden;
  INDEPENDENT
  for (size_t u = 0; u < hidden; u++) {
    REAL i = KEPT(ki[u]), f = KEPT(kf[u]), g = KEPT_SIGNED(kg[u]), o = KEPT(ko[u]), t = CELL_TANH(cell[u]);
    REAL d = dc[u] + LOAD(dh[u]) * o * (1 - t * t);
    REAL zi = d * g * (i * (1 - i)), zg = d * i * (1 - g * g), zo = LOAD(dh[u]) * t * (o * (1 - o));
    REAL zf = has_previous ? d * (f * (1 - f)) * previous[u] : 0;
    dc[u] = d * f;
    STORE_OPERAND(ki[u], zi), STORE_OPERAND(kf[u], zf), STORE_OPERAND(kg[u], zg), STORE_OPERAND(ko[u], zo);
    bi[u] += zi, bg[u] += zg, bo[u] += zo;
    if (has_previous) bf[u] += zf;
  }
}

static void FN(lstm_gates_backward)(void *keptv, const void *previousv, const void *cellv, const void *dhv, void *dcv,
                                    void *bias_gradient, size_t batch, size_t hidden) {
  for (size_t b = 0; b < batch; b++) {
    OPERAND *kept = (OPERAND *)keptv + b * 4 * hidden;
    const REAL *cell = (const REAL *)cellv + b * hidden;
    const STORED *dh = (const STORED *)dhv + b * hidden;
    REAL *dc = (REAL *)dcv + b * hidden;
    if (previousv)
      FN(lstm_row_backward)(kept, (const REAL *)previousv + b * hidden, cell, dh, dc, bias_gradient, hidden, 1);
    else
      FN(lstm_row_backward)(kept, 0, cell, dh, dc, bias_gradient, hidden, 0);
  }
}

// The gates i, f, g, o of some rows as they were kept, [rows, 4H].
static void FN(lstm_kept_gates)(const void *keptv, void *gatesv, size_t rows, size_t hidden) {
  for (size_t part = 0; part < 4 * rows; part++) {
    const OPERAND *kept = (const OPERAND *)keptv + part * hidden;
    STORED *gates = (STORED *)gatesv + part * hidden;
    for (size_t u = 0; u < hidden; u++) STORE(gates[u], part % 4 == 2 ? KEPT_SIGNED(kept[u]) : KEPT(kept[u]));
  }
}
