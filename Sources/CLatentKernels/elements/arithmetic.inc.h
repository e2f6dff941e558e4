// Arithmetic of whole arrays.
#define BINARY(name, operator)                                               \
  static void FN(name)(const void *av, const void *bv, void *yv, size_t n) { \
    const STORED *a = av, *b = bv;                                           \
    STORED *y = yv;                                                          \
    INDEPENDENT                                                              \
    for (size_t i = 0; i < n; i++)                                           \
      STORE(y[i], LOAD(a[i]) operator LOAD(b[i]));                           \
  }
BINARY(add, +)
BINARY(subtract, -)
BINARY(multiply, *)
BINARY(divide, /)
#undef BINARY

// y += a b
static void FN(multiply_add)(const void *av, const void *bv, void *yv, size_t n) {
  const STORED *a = av, *b = bv;
  STORED *y = yv;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) ADD_TO(y[i], LOAD(a[i]) * LOAD(b[i]));
}

static void FN(scale_add)(double alpha, const void *xv, double beta, void *yv, size_t n) {
  const STORED *x = xv;
  const REAL a = (REAL)alpha, b = (REAL)beta;
  STORED *y = yv;
  if (b == 0)
    INDEPENDENT
    for (size_t i = 0; i < n; i++) STORE(y[i], a * LOAD(x[i]));
  else if (b == 1)
    INDEPENDENT
    for (size_t i = 0; i < n; i++) ADD_TO(y[i], a * LOAD(x[i]));
  else
    INDEPENDENT
    for (size_t i = 0; i < n; i++) STORE(y[i], a * LOAD(x[i]) + b * LOAD(y[i]));
}

static void FN(fill)(double value, void *yv, size_t n) {
  STORED *y = yv;
  for (size_t i = 0; i < n; i++) STORE(y[i], (REAL)value);
}

// The sum of what NEXT(sum, x[i]) adds. Blocks of 256 in 16 double lanes, the blocks' sums added pairwise: the error grows with log n,
// and the order of the additions depends on n alone, never on the instruction set.
#define PAIRWISE_SUM(name, NEXT)                                           \
  static double FN(name)(const void *xv, size_t n) {                       \
    const STORED *x = xv;                                                  \
    if (n > 256) {                                                         \
      size_t half = (n / 2 + 255) / 256 * 256;                             \
      return FN(name)(x, half) + FN(name)(x + half, n - half);             \
    }                                                                      \
    double lanes[16] = {0};                                                \
    size_t i = 0;                                                          \
    for (; i + 16 <= n; i += 16)                                           \
      for (size_t j = 0; j < 16; j++)                                      \
        lanes[j] = NEXT(lanes[j], (double)LOAD(x[i + j]));                 \
    for (size_t j = 0; i + j < n; j++)                                     \
      lanes[j] = NEXT(lanes[j], (double)LOAD(x[i + j]));                   \
    for (size_t step = 8; step > 0; step /= 2)                             \
      for (size_t j = 0; j < step; j++) lanes[j] += lanes[j + step];       \
    return lanes[0];                                                       \
  }
#define ADD(sum, v) ((sum) + (v))
#define ADD_SQUARE(sum, v) FUSED(v, v, sum)
PAIRWISE_SUM(sum, ADD)
PAIRWISE_SUM(sum_squares, ADD_SQUARE)
#undef PAIRWISE_SUM
#undef ADD
#undef ADD_SQUARE

// A limit's own value where x is beyond it; NaN stays NaN.
static void FN(clamp)(double low, double high, void *yv, size_t n) {
  const REAL l = (REAL)low, h = (REAL)high;
  STORED *y = yv;
  for (size_t i = 0; i < n; i++) STORE(y[i], LOAD(y[i]) < l ? l : LOAD(y[i]) > h ? h : LOAD(y[i]));
}

// y moves by a fraction of its distance to x. Written so, and not (1 - f) y + f x, the result stays where x does: the
// rounded f and 1 - f do not add up to 1.
static void FN(move_toward)(const void *xv, double fraction, void *yv, size_t n) {
  const STORED *x = xv;
  const REAL f = (REAL)fraction;
  STORED *y = yv;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) ADD_TO(y[i], f * (LOAD(x[i]) - LOAD(y[i])));
}

// x - x is 0 for a finite x and NaN otherwise.
static int FN(all_finite)(const void *xv, size_t n) {
  const STORED *x = xv;
  int bad = 0;
  for (size_t i = 0; i < n; i++) bad |= (LOAD(x[i]) - LOAD(x[i]) != 0);
  return !bad;
}

// By their bits: comparisons take denormals for 0 on threads that flush them.
static double FN(denormals)(const void *xv, size_t n) {
  const STORED *x = xv;
  STORED least;
  STORE(least, LEAST_NORMAL);
  uint64_t smallest = 0;
  memcpy(&smallest, &least, sizeof(STORED));  // positive numbers are in the order of their bits
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t bits = 0;
    memcpy(&bits, x + i, sizeof(STORED));
    bits &= ((uint64_t)1 << (8 * sizeof(STORED) - 1)) - 1;
    count += bits != 0 && bits < smallest;
  }
  return (double)count;
}
