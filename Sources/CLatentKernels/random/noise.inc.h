// Random numbers from Philox4x32-10 (philox.inc.h): word w of element (row, column) is word column % 4 of block
// column / 4 of stream[row], so it depends on (key, stream[row], column) alone.

// Puts the four elements of each of `lanes` blocks where they belong in a matrix, from (row, column) on; a row's last block may have
// some that nobody needs.
static inline void FN(place_blocks)(REAL values[PHILOX_LANES][4], size_t lanes, size_t row, size_t column, size_t columns,
                                    REAL *out) {
  if (columns % 4 == 0) {  // they lie in the matrix as they lie here
    memcpy(out + row * columns + column, values, lanes * 4 * sizeof(REAL));
    return;
  }
  for (size_t i = 0; i < lanes; i++) {
    size_t count = columns - column < 4 ? columns - column : 4;
    for (size_t j = 0; j < count; j++) out[row * columns + column + j] = values[i][j];
    column += 4;
    if (column >= columns) {
      column = 0;
      row++;
    }
  }
}

// Standard normal noise. Of each four words, two pairs (a, b) give two normals each (G. Box and M. Muller, "A note on
// the generation of random normal deviates", 1958): sqrt(-2 log u) times cos and sin of 2 pi b / 2^32, where
// u = (a + 1/2) / 2^32 or, so that a signed conversion suffices, 1 + that for a - 2^32 in place of a.
//
// The rows' elements from `first` on, a multiple of 4. The bits are the same with every instruction set, since BOX_MULLER
// fuses no multiplication with an addition; float64 agrees with float32 to float precision.
static void FN(normal_noise)(uint64_t key, const uint64_t *stream, size_t first, void *noisev, size_t rows,
                             size_t columns) {
  REAL *noise = noisev;
  latent_place at = {0, 0};
  while (at.row < rows && columns > 0) {
    uint32_t words[4][PHILOX_LANES];
    size_t row = at.row, column = at.column;
    size_t lanes = latent_philox_rows(key, stream, first, rows, columns, &at, words);

    REAL normal[PHILOX_LANES][4];
    for (size_t i = 0; i < PHILOX_LANES; i++) BOX_MULLER(words[0][i], words[1][i], &normal[i][0], &normal[i][1]);
    for (size_t i = 0; i < PHILOX_LANES; i++) BOX_MULLER(words[2][i], words[3][i], &normal[i][2], &normal[i][3]);
    FN(place_blocks)(normal, lanes, row, column, columns, noise);
  }
}

// Uniform noise: (low + high) / 2 + (high - low) t with t = (word + 1/2) / 2^32 - 1/2. The rows' elements from `first` on, a multiple
// of 4. The same bits with every instruction set.
static void FN(uniform_noise)(uint64_t key, const uint64_t *stream, size_t first, double low, double high, void *outv,
                              size_t rows, size_t columns) {
#pragma clang fp contract(off)
  REAL *out = outv;
  REAL centre = (REAL)((low + high) / 2), width = (REAL)(high - low), least = (REAL)low, most = (REAL)high;
  latent_place at = {0, 0};
  while (at.row < rows && columns > 0) {
    uint32_t words[4][PHILOX_LANES];
    REAL values[PHILOX_LANES][4];
    size_t row = at.row, column = at.column;
    size_t lanes = latent_philox_rows(key, stream, first, rows, columns, &at, words);
    for (size_t i = 0; i < PHILOX_LANES; i++) {
      for (size_t j = 0; j < 4; j++) {
        REAL t = (REAL)(int32_t)(words[j][i] ^ 0x80000000) * (REAL)0x1p-32 + (REAL)0x1p-33;
        REAL x = centre + width * t;
        x = x < least ? least : x;  // where the sum was rounded outwards
        values[i][j] = x > most ? most : x;
      }
    }
    FN(place_blocks)(values, lanes, row, column, columns, out);
  }
}

static void FN(random_bits)(uint64_t key, uint64_t stream, uint32_t *out, size_t n) {
  for (size_t i = 0; i < n; i += 4 * PHILOX_LANES) {
    uint32_t words[4 * PHILOX_LANES];
    latent_philox_words(key, stream, (uint32_t)(i / 4), words);
    size_t count = n - i < 4 * PHILOX_LANES ? n - i : 4 * PHILOX_LANES;
    memcpy(out + i, words, count * sizeof(uint32_t));
  }
}
