// y[i] = f(x[i]); x and y are the same array or disjoint
#define UNARY(name, expression)                             \
  static void FN(name)(const void *xv, void *yv, size_t n) { \
    const STORED *xs = xv;                                  \
    STORED *ys = yv;                                        \
    INDEPENDENT INTERLEAVED                                 \
    for (size_t i = 0; i < n; i++) {                        \
      REAL x = LOAD(xs[i]);                                 \
      STORE(ys[i], expression);                             \
    }                                                       \
  }
UNARY(exp, EXP(x))
UNARY(log, LOG(x))
UNARY(log1p, LOG1P(x))
UNARY(sigmoid, SIGMOID(x))
UNARY(tanh, TANH(x))
UNARY(softplus, SOFTPLUS(x))
UNARY(erf, ERF(x))
UNARY(square_root, SQRT(x))
UNARY(absolute, x < 0 ? -x : (x == 0 ? (REAL)0 : x))
UNARY(sign, x > 0 ? (REAL)1 : (x < 0 ? (REAL)-1 : x))
#undef UNARY

// In double for every element type: what they add up is larger than the result.
#define UNARY_IN_DOUBLE(name, function)                     \
  static void FN(name)(const void *xv, void *yv, size_t n) { \
    const STORED *xs = xv;                                  \
    STORED *ys = yv;                                        \
    for (size_t i = 0; i < n; i++) {                        \
      double x = LOAD(xs[i]);                               \
      STORE(ys[i], (REAL)function(x));                      \
    }                                                       \
  }
UNARY_IN_DOUBLE(log_gamma, latent_log_gamma64)
UNARY_IN_DOUBLE(digamma, latent_digamma64)
#undef UNARY_IN_DOUBLE
