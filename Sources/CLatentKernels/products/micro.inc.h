// The innermost part of every product: one block of C, and one panel of B with all rows of A.
//
// A panel holds PANEL columns of B, [K, PANEL] contiguous; A is read in place, element by element, broadcast. A block of
// MICRO_ROWS x PANEL results lives in registers for the whole of K (Goto & van de Geijn 2008, "Anatomy of high-performance
// matrix multiplication", without its packing of A, which here is small enough to stay in the caches, but for a tall A's columns).
//
//   FACTOR                            the type of an element of A
//   LOAD_FACTOR(place)                its value, a PACKED
//   PACKED, PACKED_VECTOR             the type of an element of a panel, and LANES of them
//   ADD_PRODUCT(sums, value, vector)  sums + value * vector
// A block's sums of one row, to C: whole vectors, or the columns that there are.
static inline __attribute__((always_inline)) void FN(store_sums)(const VECTOR *sums, size_t vectors, STORED *restrict c,
                                                                 size_t columns, int accumulate) {
  if (columns == vectors * LANES) {
    for (size_t v = 0; v < vectors; v++)
      STORE_VECTOR(VECTOR, c + v * LANES, accumulate ? LOAD_VECTOR(VECTOR, c + v * LANES) + sums[v] : sums[v]);
  } else {
    REAL edge[PANEL];
    memcpy(edge, sums, sizeof edge);
    for (size_t j = 0; j < columns; j++) STORE(c[j], accumulate ? LOAD(c[j]) + edge[j] : edge[j]);
  }
}

// `count` steps along K.
static inline __attribute__((always_inline)) void FN(micro_steps)(size_t count, size_t rows, size_t vectors,
                                                                  const FACTOR **groups, size_t row_step,
                                                                  size_t depth_step, const PACKED *restrict panel,
                                                                  VECTOR sums[MICRO_ROWS][2]) {
#pragma clang loop unroll_count(4)
  for (size_t p = 0; p < count; p++) {
    PACKED_VECTOR b0 = *(const PACKED_VECTOR *)panel;
    PACKED_VECTOR b1 = vectors == 2 ? *(const PACKED_VECTOR *)(panel + LANES) : b0;
    panel += PANEL;
    for (size_t r = 0; r < rows; r++) {
      PACKED value = LOAD_FACTOR(groups[r / 4][r % 4 * row_step]);
      sums[r][0] = ADD_PRODUCT(sums[r][0], value, b0);
      if (vectors == 2) sums[r][1] = ADD_PRODUCT(sums[r][1], value, b1);
    }
    for (size_t g = 0; g < (rows + 3) / 4; g++) groups[g] += depth_step;
  }
}

// One block of C: `rows` rows of A, whose elements of one row are depth_step apart and of one column row_step, by one or
// both vectors of a panel.
static inline __attribute__((always_inline)) void FN(micro)(size_t rows, size_t vectors, const FACTOR *restrict a,
                                                            size_t row_step, size_t depth_step,
                                                            const PACKED *restrict panel, size_t k, STORED *restrict c,
                                                            size_t c_stride, size_t columns, int accumulate,
                                                            const char *next, size_t next_lines) {
  VECTOR sums[MICRO_ROWS][2];
  for (size_t r = 0; r < rows; r++) sums[r][0] = sums[r][1] = (VECTOR){0};
  // One pointer for four rows, and steps unrolled: fewer address computations than the multiply-adds of a row leave
  // room for.
  const FACTOR *groups[(MICRO_ROWS + 3) / 4];
  for (size_t g = 0; g < (rows + 3) / 4; g++) groups[g] = a + 4 * g * row_step;
  // C is far away: its lines arrive while the products run. All at once, they would hold up the panel's.
  size_t part = k / rows / 4 * 4;
#pragma clang loop unroll(disable)
  for (size_t r = 0; r < rows; r++, panel += part * PANEL) {
    __builtin_prefetch(c + r * c_stride, 1);
    if (VECTOR_BYTES == 64 && vectors == 2) __builtin_prefetch(c + r * c_stride + LANES, 1);
    for (size_t line = 0; line < next_lines; line++, next += 64) __builtin_prefetch(next, 0, 2);
    FN(micro_steps)(part, rows, vectors, groups, row_step, depth_step, panel, sums);
  }
  FN(micro_steps)(k - part * rows, rows, vectors, groups, row_step, depth_step, panel, sums);
  for (size_t r = 0; r < rows; r++) FN(store_sums)(sums[r], vectors, c + r * c_stride, columns, accumulate);
}

// m rows of C and one panel of B, in blocks, row `row` of A beginning at PLACE; the largest blocks for the first `large` rows.
#define PANEL_BLOCKS(PLACE, ROW_STEP, DEPTH_STEP)                                                                      \
  size_t row = 0;                                                                                                      \
  if (columns > LANES) {                                                                                               \
    ROW_BLOCKS(large, MICRO_ROWS, 2, PLACE, ROW_STEP, DEPTH_STEP);                                                     \
    ROW_BLOCKS(m, 4, 2, PLACE, ROW_STEP, DEPTH_STEP);                                                                  \
    ROW_BLOCKS(m, 2, 2, PLACE, ROW_STEP, DEPTH_STEP);                                                                  \
    ROW_BLOCKS(m, 1, 2, PLACE, ROW_STEP, DEPTH_STEP);                                                                  \
  } else { /* the last panel may be half empty */                                                                      \
    ROW_BLOCKS(large, MICRO_ROWS, 1, PLACE, ROW_STEP, DEPTH_STEP);                                                     \
    ROW_BLOCKS(m, 4, 1, PLACE, ROW_STEP, DEPTH_STEP);                                                                  \
    ROW_BLOCKS(m, 1, 1, PLACE, ROW_STEP, DEPTH_STEP);                                                                  \
  }
#define ROW_BLOCKS(END, ROWS, VECTORS, PLACE, ROW_STEP, DEPTH_STEP)                                                        \
  for (; row + ROWS <= (END); row += ROWS)                                                                                 \
  FN(micro)(ROWS, VECTORS, a + (PLACE), ROW_STEP, DEPTH_STEP, panel, k, c + row * c_stride, c_stride, columns, accumulate, \
            (const char *)next + 64 * row * next_lines, next_lines)

// Inlined where one of the steps is 1, so that the compiler knows it. `next` is what is read next of B, `next_count` elements, and is brought
// nearer meanwhile.
static inline __attribute__((always_inline)) void FN(panel_product)(const FACTOR *a, size_t m, size_t row_step,
                                                                    size_t depth_step, const PACKED *panel, size_t k,
                                                                    STORED *c, size_t c_stride, size_t columns,
                                                                    int accumulate, const PACKED *next,
                                                                    size_t next_count) {
  size_t next_lines = m >= MICRO_ROWS ? (next_count * sizeof *next / 64 + m - 1) / m : 0;
  // Each block of few rows takes as long as one of 4, since a sum waits for the one before it: where 2 or 3 rows would be left after
  // blocks of 6, two blocks of 4 are faster than one of 6 and those.
  size_t rest = m % MICRO_ROWS, large = MICRO_ROWS == 6 && m > 6 && (rest == 2 || rest == 3) ? m - rest - 6 : m;
  PANEL_BLOCKS(row * row_step, row_step, depth_step)
}

// Columns of a tall matrix, MICRO_ROWS side by side: group g has columns g MICRO_ROWS... of all `depth` rows. Rows that are a power
// of two apart would have their places in the caches in common, when they are read a few columns at a time.
static void FN(pack_columns)(const FACTOR *a, size_t depth, size_t m, size_t a_stride, FACTOR *packed) {
  for (size_t start = 0; start < depth; start += 32) {  // what has been read of a row is near when its next group is read
    size_t end = depth - start < 32 ? depth : start + 32;
    for (size_t column = 0; column < m; column += MICRO_ROWS) {
      FACTOR *to = packed + column * depth;
      if (m - column >= MICRO_ROWS)
        for (size_t p = start; p < end; p++) memcpy(to + p * MICRO_ROWS, a + p * a_stride + column, MICRO_ROWS * sizeof(FACTOR));
      else
        for (size_t p = start; p < end; p++) memcpy(to + p * MICRO_ROWS, a + p * a_stride + column, (m - column) * sizeof(FACTOR));
    }
  }
}

// Room for the columns that pack_columns packs.
#define PACKED_COLUMNS(m) (((m) + MICRO_ROWS - 1) / MICRO_ROWS * MICRO_ROWS)

// m rows of C from such columns and one panel of B.
static inline __attribute__((always_inline)) void FN(columns_panel_product)(const FACTOR *a, size_t m, const PACKED *panel,
                                                                            size_t k, STORED *c, size_t c_stride,
                                                                            size_t columns, int accumulate) {
  const PACKED *next = panel;
  size_t next_lines = 0, large = m;
  PANEL_BLOCKS(row / MICRO_ROWS * MICRO_ROWS * k + row % MICRO_ROWS, 1, MICRO_ROWS)
}
#undef PANEL_BLOCKS
#undef ROW_BLOCKS
