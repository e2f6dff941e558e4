// Gumbel noise -log(-log u), u = (word + 1/2) / 2^32, of the words of normal_noise (noise.inc.h): element (row, column) depends on
// (key, stream[row], column) alone. In double for every element type; the same bits with every instruction set.
static void FN(gumbel_noise)(uint64_t key, const uint64_t *stream, void *noisev, size_t rows, size_t columns) {
  REAL *noise = noisev;
  size_t row = 0, column = 0;
  while (row < rows && columns > 0) {
    uint64_t streams[PHILOX_LANES] = {0};
    uint32_t blocks[PHILOX_LANES] = {0}, words[4][PHILOX_LANES];
    REAL *places[PHILOX_LANES];
    size_t counts[PHILOX_LANES], lanes = 0;
    for (; lanes < PHILOX_LANES && row < rows; lanes++) {
      streams[lanes] = stream[row], blocks[lanes] = (uint32_t)(column / 4);
      places[lanes] = noise + row * columns + column;
      counts[lanes] = columns - column < 4 ? columns - column : 4;
      column += 4;
      if (column >= columns) column = 0, row++;
    }
    latent_philox(key, streams, blocks, words);
    for (size_t i = 0; i < lanes; i++)
      for (size_t j = 0; j < counts[i]; j++) {
        double u = ((double)words[j][i] + 0.5) * 0x1p-32;
        places[i][j] = (REAL)-latent_log64(-latent_log64(u));
      }
  }
}
