// The products of grid_product.inc.h with bfloat16 operands. Patches are put side by side here, a few at a time, unless they can be read
// where they lie: by tiles see tile_grid.inc.h, pair by pair where a patch's runs have even length; for the gradient of a kernel, pairs
// are of two patches.
//
//   placed_product(block, m, panel, pairs, c, c_places, columns, accumulate)   rows_product of patches in `block`, rows of C at
//                                                                              c_places

// Pairs of places, and elements of patches, that a kernel's gradient takes at a time.
#define PLACE_PAIRS 128
#define PATCH_ELEMENTS SLAB_COLUMNS

// The elements first..<first + terms of some patches, side by side in `block`, and zeros up to the stride behind them.
static void FN(gather_patches)(const uint16_t *a, const size_t *row_places, size_t rows, const latent_grid *depth,
                               size_t first, size_t terms, uint16_t *block, size_t stride) {
  size_t run = depth->counts[2], places[2 * PAIR_DEPTH], lengths[2 * PAIR_DEPTH], runs = 0;
  for (size_t p = first; p < first + terms; runs++) {
    size_t line = p / run, within = p % run, count = run - within;
    lengths[runs] = count < first + terms - p ? count : first + terms - p;
    places[runs] = line / depth->counts[1] * depth->steps[0] + line % depth->counts[1] * depth->steps[1] + within;
    p += lengths[runs];
  }
  for (size_t r = 0; r < rows; r++) {
    uint16_t *to = block + r * stride;
    for (size_t n = 0; n < runs; to += lengths[n], n++)
      for (size_t i = 0; i < lengths[n]; i++) to[i] = a[row_places[r] + places[n] + i];
    for (size_t i = terms; i < stride; i++) *to++ = 0;
  }
}

static void FN(multiply_pair_grid)(const void *a, const latent_grid *rows, const latent_grid *depth,
                                   const void *packed, size_t n, void *c, const latent_grid *c_rows, int accumulate) {
#if GROUP == 1
  if (depth->counts[2] % 2 == 0) {
    FN(multiply_grid)(a, rows, depth, packed, n, c, c_rows, accumulate);
    return;
  }
#endif
#ifdef TILE_REGISTERS
  if (FN(tiles_lie_in_place)(rows, depth)) {
    FN(multiply_tiles_in_place)(a, rows, depth, packed, n, c, c_rows, accumulate);
    END_PRODUCTS;
    return;
  }
#endif
  size_t m = FN(grid_count)(rows), k = FN(grid_count)(depth), pairs = FN(pair_count)(k);
  size_t row_places[BLOCK_ROWS], c_places[BLOCK_ROWS];
  uint16_t block[BLOCK_ROWS * 2 * PAIR_DEPTH] __attribute__((aligned(VECTOR_BYTES)));
  for (size_t first = 0; first < m; first += BLOCK_ROWS) {
    size_t count = m - first < BLOCK_ROWS ? m - first : BLOCK_ROWS;
    FN(grid_places)(rows, first, count, row_places);
    FN(grid_places)(c_rows, first, count, c_places);
    for (size_t start = 0; start < pairs || start == 0; start += PAIR_DEPTH) {  // k = 0 still clears C
      size_t steps = pairs - start < PAIR_DEPTH ? pairs - start : PAIR_DEPTH;
      size_t terms = k - 2 * start < 2 * steps ? k - 2 * start : 2 * steps;
      FN(gather_patches)(a, row_places, count, depth, 2 * start, terms, block, 2 * steps);
      for (size_t column = 0; column < n; column += PANEL)
        FN(placed_product)(block, count, (const uint32_t *)packed + column * pairs + start * PANEL, steps,
                           (float *)c + column, c_places, n - column < PANEL ? n - column : PANEL,
                           accumulate || start > 0);
    }
  }
  END_PRODUCTS;
}

// C (+)= A^T B: see multiply_grid_transposed. B's rows may be floats, or bfloat16 already.
static void FN(multiply_grid_transposed)(const void *av, const latent_grid *rows, const latent_grid *depth,
                                         const void *b, int narrow_b, const latent_grid *b_rows, size_t n, float *c,
                                         int accumulate) {
  const uint16_t *a = av;
  size_t m = FN(grid_count)(rows), k = FN(grid_count)(depth), run = rows->counts[2];
  uint32_t block[PLACE_PAIRS * PATCH_ELEMENTS], panel[PLACE_PAIRS * PANEL] __attribute__((aligned(VECTOR_BYTES)));
  uint32_t slab[SLAB_ROWS * SLAB_COLUMNS] __attribute__((aligned(VECTOR_BYTES)));
  size_t depth_places[2 * PLACE_PAIRS], b_places[2 * PLACE_PAIRS], places[PATCH_ELEMENTS];
  for (size_t start = 0; start < k || start == 0; start += 2 * PLACE_PAIRS) {  // k = 0 still clears C
    size_t terms = k - start < 2 * PLACE_PAIRS ? k - start : 2 * PLACE_PAIRS, pairs = FN(pair_count)(terms);
    FN(grid_places)(depth, start, terms, depth_places);
    FN(grid_places)(b_rows, start, terms, b_places);
    for (size_t first = 0; first < m; first += PATCH_ELEMENTS) {
      size_t count = m - first < PATCH_ELEMENTS ? m - first : PATCH_ELEMENTS;
      FN(grid_places)(rows, first, count, places);
      for (size_t p = 0; p < pairs; p++) {
        uint32_t *row = slab + p % SLAB_ROWS * SLAB_COLUMNS;
        if (2 * p >= terms) memset(row, 0, count * sizeof(uint32_t));
        for (size_t e = 0; e < count && 2 * p < terms;) {  // run by run
          size_t length = run - (first + e) % run;
          if (length > count - e) length = count - e;
          FN(pair_rows)(a + depth_places[2 * p] + places[e],
                        2 * p + 1 < terms ? a + depth_places[2 * p + 1] + places[e] : 0, 1, length, row + e);
          e += length;
        }
        if ((p + 1) % SLAB_ROWS == 0 || p + 1 == pairs)
          FN(turn_slab)(slab, block, pairs, p / SLAB_ROWS * SLAB_ROWS, p % SLAB_ROWS + 1, count);
      }
      for (size_t column = 0; column < n; column += PANEL) {
        size_t columns = n - column < PANEL ? n - column : PANEL;
        for (size_t p = 0; p < pairs; p++) {
          if (columns < PANEL || 2 * p >= terms) memset(panel + p * PANEL, 0, PANEL * sizeof(uint32_t));
          if (2 * p < terms)
            FN(pair_rows)(ELEMENT_AT(b, narrow_b, b_places[2 * p] + column),
                          2 * p + 1 < terms ? ELEMENT_AT(b, narrow_b, b_places[2 * p + 1] + column) : 0, narrow_b, columns,
                          panel + p * PANEL);
        }
        FN(columns_product)(block, count, pairs, panel, c + first * n + column, n, columns,
                            accumulate || start > 0);
      }
    }
  }
  END_PRODUCTS;
}
