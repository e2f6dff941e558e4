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

// Moves images: y[b, r, c] = x[b, r - down, c - right], the pixel at the edge where there is none; mirrored from left to right
// before that where `mirrored` is not 0. moves[b] = {down, right, mirrored}; x and y are disjoint.
static void FN(move_images)(const void *xv, const int32_t *moves, void *yv, size_t batch, size_t height, size_t width,
                            size_t channels) {
  ptrdiff_t last_row = (ptrdiff_t)height - 1, last = (ptrdiff_t)width - 1;
  for (size_t b = 0; b < batch; b++, moves += 3) {
    const STORED *image = (const STORED *)xv + b * height * width * channels;
    STORED *y = (STORED *)yv + b * height * width * channels;
    for (ptrdiff_t r = 0; r <= last_row; r++) {
      ptrdiff_t row = r - moves[0];
      row = row < 0 ? 0 : row > last_row ? last_row : row;
      const STORED *x = image + (size_t)row * width * channels;
      for (ptrdiff_t c = 0; c <= last; c++, y += channels) {
        ptrdiff_t column = c - moves[1];
        column = column < 0 ? 0 : column > last ? last : column;
        const STORED *pixel = x + (size_t)(moves[2] ? last - column : column) * channels;
        for (size_t k = 0; k < channels; k++) y[k] = pixel[k];
      }
    }
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
