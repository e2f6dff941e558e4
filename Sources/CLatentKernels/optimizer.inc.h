// One optimizer step over a block of parameters.

// Adam (Kingma & Ba 2015) in Keras's form: m += (g - m)(1 - beta1), v += (g^2 - v)(1 - beta2),
// w -= rate m / (sqrt(v) + epsilon), with the bias corrections already inside rate: lr sqrt(1 - beta2^t) / (1 - beta1^t).
static void FN(adam)(void *weightsv, const void *gradientv, void *firstv, void *secondv, size_t n, double rate,
                     double beta1, double beta2, double epsilon) {
  REAL *restrict w = weightsv, *restrict m = firstv, *restrict v = secondv;
  const REAL *restrict g = gradientv;
  REAL a = (REAL)(1 - beta1), b = (REAL)(1 - beta2), r = (REAL)rate, e = (REAL)epsilon;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    REAL first = m[i] + (g[i] - m[i]) * a, second = v[i] + (g[i] * g[i] - v[i]) * b;
    m[i] = first, v[i] = second;
    w[i] -= r * first / (SQRT(second) + e);
  }
}
