// Products of tiles: the other order in which pairs of bfloat16 are added up, that of a processor with AMX (TDPBF16PS; Intel,
// "Software Developer's Manual", volume 1, chapter 18). Sixteen pairs at a time, their even and their odd terms apart:
//
//   even <- fma(a_even, b_even, even)    odd <- fma(a_odd, b_odd, odd)    both from 0, over 16 pairs
//   sum <- sum + (even + odd)
//
// Numbers below 2^-126 are taken for 0 and results flushed to 0. Sums begin with what C holds where products are added to it, so that
// it does not matter where K is cut, as long as that is between sixteens. Other processors do the same with two fused
// multiply-adds.
//
// Operands hold whole sixteens of pairs, with zeros behind the last term.
#define GROUP 16

// m rows of C and one panel of B: A's rows are row_step pairs apart, and the pairs of a row lie side by side.
#ifdef TILE_REGISTERS

// Room for a tile's rows, and what they are: Intel's layout of TILECFG.
typedef struct __attribute__((packed)) {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} FN(tile_shapes);

// Tiles 0 and 1 are the sums of the upper rows, 2 and 3 those of the lower ones; 4 and 5 are A's rows, 6 and 7 B's columns.
// Shapes take longer to set than many products: they stay until others are asked for, or END_PRODUCTS gives them back.
static _Thread_local uint32_t FN(shape_now);
static inline void FN(shape_tiles)(size_t upper, size_t lower, size_t left, size_t right) {
  uint32_t shape = (uint32_t)(upper | lower << 8 | left << 16 | right << 24);
  if (FN(shape_now) == shape) return;
  FN(shape_now) = shape;
  FN(tile_shapes) shapes __attribute__((aligned(64))) = {.palette = 1};
  size_t rows[8] = {upper, upper, lower, lower, upper, lower, GROUP, GROUP};
  size_t columns[8] = {left, right, left, right, GROUP, GROUP, left, right};
  for (size_t t = 0; t < 8; t++)
    if (rows[t] > 0 && columns[t] > 0) shapes.rows[t] = (uint8_t)rows[t], shapes.row_bytes[t] = (uint16_t)(4 * columns[t]);
  _tile_loadconfig(&shapes);
}

// Sums of one or two tiles of rows by one or two of columns. The rows of a tile lie at equal distances; their terms are `lines` of
// `pairs` pairs each, `line_step` pairs apart. With each sixteen of them, some cache lines of `next` are brought nearer.
static inline __attribute__((always_inline)) void FN(tile_block)(int has_lower, int has_right, const uint32_t *upper,
                                                                 const uint32_t *lower, size_t a_bytes, size_t lines,
                                                                 size_t line_step, const uint32_t *panel, size_t pairs,
                                                                 float *to_upper, float *to_lower, size_t c_bytes,
                                                                 int accumulate, const uint32_t *next,
                                                                 size_t next_lines) {
  if (accumulate) {
    _tile_loadd(0, to_upper, c_bytes);
    if (has_right) _tile_loadd(1, to_upper + GROUP, c_bytes);
    if (has_lower) _tile_loadd(2, to_lower, c_bytes);
    if (has_lower && has_right) _tile_loadd(3, to_lower + GROUP, c_bytes);
  } else {
    _tile_zero(0);
    if (has_right) _tile_zero(1);
    if (has_lower) _tile_zero(2);
    if (has_lower && has_right) _tile_zero(3);
  }
  for (size_t line = 0; line < lines; line++)
    for (size_t p = line * line_step; p < line * line_step + pairs; p += GROUP, panel += GROUP * PANEL) {
      _tile_loadd(6, panel, 4 * PANEL);
      if (has_right) _tile_loadd(7, panel + GROUP, 4 * PANEL);
      _tile_loadd(4, upper + p, a_bytes);
      if (has_lower) _tile_loadd(5, lower + p, a_bytes);
      _tile_dpbf16ps(0, 4, 6);
      if (has_right) _tile_dpbf16ps(1, 4, 7);
      if (has_lower) _tile_dpbf16ps(2, 5, 6);
      if (has_lower && has_right) _tile_dpbf16ps(3, 5, 7);
      for (size_t l = 0; l < next_lines; l++, next += GROUP) __builtin_prefetch(next, 0, 2);
    }
  _tile_stored(0, to_upper, c_bytes);
  if (has_right) _tile_stored(1, to_upper + GROUP, c_bytes);
  if (has_lower) _tile_stored(2, to_lower, c_bytes);
  if (has_lower && has_right) _tile_stored(3, to_lower + GROUP, c_bytes);
}

// The same for whichever of the tiles there are.
static inline __attribute__((always_inline)) void FN(tiles)(size_t upper_rows, size_t lower_rows, size_t columns,
                                                            const uint32_t *upper, const uint32_t *lower,
                                                            size_t a_bytes, size_t lines, size_t line_step,
                                                            const uint32_t *panel, size_t pairs, float *to_upper,
                                                            float *to_lower, size_t c_bytes, int accumulate,
                                                            const uint32_t *next, size_t next_lines) {
  size_t left = columns < GROUP ? columns : GROUP, right = columns - left;
  FN(shape_tiles)(upper_rows, lower_rows, left, right);
#define BLOCK(HAS_LOWER, HAS_RIGHT)                                                                                \
  FN(tile_block)(HAS_LOWER, HAS_RIGHT, upper, lower, a_bytes, lines, line_step, panel, pairs, to_upper, to_lower, c_bytes, \
                 accumulate, next, next_lines)
  if (lower_rows > 0 && right > 0)
    BLOCK(1, 1);
  else if (lower_rows > 0)
    BLOCK(1, 0);
  else if (right > 0)
    BLOCK(0, 1);
  else
    BLOCK(0, 0);
#undef BLOCK
}

// Rows of C that are pages apart are asked for before the sums that are stored there are made: storing would wait for each.
#define FAR_APART 2048
static inline void FN(fetch_results)(float *c, size_t c_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    __builtin_prefetch(c + r * c_stride, 1);
    if (columns > GROUP) __builtin_prefetch(c + r * c_stride + GROUP, 1);
  }
}

static void FN(rows_product)(const uint32_t *a, size_t m, size_t row_step, const uint32_t *panel, size_t pairs, float *c,
                             size_t c_stride, size_t columns, int accumulate, const uint32_t *next, size_t next_count) {
  size_t steps = (m + 2 * GROUP - 1) / (2 * GROUP) * (pairs / GROUP);
  size_t next_lines = steps > 0 ? (next_count / GROUP + steps - 1) / steps : 0;
  for (size_t row = 0; row < m; row += 2 * GROUP) {
    size_t upper = m - row < GROUP ? m - row : GROUP;
    size_t lower = m - row - upper < GROUP ? m - row - upper : GROUP;
    const uint32_t *from = a + row * row_step;
    float *to = c + row * c_stride;
    if (!accumulate && c_stride >= FAR_APART) FN(fetch_results)(to, c_stride, upper + lower, columns);
    FN(tiles)(upper, lower, columns, from, from + GROUP * row_step, row_step * sizeof(uint32_t), 1, 0, panel, pairs, to,
              to + GROUP * c_stride, c_stride * sizeof(float), accumulate, next, next_lines);
    next += pairs * next_lines;
  }
}

// Where no product follows, the tiles are given back: a switch of threads need not keep them.
#define END_PRODUCTS (FN(shape_now) = 0, _tile_release())

#else

static inline __attribute__((always_inline)) void FN(tile_micro)(size_t rows, size_t vectors, const uint32_t *restrict a,
                                                                 size_t row_step, const uint32_t *restrict panel,
                                                                 size_t pairs, float *restrict c, size_t c_stride,
                                                                 size_t columns, int accumulate) {
  VECTOR sums[MICRO_ROWS][2];
  for (size_t r = 0; r < rows; r++) {
    sums[r][0] = sums[r][1] = (VECTOR){0};
    if (accumulate) memcpy(sums[r], c + r * c_stride, columns * sizeof(float));
  }
  for (size_t start = 0; start < pairs; start += GROUP) {
    VECTOR even[MICRO_ROWS][2] = {0}, odd[MICRO_ROWS][2] = {0};
    for (size_t p = start; p < start + GROUP; p++) {
      VECTOR even_terms[2], odd_terms[2];
      for (size_t v = 0; v < vectors; v++) {
        FN(pairs) both = *(const FN(pairs) *)(panel + p * PANEL + v * LANES);
        even_terms[v] = (VECTOR)(both << 16), odd_terms[v] = (VECTOR)(both & 0xffff0000);
      }
      for (size_t r = 0; r < rows; r++) {
        FN(pairs) value = (FN(pairs)){0} + a[r * row_step + p];
        for (size_t v = 0; v < vectors; v++) {
          even[r][v] = FUSED((VECTOR)(value << 16), even_terms[v], even[r][v]);
          odd[r][v] = FUSED((VECTOR)(value & 0xffff0000), odd_terms[v], odd[r][v]);
        }
      }
    }
    for (size_t r = 0; r < rows; r++)
      for (size_t v = 0; v < vectors; v++) sums[r][v] += even[r][v] + odd[r][v];
  }
  for (size_t r = 0; r < rows; r++) memcpy(c + r * c_stride, sums[r], columns * sizeof(float));
}

static void FN(rows_product)(const uint32_t *a, size_t m, size_t row_step, const uint32_t *panel, size_t pairs, float *c,
                             size_t c_stride, size_t columns, int accumulate, const uint32_t *next, size_t next_count) {
  (void)next, (void)next_count;
  size_t row = 0;
#define MICRO(ROWS, VECTORS)                                                                                        \
  for (; row + ROWS <= m; row += ROWS)                                                                              \
  FN(tile_micro)(ROWS, VECTORS, a + row * row_step, row_step, panel, pairs, c + row * c_stride, c_stride, columns, \
                 accumulate)
  if (columns > LANES) {
    MICRO(MICRO_ROWS, 2);
    MICRO(1, 2);
  } else {
    MICRO(MICRO_ROWS, 1);
    MICRO(1, 1);
  }
#undef MICRO
}
#define END_PRODUCTS
#endif

// A block of A's columns holds `depth` pairs of each side by side.
#define BLOCK_COLUMNS(m) (m)

static void FN(turn_slab)(const uint32_t *slab, uint32_t *block, size_t depth, size_t first, size_t pairs, size_t count) {
  size_t c = 0;
  block += first;
#ifdef TILE_REGISTERS
  typedef uint32_t sixteen __attribute__((vector_size(64), aligned(4)));
  for (; c + GROUP <= count; c += GROUP) {
    sixteen a[16], b[16];
    for (size_t p = 0; p < 16; p++) a[p] = *(const sixteen *)(slab + p * SLAB_COLUMNS + c);
    // Twice within quarters of registers, then quarters among registers.
    for (size_t p = 0; p < 16; p += 2) {
      b[p] = __builtin_shufflevector(a[p], a[p + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
      b[p + 1] = __builtin_shufflevector(a[p], a[p + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    }
    for (size_t p = 0; p < 16; p += 4)
      for (size_t i = 0; i < 2; i++) {
        sixteen low = b[p + i], high = b[p + 2 + i];
        a[p + 2 * i] = __builtin_shufflevector(low, high, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        a[p + 2 * i + 1] = __builtin_shufflevector(low, high, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
      }
    // a[4 g + i] now has, in its quarter q, the pairs 4 g..<4 g + 4 of column 4 q + i.
    for (size_t i = 0; i < 4; i++) {
      sixteen first = __builtin_shufflevector(a[i], a[4 + i], 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
      sixteen second = __builtin_shufflevector(a[8 + i], a[12 + i], 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
      sixteen third = __builtin_shufflevector(a[i], a[4 + i], 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
      sixteen fourth =
          __builtin_shufflevector(a[8 + i], a[12 + i], 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
      *(sixteen *)(block + (c + i) * depth) =
          __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
      *(sixteen *)(block + (c + 4 + i) * depth) =
          __builtin_shufflevector(first, second, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
      *(sixteen *)(block + (c + 8 + i) * depth) =
          __builtin_shufflevector(third, fourth, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
      *(sixteen *)(block + (c + 12 + i) * depth) =
          __builtin_shufflevector(third, fourth, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    }
  }
#endif
  for (; c < count; c++)
    for (size_t p = 0; p < pairs; p++) block[c * depth + p] = slab[p * SLAB_COLUMNS + c];
}

static inline void FN(columns_product)(const uint32_t *block, size_t count, size_t depth, const uint32_t *panel, float *c,
                                       size_t c_stride, size_t columns, int accumulate) {
  FN(rows_product)(block, count, depth, panel, depth, c, c_stride, columns, accumulate, panel, 0);
}

// Rows of C at c_places: in place where they are equally far apart, otherwise by way of a block of their own.
static void FN(placed_product)(const uint16_t *block, size_t m, const uint32_t *panel, size_t pairs, float *c,
                               const size_t *c_places, size_t columns, int accumulate) {
  size_t step = m > 1 ? c_places[1] - c_places[0] : columns, row = 1;
  while (row < m && c_places[row] == c_places[0] + row * step) row++;
  if (row == m) {
    FN(rows_product)((const uint32_t *)block, m, pairs, panel, pairs, c + c_places[0], step, columns, accumulate,
                     panel, 0);
    return;
  }
  float results[BLOCK_ROWS * PANEL];
  for (size_t r = 0; accumulate && r < m; r++) memcpy(results + r * PANEL, c + c_places[r], columns * sizeof(float));
  FN(rows_product)((const uint32_t *)block, m, pairs, panel, pairs, results, PANEL, columns, accumulate, panel, 0);
  for (size_t r = 0; r < m; r++) memcpy(c + c_places[r], results + r * PANEL, columns * sizeof(float));
}

// What the tiles can do, see multiply_adds of product.inc.h. Both factors are 1, so that sums grow by 32.
static double FN(multiply_adds)(size_t rounds, double *result) {
  uint32_t a[2 * GROUP * GROUP], panel[GROUP * PANEL];
  float c[2 * GROUP * PANEL];
  for (size_t i = 0; i < sizeof a / sizeof *a; i++) a[i] = 0x3f803f80;
  for (size_t i = 0; i < sizeof panel / sizeof *panel; i++) panel[i] = 0x3f803f80;
#ifdef TILE_REGISTERS
  FN(shape_tiles)(GROUP, GROUP, GROUP, GROUP);
  _tile_zero(0), _tile_zero(1), _tile_zero(2), _tile_zero(3);
  _tile_loadd(4, a, 4 * GROUP), _tile_loadd(5, a, 4 * GROUP), _tile_loadd(6, panel, 4 * PANEL), _tile_loadd(7, panel, 4 * PANEL);
  for (size_t i = 0; i < rounds; i++) {
    _tile_dpbf16ps(0, 4, 6), _tile_dpbf16ps(1, 4, 7), _tile_dpbf16ps(2, 5, 6), _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, c, 4 * PANEL), _tile_stored(1, c + GROUP, 4 * PANEL);
  _tile_stored(2, c + GROUP * PANEL, 4 * PANEL), _tile_stored(3, c + GROUP * PANEL + GROUP, 4 * PANEL);
#else
  for (size_t i = 0; i < rounds; i++) FN(rows_product)(a, 2 * GROUP, GROUP, panel, GROUP, c, PANEL, PANEL, i > 0, panel, 0);
#endif
  END_PRODUCTS;
  *result = (double)c[0];
  return 2.0 * 2 * GROUP * PANEL * 2 * GROUP * (double)rounds;
}

_Static_assert(2 * GROUP == LATENT_TILE_TERMS, "as callers know it");
