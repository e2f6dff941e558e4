// One step of optimizers whose step for each weight follows its own gradients, beyond those of optimizer.inc.h; running
// averages, rates and decay as there.

// Adagrad (Duchi, Hazan & Singer 2011): s += g^2, w -= rate g / (sqrt(s + inside) + outside).
static void FN(adagrad)(void *weightsv, const void *gradientv, void *sumv, size_t n, double rate, double inside,
                        double outside) {
  REAL *restrict w = weightsv, *restrict s = sumv;
  const REAL *restrict g = gradientv;
  REAL r = (REAL)rate, i0 = (REAL)inside, o = (REAL)outside;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    REAL square = s[i] + g[i] * g[i];
    s[i] = square;
    w[i] -= r * g[i] / (SQRT(square + i0) + o);
  }
}

// Adadelta (Zeiler 2012): s += (g^2 - s)(1 - rho), change = g sqrt(d + epsilon) / sqrt(s + epsilon),
// d += (change^2 - d)(1 - rho), w -= rate change.
static void FN(adadelta)(void *weightsv, const void *gradientv, void *squarev, void *changev, size_t n, double rate,
                         double rho, double epsilon) {
  REAL *restrict w = weightsv, *restrict s = squarev, *restrict d = changev;
  const REAL *restrict g = gradientv;
  REAL r = (REAL)rate, a = (REAL)(1 - rho), e = (REAL)epsilon;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    REAL square = s[i] + (g[i] * g[i] - s[i]) * a;
    s[i] = square;
    REAL change = SQRT(d[i] + e) / SQRT(square + e) * g[i];
    d[i] += (change * change - d[i]) * a;
    w[i] -= r * change;
  }
}

// NAdam (Dozat 2016): m and v as Adam's, w -= decay w + (rate m + gradient_rate g) / (sqrt(v) + epsilon), with the momentum's
// schedule and the bias corrections inside both rates.
static void FN(nadam)(void *weightsv, const void *gradientv, void *firstv, void *secondv, size_t n, double rate,
                      double gradient_rate, double beta1, double beta2, double epsilon, double decay) {
  REAL *restrict w = weightsv, *restrict m = firstv, *restrict v = secondv;
  const REAL *restrict g = gradientv;
  REAL a = (REAL)(1 - beta1), b = (REAL)(1 - beta2), r = (REAL)rate, q = (REAL)gradient_rate, e = (REAL)epsilon,
       d = (REAL)decay;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    REAL first = m[i] + (g[i] - m[i]) * a, second = v[i] + (g[i] * g[i] - v[i]) * b;
    m[i] = first, v[i] = second;
    w[i] = w[i] - d * w[i] - (r * first + q * g[i]) / (SQRT(second) + e);
  }
}

// The first steps of RAdam (Liu et al. 2020), whose second moment has too few terms to divide by: m and v as Adam's,
// w -= decay w + rate m.
static void FN(radam_warm_up)(void *weightsv, const void *gradientv, void *firstv, void *secondv, size_t n, double rate,
                              double beta1, double beta2, double decay) {
  REAL *restrict w = weightsv, *restrict m = firstv, *restrict v = secondv;
  const REAL *restrict g = gradientv;
  REAL a = (REAL)(1 - beta1), b = (REAL)(1 - beta2), r = (REAL)rate, d = (REAL)decay;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    REAL first = m[i] + (g[i] - m[i]) * a;
    v[i] += (g[i] * g[i] - v[i]) * b;
    m[i] = first;
    w[i] = w[i] - d * w[i] - r * first;
  }
}
