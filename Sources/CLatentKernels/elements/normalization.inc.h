// Normalisation of rows (layer normalisation, Ba, Kiros & Hinton 2016) and of columns (batch normalisation, Ioffe & Szegedy
// 2015); variances are those of the sample, divided by n.

// A sum over columns u of a row, in 16 lanes; NEXT is what comes of the lane's `sum`.
#define ROW_SUM(name, NEXT)                                                    \
  REAL name;                                                                   \
  {                                                                            \
    REAL lanes[16] = {0};                                                      \
    size_t start = 0;                                                          \
    for (; start + 16 <= columns; start += 16)                                 \
      for (size_t lane = 0; lane < 16; lane++) {                               \
        const size_t u = start + lane;                                         \
        const REAL sum = lanes[lane];                                          \
        lanes[lane] = NEXT;                                                    \
      }                                                                        \
    for (size_t u = start; u < columns; u++) {                                 \
      const REAL sum = lanes[u - start];                                       \
      lanes[u - start] = NEXT;                                                 \
    }                                                                          \
    for (size_t step = 8; step > 0; step /= 2)                                 \
      for (size_t lane = 0; lane < step; lane++) lanes[lane] += lanes[lane + step]; \
    name = lanes[0];                                                           \
  }

// y = (x - mean) / sqrt(variance + epsilon) gamma + beta, mean and variance being the row's own. statistics [rows, 2] gets
// mean and 1 / sqrt(variance + epsilon).
static void FN(layer_norm)(const void *xv, const void *gammav, const void *betav, double epsilon, void *statisticsv,
                           void *yv, size_t rows, size_t columns) {
  const REAL *gamma = gammav, *beta = betav;
  REAL *statistics = statisticsv;
  for (size_t row = 0; row < rows; row++) {
    const REAL *x = (const REAL *)xv + row * columns;
    REAL *y = (REAL *)yv + row * columns;
    ROW_SUM(total, sum + x[u]);
    REAL mean = total / (REAL)columns;
    ROW_SUM(squares, FUSED(x[u] - mean, x[u] - mean, sum));
    REAL inverse = 1 / SQRT(squares / (REAL)columns + (REAL)epsilon);
    INDEPENDENT
    for (size_t u = 0; u < columns; u++) y[u] = (x[u] - mean) * inverse * gamma[u] + beta[u];
    statistics[2 * row] = mean, statistics[2 * row + 1] = inverse;
  }
}

// With n = (x - mean) inverse and g = dy gamma: dgamma += dy n and dbeta += dy, where these are given, and, where dx is
// given, dx = inverse (g - mean(g) - n mean(g n)).
static void FN(layer_norm_backward)(const void *xv, const void *gammav, const void *statisticsv, const void *dyv,
                                    void *dgammav, void *dbetav, void *dxv, size_t rows, size_t columns) {
  const REAL *gamma = gammav, *statistics = statisticsv;
  REAL *dgamma = dgammav, *dbeta = dbetav;
  for (size_t row = 0; row < rows; row++) {
    const REAL *x = (const REAL *)xv + row * columns, *dy = (const REAL *)dyv + row * columns;
    REAL mean = statistics[2 * row], inverse = statistics[2 * row + 1];
    if (dgamma)
      INDEPENDENT
      for (size_t u = 0; u < columns; u++) {
        dgamma[u] += dy[u] * ((x[u] - mean) * inverse);
        dbeta[u] += dy[u];
      }
    if (!dxv) continue;
    REAL *dx = (REAL *)dxv + row * columns;
    ROW_SUM(total, FUSED(dy[u], gamma[u], sum));
    ROW_SUM(along, FUSED(dy[u] * gamma[u], (x[u] - mean) * inverse, sum));
    total /= (REAL)columns, along /= (REAL)columns;
    INDEPENDENT
    for (size_t u = 0; u < columns; u++)
      dx[u] = inverse * (dy[u] * gamma[u] - total - (x[u] - mean) * inverse * along);
  }
}
#undef ROW_SUM

// Columns are taken a few at a time, with sums in double: a column may be as long as batch, height and width together.
#define COLUMN_PANEL 64
#define FOR_EACH_PANEL                                                              \
  for (size_t first = 0; first < columns; first += COLUMN_PANEL)                    \
    for (size_t count = columns - first < COLUMN_PANEL ? columns - first : COLUMN_PANEL, once = 1; once; once = 0)

// mean[c] and variance[c] of the columns of x [rows, columns]
static void FN(column_moments)(const void *xv, size_t rows, size_t columns, void *meanv, void *variancev) {
  REAL *mean = meanv, *variance = variancev;
  FOR_EACH_PANEL {
    double sums[COLUMN_PANEL] = {0}, squares[COLUMN_PANEL] = {0};
    for (size_t row = 0; row < rows; row++) {
      const REAL *x = (const REAL *)xv + row * columns + first;
      for (size_t c = 0; c < count; c++) sums[c] += x[c];
    }
    for (size_t c = 0; c < count; c++) sums[c] /= (double)rows;
    for (size_t row = 0; row < rows; row++) {
      const REAL *x = (const REAL *)xv + row * columns + first;
      for (size_t c = 0; c < count; c++) squares[c] += (x[c] - sums[c]) * (x[c] - sums[c]);
    }
    for (size_t c = 0; c < count; c++) mean[first + c] = (REAL)sums[c], variance[first + c] = (REAL)(squares[c] / (double)rows);
  }
}

// y = (x - mean[c]) / sqrt(variance[c] + epsilon) gamma[c] + beta[c]
static void FN(batch_norm)(const void *xv, const void *meanv, const void *variancev, const void *gammav,
                           const void *betav, double epsilon, void *yv, size_t rows, size_t columns) {
  const REAL *mean = meanv, *variance = variancev, *gamma = gammav, *beta = betav;
  FOR_EACH_PANEL {
    REAL scale[COLUMN_PANEL];
    for (size_t c = 0; c < count; c++) scale[c] = gamma[first + c] / SQRT(variance[first + c] + (REAL)epsilon);
    for (size_t row = 0; row < rows; row++) {
      const REAL *x = (const REAL *)xv + row * columns + first;
      REAL *y = (REAL *)yv + row * columns + first;
      INDEPENDENT
      for (size_t c = 0; c < count; c++) y[c] = (x[c] - mean[first + c]) * scale[c] + beta[first + c];
    }
  }
}

// With n = (x - mean) / sqrt(variance + epsilon): dgamma[c] = sum of dy n, dbeta[c] = sum of dy
static void FN(batch_norm_sums)(const void *xv, const void *meanv, const void *variancev, double epsilon,
                                const void *dyv, void *dgammav, void *dbetav, size_t rows, size_t columns) {
  const REAL *mean = meanv, *variance = variancev;
  REAL *dgamma = dgammav, *dbeta = dbetav;
  FOR_EACH_PANEL {
    double along[COLUMN_PANEL] = {0}, total[COLUMN_PANEL] = {0};
    REAL inverse[COLUMN_PANEL];
    for (size_t c = 0; c < count; c++) inverse[c] = 1 / SQRT(variance[first + c] + (REAL)epsilon);
    for (size_t row = 0; row < rows; row++) {
      const REAL *x = (const REAL *)xv + row * columns + first, *dy = (const REAL *)dyv + row * columns + first;
      for (size_t c = 0; c < count; c++) {
        along[c] += dy[c] * ((x[c] - mean[first + c]) * inverse[c]);
        total[c] += dy[c];
      }
    }
    for (size_t c = 0; c < count; c++) dgamma[first + c] = (REAL)along[c], dbeta[first + c] = (REAL)total[c];
  }
}

// dx = gamma / sqrt(variance + epsilon) (dy - dbeta / batch_rows - n dgamma / batch_rows), the sums being those of the whole
// batch, of which x may be a part; without the last two terms where they are not given, since mean and variance are constants.
static void FN(batch_norm_backward)(const void *xv, const void *meanv, const void *variancev, const void *gammav,
                                    double epsilon, const void *dyv, const void *dgammav, const void *dbetav,
                                    double batch_rows, void *dxv, size_t rows, size_t columns) {
  const REAL *mean = meanv, *variance = variancev, *gamma = gammav, *dgamma = dgammav, *dbeta = dbetav;
  FOR_EACH_PANEL {
    REAL scale[COLUMN_PANEL], slope[COLUMN_PANEL], offset[COLUMN_PANEL];
    for (size_t c = 0; c < count; c++) {
      REAL inverse = 1 / SQRT(variance[first + c] + (REAL)epsilon);
      scale[c] = gamma[first + c] * inverse;
      slope[c] = dgamma ? (REAL)(dgamma[first + c] / batch_rows) * inverse : 0;
      offset[c] = dbeta ? (REAL)(dbeta[first + c] / batch_rows) : 0;
    }
    for (size_t row = 0; row < rows; row++) {
      const REAL *x = (const REAL *)xv + row * columns + first, *dy = (const REAL *)dyv + row * columns + first;
      REAL *dx = (REAL *)dxv + row * columns + first;
      INDEPENDENT
      for (size_t c = 0; c < count; c++)
        dx[c] = scale[c] * (dy[c] - offset[c] - (x[c] - mean[first + c]) * slope[c]);
    }
  }
}
#undef FOR_EACH_PANEL
#undef COLUMN_PANEL
