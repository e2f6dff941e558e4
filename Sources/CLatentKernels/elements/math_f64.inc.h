// Double-precision functions that libm lacks.

// 1 / (1 + exp(-x)), as exp(x) / (1 + exp(x)) where x < 0: nothing overflows, and small results keep their precision.
static inline double latent_sigmoid64(double x) {
  double e = exp(-fabs(x));
  return (x < 0 ? e : 1.0) / (1.0 + e);
}

// log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|))
static inline double latent_softplus64(double x) { return (x < 0 ? 0.0 : x) + log1p(exp(-fabs(x))); }
