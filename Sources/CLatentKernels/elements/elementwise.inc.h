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
