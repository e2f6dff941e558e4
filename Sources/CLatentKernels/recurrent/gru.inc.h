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
    REAL *restrict gz = (REAL *)gatesv + row * 3 * hidden, *restrict gr = gz + hidden, *restrict gn = gr + hidden;
    REAL *restrict inner = (REAL *)innerv + row * hidden, *restrict h = (REAL *)hv + row * hidden;
    const REAL *restrict previous = (const REAL *)previousv + row * hidden;
    INDEPENDENT
    for (size_t u = 0; u < hidden; u++) {
      REAL z = SIGMOID(gz[u] + (b[u] + c[u])), r = SIGMOID(gr[u] + (b[hidden + u] + c[hidden + u]));
      REAL q = inner[u] + c[2 * hidden + u], n = TANH(gn[u] + b[2 * hidden + u] + r * q);
      gz[u] = z, gr[u] = r, gn[u] = n, inner[u] = q;
      h[u] = n + z * (previous[u] - n);
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
    REAL *restrict gz = (REAL *)gatesv + row * 3 * hidden, *restrict gr = gz + hidden, *restrict gn = gr + hidden;
    REAL *restrict inner = (REAL *)innerv + row * hidden;
    const REAL *restrict previous = (const REAL *)previousv + row * hidden;
    const REAL *dh = (const REAL *)dhv + row * hidden;
    REAL *dprevious = (REAL *)dpreviousv + row * hidden;
    INDEPENDENT
    for (size_t u = 0; u < hidden; u++) {
      REAL z = gz[u], r = gr[u], n = gn[u], d = dh[u];
      REAL zn = d * (1 - z) * (1 - n * n), zz = d * (previous[u] - n) * (z * (1 - z));
      REAL zr = zn * inner[u] * (r * (1 - r)), dq = zn * r;
      gz[u] = zz, gr[u] = zr, gn[u] = zn, inner[u] = dq;
      dprevious[u] = d * z;
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
    REAL *restrict gz = (REAL *)gatesv + row * 3 * hidden, *restrict gr = gz + hidden;
    REAL *restrict inner = (REAL *)innerv + row * hidden;
    const REAL *restrict previous = (const REAL *)previousv + row * hidden;
    INDEPENDENT
    for (size_t u = 0; u < hidden; u++) {
      REAL r = SIGMOID(gr[u] + b[hidden + u]);
      gz[u] = SIGMOID(gz[u] + b[u]), gr[u] = r, inner[u] = r * previous[u];
    }
  }
}

// Second half: gates' last part holds x_n + (r h') R_n on entry.
static void FN(gru_output)(void *gatesv, const void *biasv, const void *previousv, void *hv, size_t batch, size_t hidden) {
  const REAL *restrict b = (const REAL *)biasv + 2 * hidden;
  for (size_t row = 0; row < batch; row++) {
    REAL *restrict gz = (REAL *)gatesv + row * 3 * hidden, *restrict gn = gz + 2 * hidden;
    REAL *restrict h = (REAL *)hv + row * hidden;
    const REAL *restrict previous = (const REAL *)previousv + row * hidden;
    INDEPENDENT
    for (size_t u = 0; u < hidden; u++) {
      REAL n = TANH(gn[u] + b[u]);
      gn[u] = n;
      h[u] = n + gz[u] * (previous[u] - n);
    }
  }
}

// The way back through the second half: dz_z and dz_n as above, dprevious = dh z; r stays in gates. dprevious may be dh.
static void FN(gru_output_backward)(void *gatesv, const void *previousv, const void *dhv, void *dpreviousv,
                                    void *bias_gradientv, size_t batch, size_t hidden) {
  REAL *restrict b = bias_gradientv;
  for (size_t row = 0; row < batch; row++) {
    REAL *restrict gz = (REAL *)gatesv + row * 3 * hidden, *restrict gn = gz + 2 * hidden;
    const REAL *restrict previous = (const REAL *)previousv + row * hidden;
    const REAL *dh = (const REAL *)dhv + row * hidden;
    REAL *dprevious = (REAL *)dpreviousv + row * hidden;
    INDEPENDENT
    for (size_t u = 0; u < hidden; u++) {
      REAL z = gz[u], n = gn[u], d = dh[u];
      REAL zn = d * (1 - z) * (1 - n * n), zz = d * (previous[u] - n) * (z * (1 - z));
      gz[u] = zz, gn[u] = zn;
      dprevious[u] = d * z;
      b[u] += zz, b[2 * hidden + u] += zn;
    }
  }
}

// And through the first, given dinner = d(r h') = dz_n R_n^T [B, H]: dz_r = dinner h' r (1 - r), dh' += dinner r.
static void FN(gru_reset_backward)(void *gatesv, const void *previousv, const void *dinnerv, void *dpreviousv,
                                   void *bias_gradientv, size_t batch, size_t hidden) {
  REAL *restrict b = (REAL *)bias_gradientv + hidden;
  for (size_t row = 0; row < batch; row++) {
    REAL *restrict gr = (REAL *)gatesv + row * 3 * hidden + hidden;
    const REAL *restrict previous = (const REAL *)previousv + row * hidden;
    const REAL *restrict dinner = (const REAL *)dinnerv + row * hidden;
    REAL *restrict dprevious = (REAL *)dpreviousv + row * hidden;
    INDEPENDENT
    for (size_t u = 0; u < hidden; u++) {
      REAL r = gr[u], zr = dinner[u] * previous[u] * (r * (1 - r));
      gr[u] = zr;
      dprevious[u] += dinner[u] * r;
      b[u] += zr;
    }
  }
}
