// Dropout (Srivastava et al. 2014) in its inverted form: y = x scale where the element is kept, else 0. Element (row, column)
// is kept where word `column` of stream[row] of the generator `key` (philox.inc.h) is at least `threshold`. The same loop
// is the way back, from dy to dx; y may be x.
static void FN(dropout)(uint64_t key, const uint64_t *stream, uint32_t threshold, double scale, const void *xv, void *yv,
                        size_t rows, size_t columns) {
  REAL s = (REAL)scale;
  for (size_t row = 0; row < rows; row++)
    for (size_t start = 0; start < columns; start += 4 * PHILOX_LANES) {
      uint32_t words[4 * PHILOX_LANES];
      latent_philox_words(key, stream[row], (uint32_t)(start / 4), words);
      size_t count = columns - start < 4 * PHILOX_LANES ? columns - start : 4 * PHILOX_LANES;
      const REAL *x = (const REAL *)xv + row * columns + start;
      REAL *y = (REAL *)yv + row * columns + start;
      INDEPENDENT
      for (size_t c = 0; c < count; c++) y[c] = words[c] >= threshold ? x[c] * s : (REAL)0;
    }
}
