// Dropout (Srivastava et al. 2014) in its inverted form: y = x scale where the element is kept, else 0. Element (row, column)
// is kept where word `column` of stream[row] of the generator `key` (philox.inc.h) is at least `threshold`. The same loop
// is the way back, from dy to dx; y may be x.
static void FN(dropout)(uint64_t key, const uint64_t *stream, uint32_t threshold, double scale, const void *xv, void *yv,
                        size_t rows, size_t columns) {
  const REAL *x = xv, s = (REAL)scale;
  REAL *y = yv;
  latent_place at = {0, 0};
  while (at.row < rows && columns > 0) {
    uint32_t words[4][PHILOX_LANES], ordered[4 * PHILOX_LANES];
    size_t row = at.row, column = at.column, here = row * columns + column;
    size_t lanes = latent_philox_rows(key, stream, 0, rows, columns, &at, words);
    size_t count = 0;  // of elements, which follow one another, whatever their rows
    if (columns % 4 == 0) {
      for (size_t i = 0; i < lanes; i++)
        for (size_t j = 0; j < 4; j++) ordered[4 * i + j] = words[j][i];
      count = 4 * lanes;
    } else {
      for (size_t i = 0; i < lanes; i++) {
        for (size_t j = 0; j < 4 && column < columns; j++, column++) ordered[count++] = words[j][i];
        if (column == columns) column = 0;
      }
    }
    INDEPENDENT
    for (size_t i = 0; i < count; i++) y[here + i] = ordered[i] >= threshold ? x[here + i] * s : (REAL)0;
  }
}
