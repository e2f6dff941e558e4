// LAMB (You et al. 2020): a step along scale m / (sqrt(v) + epsilon) + decay w, whose length for each layer is that of the
// layer's weights. So the direction is computed twice, first for its length, rather than kept; the bias corrections of m and
// v are inside scale and epsilon.

__attribute__((always_inline)) static inline REAL FN(lamb_direction)(REAL w, REAL m, REAL v, REAL scale, REAL epsilon,
                                                                     REAL decay) {
  return scale * m / (SQRT(v) + epsilon) + decay * w;
}

// m and v as Adam's, and the square of the direction of element i, added to a lane in double.
__attribute__((always_inline)) static inline double FN(lamb_moment)(const REAL *restrict w, const REAL *restrict g,
                                                                    REAL *restrict m, REAL *restrict v, size_t i, REAL a,
                                                                    REAL b, REAL scale, REAL epsilon, REAL decay,
                                                                    double lane) {
  REAL first = m[i] + (g[i] - m[i]) * a, second = v[i] + (g[i] * g[i] - v[i]) * b;
  m[i] = first, v[i] = second;
  double direction = (double)FN(lamb_direction)(w[i], first, second, scale, epsilon, decay);
  return FUSED(direction, direction, lane);
}

// The moments' next values; returns the sum of the squares of the direction, in 16 lanes as sum_squares adds.
static double FN(lamb_moments)(const void *weightsv, const void *gradientv, void *firstv, void *secondv, size_t n,
                               double beta1, double beta2, double scale, double epsilon, double decay) {
  const REAL *restrict w = weightsv, *restrict g = gradientv;
  REAL *restrict m = firstv, *restrict v = secondv;
  REAL a = (REAL)(1 - beta1), b = (REAL)(1 - beta2), s = (REAL)scale, e = (REAL)epsilon, d = (REAL)decay;
  double lanes[16] = {0};
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    INDEPENDENT
    for (size_t j = 0; j < 16; j++) lanes[j] = FN(lamb_moment)(w, g, m, v, i + j, a, b, s, e, d, lanes[j]);
  }
  for (size_t j = 0; i + j < n; j++) lanes[j] = FN(lamb_moment)(w, g, m, v, i + j, a, b, s, e, d, lanes[j]);
  for (size_t step = 8; step > 0; step /= 2)
    for (size_t j = 0; j < step; j++) lanes[j] += lanes[j + step];
  return lanes[0];
}

// w -= rate times the direction.
static void FN(lamb)(void *weightsv, const void *firstv, const void *secondv, size_t n, double rate, double scale,
                     double epsilon, double decay) {
  REAL *restrict w = weightsv;
  const REAL *restrict m = firstv, *restrict v = secondv;
  REAL r = (REAL)rate, s = (REAL)scale, e = (REAL)epsilon, d = (REAL)decay;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) w[i] -= r * FN(lamb_direction)(w[i], m[i], v[i], s, e, d);
}
