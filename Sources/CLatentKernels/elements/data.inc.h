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

// Whether x is in low...high and, where levels is not 0, x levels is a whole number but for rounding.
static inline int FN(is_inside)(REAL x, REAL low, REAL high, REAL levels) {
  // Adding this leaves no digits behind the point of what is smaller than it; what is larger has none.
  const REAL whole = sizeof(REAL) == 4 ? (REAL)0x1p23 : (REAL)0x1p52;
  REAL y = x < 0 ? -x * levels : x * levels, rest = y < whole ? y - ((y + whole) - whole) : 0;
  return x >= low && x <= high && rest <= (REAL)1e-3 && rest >= (REAL)-1e-3 && x - x == 0;
}

// The first element of x that is not inside, NaN and infinities among them; n for none.
static size_t FN(first_outside)(const void *xv, double low, double high, double levels, size_t n) {
  const STORED *x = xv;
  for (size_t start = 0; start < n; start += 1024) {
    size_t end = start + 1024 < n ? start + 1024 : n;
    int outside = 0;
    for (size_t i = start; i < end; i++) outside |= !FN(is_inside)(LOAD(x[i]), (REAL)low, (REAL)high, (REAL)levels);
    if (!outside) continue;
    for (size_t i = start; i < end; i++)
      if (!FN(is_inside)(LOAD(x[i]), (REAL)low, (REAL)high, (REAL)levels)) return i;
  }
  return n;
}

static void FN(from_double)(const double *x, void *yv, size_t n) {
  STORED *y = yv;
  for (size_t i = 0; i < n; i++) STORE(y[i], (REAL)x[i]);
}

static void FN(to_double)(const void *xv, double *y, size_t n) {
  const STORED *x = xv;
  for (size_t i = 0; i < n; i++) y[i] = LOAD(x[i]);
}
