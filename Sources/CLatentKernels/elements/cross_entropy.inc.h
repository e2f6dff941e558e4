// Cross-entropy of classes from logits z [rows, columns]: log(sum of exp(z)) - z[class] of each row, and its gradient. A
// negative class is none: the row's loss is then log(sum of exp(z)) alone.

// A sum of short blocks in 16 lanes, which are added in double, since a vocabulary may have 100,000 words.
#define SUM_BLOCK 1024
static double FN(sum_in_blocks)(const REAL *x, size_t n) {
  double total = 0;
  for (size_t start = 0; start < n; start += SUM_BLOCK) {
    size_t count = n - start < SUM_BLOCK ? n - start : SUM_BLOCK, i = 0;
    REAL lanes[16] = {0};
    for (; i + 16 <= count; i += 16)
      for (size_t j = 0; j < 16; j++) lanes[j] += x[start + i + j];
    for (size_t j = 0; i + j < count; j++) lanes[j] += x[start + i + j];
    for (size_t step = 8; step > 0; step /= 2)
      for (size_t j = 0; j < step; j++) lanes[j] += lanes[j + step];
    total += (double)lanes[0];
  }
  return total;
}

// sum of exp(z - largest)
static double FN(sum_of_exponentials)(const REAL *z, REAL largest, size_t n) {
  double total = 0;
  REAL terms[SUM_BLOCK];
  for (size_t start = 0; start < n; start += SUM_BLOCK) {
    size_t count = n - start < SUM_BLOCK ? n - start : SUM_BLOCK;
    INDEPENDENT
    for (size_t c = 0; c < count; c++) terms[c] = EXP(z[start + c] - largest);
    total += FN(sum_in_blocks)(terms, count);
  }
  return total;
}
#undef SUM_BLOCK

// The largest element, or 0 where that is infinite: z - largest would be NaN. A NaN may be left out, since its exponential
// is NaN, too.
static REAL FN(largest_finite)(const REAL *z, size_t n) {
  REAL lanes[16];
  for (size_t j = 0; j < 16; j++) lanes[j] = z[j < n ? j : 0];
  size_t i = 16;
  for (; i + 16 <= n; i += 16)
    for (size_t j = 0; j < 16; j++) lanes[j] = z[i + j] > lanes[j] ? z[i + j] : lanes[j];
  for (; i < n; i++) lanes[0] = z[i] > lanes[0] ? z[i] : lanes[0];
  for (size_t j = 1; j < 16; j++) lanes[0] = lanes[j] > lanes[0] ? lanes[j] : lanes[0];
  return lanes[0] - lanes[0] == 0 ? lanes[0] : 0;
}

// losses[row], and for the way back statistics [rows, 2]: the largest logit and 1 / (sum of exp(z - largest)).
static void FN(cross_entropy)(const void *logitsv, const int64_t *classes, size_t rows, size_t columns,
                              void *statisticsv, void *lossesv) {
  REAL *statistics = statisticsv, *losses = lossesv;
  for (size_t row = 0; row < rows; row++) {
    const REAL *z = (const REAL *)logitsv + row * columns;
    const REAL largest = FN(largest_finite)(z, columns);
    const double sum = FN(sum_of_exponentials)(z, largest, columns);
    const REAL picked = classes[row] < 0 ? (REAL)0 : z[classes[row]];
    losses[row] = LOG((REAL)sum) + (largest - picked);
    statistics[2 * row] = largest, statistics[2 * row + 1] = (REAL)(1 / sum);
  }
}

// dz (+)= scale[row] (softmax(z) - one-hot(class)); dz may be z.
static void FN(cross_entropy_backward)(const void *logitsv, const int64_t *classes, const void *statisticsv,
                                       const void *scalev, size_t rows, size_t columns, int accumulate, void *dzv) {
  const REAL *statistics = statisticsv, *scale = scalev;
  for (size_t row = 0; row < rows; row++) {
    const REAL *z = (const REAL *)logitsv + row * columns;
    REAL *dz = (REAL *)dzv + row * columns;
    const REAL largest = statistics[2 * row], factor = statistics[2 * row + 1] * scale[row];
    if (accumulate)
      INDEPENDENT
      for (size_t c = 0; c < columns; c++) dz[c] += factor * EXP(z[c] - largest);
    else
      INDEPENDENT
      for (size_t c = 0; c < columns; c++) dz[c] = factor * EXP(z[c] - largest);
    if (classes[row] >= 0) dz[classes[row]] -= scale[row];
  }
}
