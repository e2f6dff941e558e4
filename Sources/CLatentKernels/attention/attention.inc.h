// The weights of attention from rows of scores z [rows, columns], and their way back (Vaswani et al. 2017; computed anew on the way
// back, as Dao et al. 2022, "FlashAttention"). Row r sees the first seen + r columns where it is causal, otherwise all.

static inline size_t FN(seen_columns)(size_t row, size_t columns, size_t seen, int causal) {
  return causal && seen + row < columns ? seen + row : columns;
}

// z becomes softmax(scale z) over what a row sees, and 0 elsewhere, also where all that it sees is minus infinity; statistics [rows, 2] get the largest score and 1 / (sum of
// exponentials), or are read where they are known.
static void FN(attention_weights)(void *scoresv, size_t rows, size_t columns, double scale, size_t seen, int causal,
                                  int known, void *statisticsv) {
  REAL *statistics = statisticsv;
  const REAL factor = (REAL)scale;
  for (size_t row = 0; row < rows; row++) {
    REAL *z = (REAL *)scoresv + row * columns;
    const size_t n = FN(seen_columns)(row, columns, seen, causal);
    const REAL largest = known ? statistics[2 * row] : FN(largest_finite)(z, n);
    INDEPENDENT
    for (size_t c = 0; c < n; c++) z[c] = EXP(factor * (z[c] - largest));
    if (!known) {
      const double sum = (double)FN(sum_in_blocks)(z, n);
      statistics[2 * row] = largest, statistics[2 * row + 1] = sum == 0 ? 0 : (REAL)(1 / sum);
    }
    const REAL inverse = statistics[2 * row + 1];
    INDEPENDENT
    for (size_t c = 0; c < n; c++) z[c] *= inverse;
    if (n < columns) memset(z + n, 0, (columns - n) * sizeof(REAL));
  }
}

// Of y = P v, with P [rows, columns] the weights: dP = dy v^T becomes dz = scale P (dP - sum of dy y), the gradient of the scores.
// Rows of y and dy have `width` elements and are `stride` apart.
static void FN(attention_backward)(const void *weightsv, void *dpv, size_t rows, size_t columns, double scale, const void *yv,
                                   const void *dyv, size_t width, size_t stride) {
  const REAL factor = (REAL)scale;
  for (size_t row = 0; row < rows; row++) {
    const REAL *p = (const REAL *)weightsv + row * columns, *y = (const REAL *)yv + row * stride;
    const REAL *dy = (const REAL *)dyv + row * stride;
    REAL *dp = (REAL *)dpv + row * columns, lanes[16] = {0};
    size_t i = 0;
    for (; i + 16 <= width; i += 16)
      for (size_t j = 0; j < 16; j++) lanes[j] = FUSED(dy[i + j], y[i + j], lanes[j]);
    for (size_t j = 0; i + j < width; j++) lanes[j] = FUSED(dy[i + j], y[i + j], lanes[j]);
    for (size_t step = 8; step > 0; step /= 2)
      for (size_t j = 0; j < step; j++) lanes[j] += lanes[j + step];
    const REAL total = lanes[0];
    INDEPENDENT
    for (size_t c = 0; c < columns; c++) dp[c] = factor * p[c] * (dp[c] - total);
  }
}
