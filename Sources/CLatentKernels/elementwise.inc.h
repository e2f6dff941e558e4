// y[i] = f(x[i])
#define UNARY(name, expression)                             \
  static void FN(name)(const void *xv, void *yv, size_t n) { \
    const REAL *xs = xv;                                    \
    REAL *ys = yv;                                          \
    for (size_t i = 0; i < n; i++) {                        \
      REAL x = xs[i];                                       \
      ys[i] = expression;                                   \
    }                                                       \
  }
UNARY(exp, EXP(x))
UNARY(log, LOG(x))
UNARY(log1p, LOG1P(x))
UNARY(sigmoid, SIGMOID(x))
UNARY(tanh, TANH(x))
// log(1 + exp(x)) without overflow: max(x, 0) + log1p(exp(-|x|))
UNARY(softplus, (x > 0 ? x : (REAL)0) + LOG1P(EXP(x > 0 ? -x : x)))
#undef UNARY
