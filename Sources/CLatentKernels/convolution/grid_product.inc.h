// Products whose left operand is read through grids: element (i, p) of A lies at the place that `rows` has for i plus the
// one that `depth` has for p. The patches of an image that a convolution's kernel lies on are such a matrix, so that they
// are multiplied where they are, without the copy of each pixel for every patch that it is in ("im2col", Chellapilla,
// Puri & Simard 2006; read in place: Chetlur et al. 2014, "cuDNN: efficient primitives for deep learning").

// Images [images, height, width, channels] with zeros around them: [images, padded_height, padded_width, channels], the
// first pixel at (top, left). Where y is given, x is the gradient of what an activation made y, and is taken back through
// it.
static void FN(pad_images)(const latent_padding *p, const void *xv, const void *yv, latent_activation activation,
                           size_t images, void *paddedv) {
  const STORED *x = xv, *y = yv;
  OPERAND *padded = paddedv;
  size_t before = p->left * p->channels, inside = p->width * p->channels, padded_row = p->padded_width * p->channels;
  size_t after = padded_row - before - inside;
  for (size_t b = 0; b < images; b++)
    for (size_t i = 0; i < p->padded_height; i++, padded += padded_row) {
      if (i < p->top || i >= p->top + p->height) {
        memset(padded, 0, padded_row * sizeof(OPERAND));
        continue;
      }
      size_t start = (b * p->height + i - p->top) * p->width * p->channels;
      if (before > 0) memset(padded, 0, before * sizeof(OPERAND));
      if (y)
        ACTIVATION_IN(padded + before, y + start, x + start, inside, activation);
      else
        COPY_IN(padded + before, x + start, inside);
      if (after > 0) memset(padded + before + inside, 0, after * sizeof(OPERAND));
    }
}

// One block of C, see `micro`; a step's place in A is looked up.
static inline __attribute__((always_inline)) void FN(grid_micro)(size_t rows, size_t vectors, const OPERAND *restrict a,
                                                                 const size_t *row_places, const size_t *depth_places,
                                                                 const PACKED *restrict panel, size_t k,
                                                                 STORED *restrict c, const size_t *c_places,
                                                                 size_t columns, int accumulate) {
  VECTOR sums[MICRO_ROWS][2];
  const OPERAND *row[MICRO_ROWS];
  for (size_t r = 0; r < rows; r++) {
    sums[r][0] = sums[r][1] = (VECTOR){0};
    row[r] = a + row_places[r];
    __builtin_prefetch(c + c_places[r], 1);
    if (VECTOR_BYTES == 64 && vectors == 2) __builtin_prefetch(c + c_places[r] + LANES, 1);
  }
#pragma clang loop unroll_count(2)
  for (size_t p = 0; p < k; p++) {
    PACKED_VECTOR b0 = *(const PACKED_VECTOR *)panel;
    PACKED_VECTOR b1 = vectors == 2 ? *(const PACKED_VECTOR *)(panel + LANES) : b0;
    size_t place = depth_places[p];
    panel += PANEL;
    for (size_t r = 0; r < rows; r++) {
      PACKED value = LOAD_GRID_FACTOR(row[r] + place);
      sums[r][0] = ADD_PRODUCT(sums[r][0], value, b0);
      if (vectors == 2) sums[r][1] = ADD_PRODUCT(sums[r][1], value, b1);
    }
  }
  for (size_t r = 0; r < rows; r++) FN(store_sums)(sums[r], vectors, c + c_places[r], columns, accumulate);
}

static inline __attribute__((always_inline)) void FN(grid_panel_product)(const OPERAND *a, size_t m,
                                                                         const size_t *row_places,
                                                                         const size_t *depth_places, const PACKED *panel,
                                                                         size_t k, STORED *c, const size_t *c_places,
                                                                         size_t columns, int accumulate) {
  size_t row = 0;
#define MICRO(ROWS, VECTORS)                                                                                        \
  for (; row + ROWS <= m; row += ROWS)                                                                              \
  FN(grid_micro)(ROWS, VECTORS, a, row_places + row, depth_places, panel, k, c, c_places + row, columns, accumulate)
  if (columns > LANES) {
    MICRO(MICRO_ROWS, 2);
    MICRO(4, 2);
    MICRO(1, 2);
  } else {
    MICRO(MICRO_ROWS, 1);
    MICRO(4, 1);
    MICRO(1, 1);
  }
#undef MICRO
}

// C (+)= A B from the packed B of `pack`, [k, n]; row i of C is n elements from the place that c_rows has for i.
static void FN(multiply_grid)(const void *a, const latent_grid *rows, const latent_grid *depth, const void *packedv,
                              size_t n, void *cv, const latent_grid *c_rows, int accumulate) {
  latent_grid factors = FACTOR_GRID(depth);
  size_t m = FN(grid_count)(rows), k = FN(grid_count)(&factors);
  size_t row_places[GRID_ROWS], c_places[GRID_ROWS], depth_places[PRODUCT_DEPTH];
  for (size_t first = 0; first < m; first += GRID_ROWS) {
    size_t count = m - first < GRID_ROWS ? m - first : GRID_ROWS;
    FN(grid_places)(rows, first, count, row_places);
    FN(grid_places)(c_rows, first, count, c_places);
    for (size_t start = 0; start < k || start == 0; start += PRODUCT_DEPTH) {  // k = 0 still clears C
      size_t steps = k - start < PRODUCT_DEPTH ? k - start : PRODUCT_DEPTH;
      FN(grid_places)(&factors, start, steps, depth_places);
      for (size_t column = 0; column < n; column += PANEL) {
        const PACKED *panel = (const PACKED *)packedv + column * k + start * PANEL;
        FN(grid_panel_product)(a, count, row_places, depth_places, panel, steps, (STORED *)cv + column, c_places,
                               n - column < PANEL ? n - column : PANEL, accumulate || start > 0);
      }
    }
  }
}

// Some rows of one column of C, each a scalar product of runs, added up in NARROW_BYTES of lanes whatever a vector holds: the
// order of a sum is the same on all processors.
#define NARROW_BYTES 64
#define NARROW_LANES (NARROW_BYTES / sizeof(REAL))
#define NARROW_VECTORS (NARROW_BYTES / VECTOR_BYTES)
static inline __attribute__((always_inline)) void FN(narrow_micro)(size_t rows, const OPERAND *restrict a,
                                                                   const size_t *row_places, const latent_grid *depth,
                                                                   const OPERAND *restrict b, STORED *restrict c,
                                                                   const size_t *c_places, int accumulate) {
  VECTOR sums[MICRO_ROWS][NARROW_VECTORS];
  REAL rest[MICRO_ROWS];
  size_t run = depth->counts[2];
  for (size_t r = 0; r < rows; r++) {
    for (size_t v = 0; v < NARROW_VECTORS; v++) sums[r][v] = (VECTOR){0};
    rest[r] = 0;
  }
  for (size_t i = 0; i < depth->counts[0]; i++)
    for (size_t j = 0; j < depth->counts[1]; j++, b += run) {
      const OPERAND *start = a + i * depth->steps[0] + j * depth->steps[1];
      size_t p = 0;
      for (; p + NARROW_LANES <= run; p += NARROW_LANES)
        for (size_t v = 0; v < NARROW_VECTORS; v++) {
          VECTOR value = LOAD_OPERAND_VECTOR(VECTOR, b + p + v * LANES);
          for (size_t r = 0; r < rows; r++)
            sums[r][v] += LOAD_OPERAND_VECTOR(VECTOR, start + row_places[r] + p + v * LANES) * value;
        }
      for (; p < run; p++)
        for (size_t r = 0; r < rows; r++) rest[r] = FUSED(LOAD_OPERAND(start[row_places[r] + p]), LOAD_OPERAND(b[p]), rest[r]);
    }
  for (size_t r = 0; r < rows; r++) {
    REAL lanes[NARROW_LANES];
    memcpy(lanes, sums[r], sizeof lanes);
    for (size_t half = NARROW_LANES / 2; half > 0; half /= 2)
      for (size_t l = 0; l < half; l++) lanes[l] += lanes[l + half];
    REAL total = lanes[0] + rest[r];
    STORE(c[c_places[r]], accumulate ? LOAD(c[c_places[r]]) + total : total);
  }
}
#undef NARROW_BYTES
#undef NARROW_LANES
#undef NARROW_VECTORS

// C (+)= A B^T with B [n, k], for few columns, which would leave most of a panel empty: along `depth`, whose last step is
// 1, instead of across the columns.
static void FN(multiply_grid_narrow)(const void *a, const latent_grid *rows, const latent_grid *depth, const void *b,
                                     size_t n, void *cv, const latent_grid *c_rows, int accumulate) {
  size_t m = FN(grid_count)(rows), k = FN(grid_count)(depth);
  size_t row_places[MICRO_ROWS], c_places[MICRO_ROWS];
  for (size_t first = 0; first < m; first += MICRO_ROWS) {
    size_t count = m - first < MICRO_ROWS ? m - first : MICRO_ROWS;
    FN(grid_places)(rows, first, count, row_places);
    FN(grid_places)(c_rows, first, count, c_places);
    for (size_t column = 0; column < n; column++) {
      const OPERAND *weights = (const OPERAND *)b + column * k;
      STORED *c = (STORED *)cv + column;
      if (count == MICRO_ROWS)
        FN(narrow_micro)(MICRO_ROWS, a, row_places, depth, weights, c, c_places, accumulate);
      else
        for (size_t r = 0; r < count; r++)
          FN(narrow_micro)(1, a, row_places + r, depth, weights, c, c_places + r, accumulate);
    }
  }
}
