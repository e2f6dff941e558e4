// y[outer, inner] = the reduction of x[outer, n, inner] over its middle dimension. Sums are added in double in a fixed
// order (pairwise where the elements lie together), so that a mean over a million values is right to the last bits.
static void FN(reduce_sum)(const void *xv, size_t outer, size_t n, size_t inner, void *yv) {
  const REAL *x = xv;
  REAL *y = yv;
  if (inner == 1) {
    for (size_t o = 0; o < outer; o++) y[o] = (REAL)FN(sum)(x + o * n, n);
    return;
  }
  double sums[64];  // so many columns at a time
  for (size_t o = 0; o < outer; o++, x += n * inner, y += inner)
    for (size_t first = 0; first < inner; first += 64) {
      size_t columns = inner - first < 64 ? inner - first : 64;
      memset(sums, 0, sizeof sums);
      for (size_t i = 0; i < n; i++) {
        const REAL *row = x + i * inner + first;
        for (size_t c = 0; c < columns; c++) sums[c] += (double)row[c];
      }
      for (size_t c = 0; c < columns; c++) y[first + c] = (REAL)sums[c];
    }
}

// The largest of the elements, or the smallest (sign -1); a NaN among them is the result, as in NumPy. n > 0.
static void FN(reduce_extreme)(const void *xv, size_t outer, size_t n, size_t inner, int smallest, void *yv) {
  const REAL *x = xv;
  REAL *y = yv, sign = smallest ? (REAL)-1 : (REAL)1;
  for (size_t o = 0; o < outer; o++, x += n * inner, y += inner) {
    if (inner == 1) {
      REAL best = x[0];
      for (size_t i = 1; i < n; i++) best = sign * x[i] > sign * best || x[i] != x[i] ? x[i] : best;
      y[0] = best;
      continue;
    }
    memcpy(y, x, inner * sizeof(REAL));
    for (size_t i = 1; i < n; i++) {
      const REAL *row = x + i * inner;
      for (size_t c = 0; c < inner; c++) y[c] = sign * row[c] > sign * y[c] || row[c] != row[c] ? row[c] : y[c];
    }
  }
}

// The place of the first largest element of each of `rows` rows.
static void FN(largest_index)(const void *xv, size_t rows, size_t columns, int64_t *index) {
  const REAL *x = xv;
  for (size_t row = 0; row < rows; row++, x += columns) {
    size_t best = 0;
    for (size_t c = 1; c < columns; c++)
      if (x[c] > x[best]) best = c;
    index[row] = (int64_t)best;
  }
}

// y[row] = x[index[row]], rows of `columns` elements; and the way back, dx[index[row]] += dy[row].
static void FN(gather_rows)(const void *xv, const int64_t *index, size_t rows, size_t columns, void *yv) {
  const REAL *x = xv;
  REAL *y = yv;
  for (size_t row = 0; row < rows; row++)
    memcpy(y + row * columns, x + (size_t)index[row] * columns, columns * sizeof(REAL));
}

static void FN(scatter_add_rows)(const void *dyv, const int64_t *index, size_t rows, size_t columns, void *dxv) {
  const REAL *dy = dyv;
  REAL *dx = dxv;
  for (size_t row = 0; row < rows; row++) {
    REAL *target = dx + (size_t)index[row] * columns;
    const REAL *source = dy + row * columns;
    INDEPENDENT
    for (size_t c = 0; c < columns; c++) target[c] += source[c];
  }
}
