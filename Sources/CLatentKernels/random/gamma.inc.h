// Draws from gamma distributions and their derivatives (gamma_draws.inc.h) of whole arrays.

// log z [rows, columns] of each alpha; a pure function of (key, stream[row], column) and it.
static void FN(log_gamma_draws)(uint64_t key, const uint64_t *stream, const void *alphav, void *yv, size_t rows,
                                size_t columns) {
  const REAL *alpha = alphav;
  REAL *y = yv;
  for (size_t row = 0; row < rows; row++)
    for (size_t c = 0; c < columns; c++)
      y[row * columns + c] = (REAL)latent_log_gamma_draw((double)alpha[row * columns + c], key, stream[row], (uint32_t)c);
}

// slope = d log z / d alpha
static void FN(log_gamma_slopes)(const void *alphav, const void *log_zv, void *slopev, size_t n) {
  const REAL *alpha = alphav, *log_z = log_zv;
  REAL *slope = slopev;
  for (size_t i = 0; i < n; i++) slope[i] = (REAL)latent_log_gamma_slope((double)alpha[i], (double)log_z[i]);
}
