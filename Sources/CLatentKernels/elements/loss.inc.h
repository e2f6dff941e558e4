// Losses, summed over all elements in double, and their gradients.

// What the loss below is where logits are infinite, and its formula inf - inf: 0 where the target agrees, else infinity
// times 1 - y or y.
static double FN(bce_infinite_logits)(const REAL *z, const REAL *y, size_t n) {
  double total = 0;
  for (size_t i = 0; i < n; i++) {
    REAL v = z[i], weight = v > 0 ? 1 - y[i] : y[i];
    REAL finite = (v > 0 ? v : (REAL)0) - v * y[i] + LOG1P(EXP(v > 0 ? -v : v));
    total += v - v == 0 || v != v ? finite : (weight == 0 ? (REAL)0 : weight * (v > 0 ? v : -v));
  }
  return total;
}

// Binary cross-entropy from logits, in the form that cannot overflow: max(z, 0) - z y + log1p(exp(-|z|)). A block whose sum
// is NaN is added up again with care: where no logit is infinite, that costs nothing.
static double FN(bce_logits)(const void *logitsv, const void *targetsv, size_t n) {
  const REAL *z = logitsv, *y = targetsv;
  double total = 0;
  for (size_t start = 0; start < n; start += 1024) {  // short blocks in the element type's lanes, their sums in double
    size_t count = n - start < 1024 ? n - start : 1024;
    REAL lanes[16] = {0}, terms[1024];
    INDEPENDENT
    for (size_t i = 0; i < count; i++) {
      REAL v = z[start + i];
      terms[i] = (v > 0 ? v : (REAL)0) - v * y[start + i] + LOG1P(EXP(v > 0 ? -v : v));
    }
    size_t i = 0;
    for (; i + 16 <= count; i += 16)
      for (size_t j = 0; j < 16; j++) lanes[j] += terms[i + j];
    for (size_t j = 0; i + j < count; j++) lanes[j] += terms[i + j];
    double before = total;
    for (size_t j = 0; j < 16; j++) total += lanes[j];
    if (total != total && before == before) total = before + FN(bce_infinite_logits)(z + start, y + start, count);
  }
  return total;
}

// d/dz: scale (sigmoid(z) - y)
static void FN(bce_logits_backward)(const void *logitsv, const void *targetsv, double scale, void *dxv, size_t n) {
  const REAL *z = logitsv, *y = targetsv, s = (REAL)scale;
  REAL *dx = dxv;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) dx[i] = s * (SIGMOID(z[i]) - y[i]);
}

// Binary cross-entropy from probabilities, clipped to [1e-7, 1 - 1e-7] as Keras does.
#define LATENT_CLIP ((REAL)1e-7)
static double FN(bce_probabilities)(const void *probabilitiesv, const void *targetsv, size_t n) {
  const REAL *p = probabilitiesv, *y = targetsv;
  double total = 0;
  for (size_t start = 0; start < n; start += 1024) {
    size_t count = n - start < 1024 ? n - start : 1024;
    REAL terms[1024];
    INDEPENDENT
    for (size_t i = 0; i < count; i++) {
      REAL q = p[start + i], t = y[start + i];
      q = q < LATENT_CLIP ? LATENT_CLIP : q > 1 - LATENT_CLIP ? 1 - LATENT_CLIP : q;
      terms[i] = -(t * LOG(q) + (1 - t) * LOG(1 - q));
    }
    for (size_t i = 0; i < count; i++) total += terms[i];
  }
  return total;
}

// d/dp: scale (p - y) / (p (1 - p)) inside the clipping interval, 0 outside
static void FN(bce_probabilities_backward)(const void *probabilitiesv, const void *targetsv, double scale, void *dxv,
                                           size_t n) {
  const REAL *p = probabilitiesv, *y = targetsv, s = (REAL)scale;
  REAL *dx = dxv;
  for (size_t i = 0; i < n; i++) {
    REAL q = p[i];
    dx[i] = q < LATENT_CLIP || q > 1 - LATENT_CLIP ? (REAL)0 : s * (q - y[i]) / (q * (1 - q));
  }
}
#undef LATENT_CLIP

// sum of (x - y)^2, and d/dx: 2 scale (x - y)
static double FN(squared_error)(const void *xv, const void *yv, size_t n) {
  const REAL *x = xv, *y = yv;
  double total = 0, lanes[16] = {0};
  size_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (size_t j = 0; j < 16; j++) {
      double d = (double)x[i + j] - (double)y[i + j];
      lanes[j] = FUSED(d, d, lanes[j]);
    }
  for (size_t j = 0; i + j < n; j++) {
    double d = (double)x[i + j] - (double)y[i + j];
    lanes[j] = FUSED(d, d, lanes[j]);
  }
  for (size_t j = 0; j < 16; j++) total += lanes[j];
  return total;
}

static void FN(squared_error_backward)(const void *xv, const void *yv, double scale, void *dxv, size_t n) {
  const REAL *x = xv, *y = yv, s = (REAL)(2 * scale);
  REAL *dx = dxv;
  for (size_t i = 0; i < n; i++) dx[i] = s * (x[i] - y[i]);
}
