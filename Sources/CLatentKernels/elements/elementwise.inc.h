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
// x sigmoid(x), and x Phi(x) with Phi(x) = (1 + erf(x / sqrt 2)) / 2
UNARY(silu, x * SIGMOID(x))
UNARY(gelu, (REAL)0.5 * x * (ERF((REAL)0.7071067811865476 * x) + 1))
UNARY(square_root, SQRT(x))
UNARY(absolute, x < 0 ? -x : (x == 0 ? (REAL)0 : x))
UNARY(sign, x > 0 ? (REAL)1 : (x < 0 ? (REAL)-1 : x))
UNARY(floor, FLOOR(x))
UNARY(ceil, CEIL(x))
UNARY(round, ROUND(x))
#undef UNARY

// dx[i] = dy[i] f'(x[i]); dx may be dy
#define SLOPE(name, setup, slope)                                                \
  static void FN(name)(const void *xv, const void *dyv, void *dxv, size_t n) {   \
    const STORED *xs = xv, *dys = dyv;                                           \
    STORED *dxs = dxv;                                                           \
    INDEPENDENT INTERLEAVED                                                      \
    for (size_t i = 0; i < n; i++) {                                             \
      REAL x = LOAD(xs[i]), dy = LOAD(dys[i]);                                   \
      setup;                                                                     \
      STORE(dxs[i], dy * (slope));                                               \
    }                                                                            \
  }
SLOPE(silu_backward, REAL s = SIGMOID(x), s * (1 + x * (1 - s)))
// Phi(x) + x exp(-x^2 / 2) / sqrt(2 pi)
SLOPE(gelu_backward, REAL phi = (REAL)0.3989422804014327 * EXP((REAL)-0.5 * x * x),
      (REAL)0.5 * (ERF((REAL)0.7071067811865476 * x) + 1) + x * phi)
#undef SLOPE

// In double for every element type: what they add up is larger than the result, or they need more digits on the way.
#define UNARY_IN_DOUBLE(HINT, name, function)               \
  static void FN(name)(const void *xv, void *yv, size_t n) { \
    const STORED *xs = xv;                                  \
    STORED *ys = yv;                                        \
    HINT                                                    \
    for (size_t i = 0; i < n; i++) {                        \
      double x = LOAD(xs[i]);                               \
      STORE(ys[i], (REAL)function(x));                      \
    }                                                       \
  }
UNARY_IN_DOUBLE(, log_gamma, latent_log_gamma64)
UNARY_IN_DOUBLE(, digamma, latent_digamma64)
UNARY_IN_DOUBLE(INDEPENDENT, trigamma, latent_trigamma64)
UNARY_IN_DOUBLE(INDEPENDENT, erfinv, latent_erfinv64)
UNARY_IN_DOUBLE(INDEPENDENT, expm1, latent_expm1_64)
UNARY_IN_DOUBLE(INDEPENDENT, sinh, latent_sinh64)
UNARY_IN_DOUBLE(INDEPENDENT, cosh, latent_cosh64)
UNARY_IN_DOUBLE(INDEPENDENT, asinh, latent_asinh64)
UNARY_IN_DOUBLE(INDEPENDENT, acosh, latent_acosh64)
UNARY_IN_DOUBLE(INDEPENDENT, atanh, latent_atanh64)
UNARY_IN_DOUBLE(INDEPENDENT, atan, latent_atan64)
#undef UNARY_IN_DOUBLE

// Angles are small most of the time: a block in which one is not is computed again, that one by itself.
#define ANGLE_BLOCK 64
#define OF_ANGLE(name, function)                                                                  \
  static void FN(name)(const void *xv, void *yv, size_t n) {                                      \
    const STORED *xs = xv;                                                                        \
    STORED *ys = yv;                                                                              \
    for (size_t start = 0; start < n; start += ANGLE_BLOCK) {                                     \
      size_t count = n - start < ANGLE_BLOCK ? n - start : ANGLE_BLOCK;                           \
      double x[ANGLE_BLOCK];                                                                      \
      int has_large = 0;                                                                          \
      for (size_t i = 0; i < count; i++) x[i] = (double)LOAD(xs[start + i]);                      \
      for (size_t i = 0; i < count; i++) has_large |= !(__builtin_fabs(x[i]) <= LARGE_ANGLE);     \
      INDEPENDENT                                                                                 \
      for (size_t i = 0; i < count; i++)                                                          \
        STORE(ys[start + i], (REAL)function(x[i], latent_small_angle64(x[i])));                   \
      for (size_t i = 0; has_large && i < count; i++)                                             \
        if (!(__builtin_fabs(x[i]) <= LARGE_ANGLE))                                               \
          STORE(ys[start + i], (REAL)function(x[i], latent_large_angle64(x[i])));                 \
    }                                                                                             \
  }
OF_ANGLE(sin, latent_sin_of64)
OF_ANGLE(cos, latent_cos_of64)
OF_ANGLE(tan, latent_tan_of64)
#undef OF_ANGLE
#undef ANGLE_BLOCK
