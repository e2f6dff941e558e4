// The element-wise parts of one GRU time step, forward and backward (Cho et al. 2014, "Learning phrase representations
// using RNN encoder-decoder"; Keras's gate order z, r, h, where h is the candidate, here n):
//
//   z = sigmoid(x_z + s_z)   r = sigmoid(x_r + s_r)   h = z h' + (1 - z) n   (h' is the state of the step before)
//
// gates [B, 3H] holds x W and, in the first 2H columns, h' R added to it; bias is [3H]. The two forms differ in where
// the reset gate acts:
//
//   before the product:   n = tanh(x_n + (r h') R_n + b_n)                   gru_reset, product, gru_output
//   after it (cuDNN):     n = tanh(x_n + b_n + r q),  q = h' R_n + c_n       gru_gates, c [3H] a bias of its own
//
// gates holds z, r, n on return. previous is h' [B, H], h [B, H].

// After the product: inner [B, H] holds h' R_n on entry and q on return. bias is [2, 3H]: b and c.
static void FN(gru_gates)(void *gatesv, void *innerv, const void *biasv, const void *previousv, void *hv, size_t batch,
                          size_t hidden) {
  const REAL *restrict b = biasv, *restrict c = b + 3 * hidden;
  for (size_t row = 0; row < batch; row++) {
    STORED *restrict gz = (STORED *)gatesv + row * 3 * hidden, *restrict gr = gz + hidden, *restrict gn = gr + hidden;
    STORED *restrict inner = (STORED *)innerv + row * hidden, *restrict h = (STORED *)hv + row * hidden;
    const STORED *restrict previous = (const STORED *)previousv + row * hidden;
    INDEPENDENT
    for (size_t u = 0; u < hidden; u++) {
      REAL z = SIGMOID(LOAD(gz[u]) + (b[u] + c[u])), r = SIGMOID(LOAD(gr[u]) + (b[hidden + u] + c[hidden + u]));
      REAL q = LOAD(inner[u]) + c[2 * hidden + u], n = TANH(LOAD(gn[u]) + b[2 * hidden + u] + r * q);
      STORE(gz[u], z), STORE(gr[u], r), STORE(gn[u], n), STORE(inner[u], q);
      STORE(h[u], n + z * (LOAD(previous[u]) - n));
    }
  }
}

// The way back, given dh [B, H] (all paths):
//
//   dz_n = dh (1 - z) (1 - n^2)   dz_z = dh (h' - n) z (1 - z)   dz_r = dz_n q r (1 - r)   dq = dz_n r   dh' = dh z
//
// On return gates holds dz, inner dq and dprevious dh' but for the products' part; the column sums of dz, and of dz_z,
// dz_r, dq, are added to bias_gradient [2, 3H]. dprevious may be dh.
static void FN(gru_gates_backward)(void *gatesv, void *innerv, const void *previousv, const void *dhv, void *dpreviousv,
                                   void *bias_gradientv, size_t batch, size_t hidden) {
  REAL *restrict b = bias_gradientv, *restrict c = b + 3 * hidden;
  for (size_t row = 0; row < batch; row++) {
    STORED *restrict gz = (STORED *)gatesv + row * 3 * hidden, *restrict gr = gz + hidden, *restrict gn = gr + hidden;
    STORED *restrict inner = (STORED *)innerv + row * hidden;
    const STORED *restrict previous = (const STORED *)previousv + row * hidden;
    const STORED *dh = (const STORED *)dhv + row * hidden;
    STORED *dprevious = (STORED *)dpreviousv + row * hidden;
    INDEPENDENT
    for (size_t u = 0; u < hidden; u++) {
      REAL z = LOAD(gz[u]), r = LOAD(gr[u]), n = LOAD(gn[u]), d = LOAD(dh[u]);
      REAL zn = d * (1 - z) * (1 - n * n), zz = d * (LOAD(previous[u]) - n) * (z * (1 - z));
      REAL zr = zn * LOAD(inner[u]) * (r * (1 - r)), dq = zn * r;
      STORE(gz[u], zz), STORE(gr[u], zr), STORE(gn[u], zn), STORE(inner[u], dq);
      STORE(dprevious[u], d * z);
      b[u] += zz, b[hidden + u] += zr, b[2 * hidden + u] += zn;
      c[u] += zz, c[hidden + u] += zr, c[2 * hidden + u] += dq;
    }
  }
}

// Before the product, first half: z, r, and inner = r h' [B, H].
static void FN(gru_reset)(void *gatesv, void *innerv, const void *biasv, const void *previousv, size_t batch,
                          size_t hidden) {
  const REAL *restrict b = biasv;
  for (size_t row = 0; row < batch; row++) {
    STORED *restrict gz = (STORED *)gatesv + row * 3 * hidden, *restrict gr = gz + hidden;
    STORED *restrict inner = (STORED *)innerv + row * hidden;
    const STORED *restrict previous = (const STORED *)previousv + row * hidden;
    INDEPENDENT
    for (size_t u = 0; u < hidden; u++) {
      REAL r = SIGMOID(LOAD(gr[u]) + b[hidden + u]);
      STORE(gz[u], SIGMOID(LOAD(gz[u]) + b[u])), STORE(gr[u], r), STORE(inner[u], r * LOAD(previous[u]));
    }
  }
}

// Second half: gates' last part holds x_n + (r h') R_n on entry.
static void FN(gru_output)(void *gatesv, const void *biasv, const void *previousv, void *hv, size_t batch, size_t hidden) {
  const REAL *restrict b = (const REAL *)biasv + 2 * hidden;
  for (size_t row = 0; row < batch; row++) {
    STORED *restrict gz = (STORED *)gatesv + row * 3 * hidden, *restrict gn = gz + 2 * hidden;
    STORED *restrict h = (STORED *)hv + row * hidden;
    const STORED *restrict previous = (const STORED *)previousv + row * hidden;
    INDEPENDENT
    for (size_t u = 0; u < hidden; u++) {
      REAL n = TANH(LOAD(gn[u]) + b[u]);
      STORE(gn[u], n);
      STORE(h[u], n + LOAD(gz[u]) * (LOAD(previous[u]) - n));
    }
  }
}

// The way back through the second half: dz_z and dz_n as above, dprevious = dh z; r stays in gates. dprevious may be dh.
static void FN(gru_output_backward)(void *gatesv, const void *previousv, const void *dhv, void *dpreviousv,
                                    void *bias_gradientv, size_t batch, size_t hidden) {
  REAL *restrict b = bias_gradientv;
  for (size_t row = 0; row < batch; row++) {
    STORED *restrict gz = (STORED *)gatesv + row * 3 * hidden, *restrict gn = gz + 2 * hidden;
    const STORED *restrict previous = (const STORED *)previousv + row * hidden;
    const STORED *dh = (const STORED *)dhv + row * hidden;
    STORED *dprevious = (STORED *)dpreviousv + row * hidden;
    INDEPENDENT
    for (size_t u = 0; u < hidden; u++) {
      REAL z = LOAD(gz[u]), n = LOAD(gn[u]), d = LOAD(dh[u]);
      REAL zn = d * (1 - z) * (1 - n * n), zz = d * (LOAD(previous[u]) - n) * (z * (1 - z));
      STORE(gz[u], zz), STORE(gn[u], zn);
      STORE(dprevious[u], d * z);
      b[u] += zz, b[2 * hidden + u] += zn;
    }
  }
}

// And through the first, given dinner = d(r h') = dz_n R_n^T [B, H]: dz_r = dinner h' r (1 - r), dh' += dinner r.
static void FN(gru_reset_backward)(void *gatesv, const void *previousv, const void *dinnerv, void *dpreviousv,
                                   void *bias_gradientv, size_t batch, size_t hidden) {
  REAL *restrict b = (REAL *)bias_gradientv + hidden;
  for (size_t row = 0; row < batch; row++) {
    STORED *restrict gr = (STORED *)gatesv + row * 3 * hidden + hidden;
    const STORED *restrict previous = (const STORED *)previousv + row * hidden;
    const STORED *restrict dinner = (const STORED *)dinnerv + row * hidden;
    STORED *restrict dprevious = (STORED *)dpreviousv + row * hidden;
    INDEPENDENT
    for (size_t u = 0; u < hidden; u++) {
      REAL r = LOAD(gr[u]), zr = LOAD(dinner[u]) * LOAD(previous[u]) * (r * (1 - r));
      STORE(gr[u], zr);
      ADD_TO(dprevious[u], LOAD(dinner[u]) * r);
      b[u] += zr;
    }
  }
}
