// sums[c] = the sum of x[row, c] over rows that are `stride` elements apart, added in double: a column may be as long as a
// million rows. At most SUM_COLUMNS at a time, so that the sums stay in the first-level cache.
#define SUM_COLUMNS 64
static inline __attribute__((always_inline)) void FN(panel_sums)(const OPERAND *x, size_t rows, size_t stride,
                                                                 size_t columns, double *restrict sums) {
  memset(sums, 0, columns * sizeof(double));
  size_t row = 0;
  for (; row + 4 <= rows; row += 4, x += 4 * stride)
    for (size_t c = 0; c < columns; c++)
      sums[c] += ((double)LOAD_OPERAND(x[c]) + (double)LOAD_OPERAND(x[stride + c])) +
                 ((double)LOAD_OPERAND(x[2 * stride + c]) + (double)LOAD_OPERAND(x[3 * stride + c]));
  for (; row < rows; row++, x += stride)
    for (size_t c = 0; c < columns; c++) sums[c] += (double)LOAD_OPERAND(x[c]);
}

#define FOR_EACH_PANEL                                                                                  \
  for (size_t first = 0, count; first < columns && (count = columns - first < SUM_COLUMNS ? columns - first : SUM_COLUMNS); \
       first += SUM_COLUMNS)

// y[c] (+)= the sum over rows of x[row, c]
static void FN(column_sums)(const void *xv, size_t rows, size_t stride, size_t columns, int accumulate, void *yv) {
  const OPERAND *x = xv;
  STORED *y = yv;
  double sums[SUM_COLUMNS];
  FOR_EACH_PANEL {
    FN(panel_sums)(x + first, rows, stride, count, sums);
    for (size_t c = 0; c < count; c++)
      STORE(y[first + c], (REAL)(accumulate ? (double)LOAD(y[first + c]) + sums[c] : sums[c]));
  }
}

// The same, not yet rounded: for rows in blocks, whose sums are added later.
static void FN(column_sums_in_double)(const void *xv, size_t rows, size_t columns, double *sums) {
  FOR_EACH_PANEL FN(panel_sums)((const OPERAND *)xv + first, rows, columns, count, sums + first);
}
#undef FOR_EACH_PANEL
#undef SUM_COLUMNS
