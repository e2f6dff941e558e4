// Random numbers from Philox4x32-10 (philox.inc.h): word w of element (row, column) is word column % 4 of block
// column / 4 of stream[row], so it depends on (key, stream[row], column) alone.

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
    size_t r = at.row, c = at.column;
    size_t lanes = latent_philox_rows(key, stream, first, rows, columns, &at, words);

    REAL normal[PHILOX_LANES][4];
    for (size_t i = 0; i < PHILOX_LANES; i++) BOX_MULLER(words[0][i], words[1][i], &normal[i][0], &normal[i][1]);
    for (size_t i = 0; i < PHILOX_LANES; i++) BOX_MULLER(words[2][i], words[3][i], &normal[i][2], &normal[i][3]);

    if (columns % 4 == 0) {  // the lanes lie in the matrix as they lie here
      memcpy(noise + r * columns + c, normal, lanes * 4 * sizeof(REAL));
      continue;
    }
    for (size_t i = 0; i < lanes; i++) {
      size_t count = columns - c < 4 ? columns - c : 4;
      for (size_t j = 0; j < count; j++) noise[r * columns + c + j] = normal[i][j];
      c += 4;
      if (c >= columns) {
        c = 0;
        r++;
      }
    }
  }
}

// Elements first..<first + n, first a multiple of 4, of x[i] = (low + high) / 2 + (high - low) t with
// t = (word i + 1/2) / 2^32 - 1/2. The same bits with every instruction set.
static void FN(uniform_noise)(uint64_t key, uint64_t stream, size_t first, double low, double high, void *outv,
                              size_t n) {
#pragma clang fp contract(off)
  REAL *out = outv;
  REAL centre = (REAL)((low + high) / 2), width = (REAL)(high - low), least = (REAL)low, most = (REAL)high;
  for (size_t i = 0; i < n; i += 4 * PHILOX_LANES) {
    uint32_t words[4 * PHILOX_LANES];
    REAL values[4 * PHILOX_LANES];
    latent_philox_words(key, stream, (uint32_t)((first + i) / 4), words);
    for (size_t j = 0; j < 4 * PHILOX_LANES; j++) {
      REAL t = (REAL)(int32_t)(words[j] ^ 0x80000000) * (REAL)0x1p-32 + (REAL)0x1p-33;
      REAL x = centre + width * t;
      x = x < least ? least : x;  // where the sum was rounded outwards
      values[j] = x > most ? most : x;
    }
    size_t count = n - i < 4 * PHILOX_LANES ? n - i : 4 * PHILOX_LANES;
    memcpy(out + i, values, count * sizeof(REAL));
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
