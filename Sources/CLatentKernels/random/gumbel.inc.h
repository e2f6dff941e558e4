// Gumbel noise -log(-log u), u = (word + 1/2) / 2^32, of the words of normal_noise (noise.inc.h): element (row, column) depends on
// (key, stream[row], column) alone. In double for every element type; the same bits with every instruction set.
static void FN(gumbel_noise)(uint64_t key, const uint64_t *stream, void *noisev, size_t rows, size_t columns) {
  REAL *noise = noisev;
  latent_place at = {0, 0};
  while (at.row < rows && columns > 0) {
    uint32_t words[4][PHILOX_LANES];
    size_t row = at.row, column = at.column;
    size_t lanes = latent_philox_rows(key, stream, 0, rows, columns, &at, words);
    for (size_t i = 0; i < lanes; i++) {
      for (size_t j = 0; j < 4 && column < columns; j++, column++) {
        double u = ((double)words[j][i] + 0.5) * 0x1p-32;
        noise[row * columns + column] = (REAL)-latent_log64(-latent_log64(u));
      }
      if (column == columns) column = 0, row++;
    }
  }
}
