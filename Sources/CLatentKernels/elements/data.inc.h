// Bytes to numbers: batch[row, c] = pixels[index[row], c] * scale, images of `columns` bytes each.
static void FN(gather_bytes)(const uint8_t *pixels, const int64_t *index, void *batchv, size_t rows, size_t columns,
                             double scale) {
  REAL s = (REAL)scale;
  for (size_t row = 0; row < rows; row++) {
    const uint8_t *image = pixels + (size_t)index[row] * columns;
    STORED *batch = (STORED *)batchv + row * columns;
    for (size_t c = 0; c < columns; c++) STORE(batch[c], (REAL)image[c] * s);
  }
}

static void FN(from_double)(const double *x, void *yv, size_t n) {
  STORED *y = yv;
  for (size_t i = 0; i < n; i++) STORE(y[i], (REAL)x[i]);
}

static void FN(to_double)(const void *xv, double *y, size_t n) {
  const STORED *x = xv;
  for (size_t i = 0; i < n; i++) y[i] = LOAD(x[i]);
}
