// Cumulative sums and products along the middle one of three dimensions, added and multiplied in double. The same bits with every
// instruction set: nothing is fused.
#define COLUMNS 64

// Calls STEP for each element of a column, those of a block of columns side by side: `at` is its place, `i` its row.
#define SCAN(START, STEP)                                                             \
  for (size_t o = 0; o < outer; o++)                                                  \
    for (size_t first = 0; first < inner; first += COLUMNS) {                         \
      size_t count = inner - first < COLUMNS ? inner - first : COLUMNS;               \
      double state[COLUMNS];                                                          \
      for (size_t c = 0; c < count; c++) state[c] = START;                            \
      for (size_t done = 0; done < n; done++) {                                       \
        size_t i = reverse ? n - 1 - done : done, row = (o * n + i) * inner + first;  \
        for (size_t c = 0; c < count; c++) {                                          \
          size_t at = row + c;                                                        \
          STEP                                                                        \
        }                                                                             \
      }                                                                               \
    }

// y[i] = x[0] + ... + x[i], or in reverse x[i] + ... + x[n - 1]
static void FN(cumulative_sum)(const void *xv, size_t outer, size_t n, size_t inner, int reverse, void *yv) {
  const STORED *x = xv;
  STORED *y = yv;
  SCAN(0.0, {
    state[c] += (double)LOAD(x[at]);
    STORE(y[at], (REAL)state[c]);
  })
}

// y[i] = x[0] ... x[i]
static void FN(cumulative_product)(const void *xv, size_t outer, size_t n, size_t inner, void *yv) {
  const STORED *x = xv;
  STORED *y = yv;
  const int reverse = 0;
  SCAN(1.0, {
    state[c] *= (double)LOAD(x[at]);
    STORE(y[at], (REAL)state[c]);
  })
}

// dx[i] = y[i - 1] s[i] with s[i] = dy[i] + x[i + 1] s[i + 1]: without a division, so that zeros may be anywhere
static void FN(cumulative_product_backward)(const void *xv, const void *yv, const void *dyv, size_t outer, size_t n,
                                            size_t inner, void *dxv) {
  const STORED *x = xv, *y = yv, *dy = dyv;
  STORED *dx = dxv;
  const int reverse = 1;
  SCAN(0.0, {
    double carried = i + 1 < n ? (double)LOAD(x[at + inner]) * state[c] : 0.0;
    state[c] = (double)LOAD(dy[at]) + carried;
    STORE(dx[at], (REAL)((i > 0 ? (double)LOAD(y[at - inner]) : 1.0) * state[c]));
  })
}
#undef SCAN
#undef COLUMNS
