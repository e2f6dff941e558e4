// y[shape] = op(a, b) where each operand has its own stride in every dimension, 0 where it is repeated: NumPy's
// broadcasting. y is contiguous. The caller has merged what can be merged, so that the last dimension is long.
static inline __attribute__((always_inline)) REAL FN(combine)(latent_binary op, REAL a, REAL b) {
  switch (op) {
    case latent_add: return a + b;
    case latent_subtract: return a - b;
    case latent_multiply: return a * b;
    case latent_divide: return a / b;
    // As in NumPy, a NaN in either operand is the result.
    case latent_minimum: return a < b || a != a ? a : b;
    case latent_maximum: return a > b || a != a ? a : b;
    case latent_less: return a < b;
    case latent_less_equal: return a <= b;
    case latent_equal: return a == b;
    case latent_power: return (REAL)pow((double)a, (double)b);
    case latent_select_first: return a != 0 ? b : (REAL)0;
    case latent_select_second: return a != 0 ? (REAL)0 : b;
  }
  return 0;
}

// One row; a stride is 0, 1, or anything. Inlined for each operator, so that the loops know it.
static inline __attribute__((always_inline)) void FN(combine_row)(latent_binary op, const REAL *a, ptrdiff_t a_stride,
                                                                  const REAL *b, ptrdiff_t b_stride, REAL *y,
                                                                  size_t n) {
  if (a_stride == 1 && b_stride == 1)
    INDEPENDENT
    for (size_t i = 0; i < n; i++) y[i] = FN(combine)(op, a[i], b[i]);
  else if (a_stride == 1 && b_stride == 0) {
    REAL second = b[0];
    INDEPENDENT
    for (size_t i = 0; i < n; i++) y[i] = FN(combine)(op, a[i], second);
  } else if (a_stride == 0 && b_stride == 1) {
    REAL first = a[0];
    INDEPENDENT
    for (size_t i = 0; i < n; i++) y[i] = FN(combine)(op, first, b[i]);
  } else
    for (size_t i = 0; i < n; i++)
      y[i] = FN(combine)(op, a[(ptrdiff_t)i * a_stride], b[(ptrdiff_t)i * b_stride]);
}

static void FN(broadcast)(latent_binary op, const void *av, const ptrdiff_t *a_strides, const void *bv,
                          const ptrdiff_t *b_strides, void *yv, const size_t *shape, size_t rank) {
  const REAL *a = av, *b = bv;
  REAL *y = yv;
  size_t index[LATENT_MAX_RANK] = {0}, n = rank ? shape[rank - 1] : 1;
  ptrdiff_t a_step = rank ? a_strides[rank - 1] : 0, b_step = rank ? b_strides[rank - 1] : 0;
  for (size_t d = 0; d < rank; d++)
    if (shape[d] == 0) return;
  for (;;) {
#define ROW(op) \
  case op: FN(combine_row)(op, a, a_step, b, b_step, y, n); break;
    switch (op) {
      ROW(latent_add)
      ROW(latent_subtract)
      ROW(latent_multiply)
      ROW(latent_divide)
      ROW(latent_minimum)
      ROW(latent_maximum)
      ROW(latent_less)
      ROW(latent_less_equal)
      ROW(latent_equal)
      ROW(latent_power)
      ROW(latent_select_first)
      ROW(latent_select_second)
    }
#undef ROW
    y += n;
    size_t d = rank;
    for (; d > 1; d--) {  // the next row: an odometer over the outer dimensions
      size_t place = d - 2;
      a += a_strides[place], b += b_strides[place];
      if (++index[place] < shape[place]) break;
      a -= (ptrdiff_t)shape[place] * a_strides[place], b -= (ptrdiff_t)shape[place] * b_strides[place];
      index[place] = 0;
    }
    if (d <= 1) return;
  }
}

// y (+)= x, both with strides of their own: transposes, slices, padding, joining and repeating.
static void FN(strided_copy)(const void *xv, const ptrdiff_t *x_strides, void *yv, const ptrdiff_t *y_strides,
                             const size_t *shape, size_t rank, int accumulate) {
  const REAL *x = xv;
  REAL *y = yv;
  size_t index[LATENT_MAX_RANK] = {0}, n = rank ? shape[rank - 1] : 1;
  ptrdiff_t x_step = rank ? x_strides[rank - 1] : 1, y_step = rank ? y_strides[rank - 1] : 1;
  for (size_t d = 0; d < rank; d++)
    if (shape[d] == 0) return;
  for (;;) {
    if (accumulate) {
      if (x_step == 1 && y_step == 1)
        INDEPENDENT
        for (size_t i = 0; i < n; i++) y[i] += x[i];
      else
        for (size_t i = 0; i < n; i++) y[(ptrdiff_t)i * y_step] += x[(ptrdiff_t)i * x_step];
    } else if (x_step == 1 && y_step == 1)
      memcpy(y, x, n * sizeof(REAL));
    else
      for (size_t i = 0; i < n; i++) y[(ptrdiff_t)i * y_step] = x[(ptrdiff_t)i * x_step];
    size_t d = rank;
    for (; d > 1; d--) {
      size_t place = d - 2;
      x += x_strides[place], y += y_strides[place];
      if (++index[place] < shape[place]) break;
      x -= (ptrdiff_t)shape[place] * x_strides[place], y -= (ptrdiff_t)shape[place] * y_strides[place];
      index[place] = 0;
    }
    if (d <= 1) return;
  }
}
