// Products of pairs, one after the other:
//
//   sum <- fma(a_odd, b_odd, sum)    then    sum <- fma(a_even, b_even, sum)
//
// which is what VDPBF16PS does (Intel, "Architecture Instruction Set Extensions Programming Reference", and AMD's), with each
// product exact in float, numbers below 2^-126 taken for 0 and results flushed to 0. Two fused multiply-adds give the same bits
// elsewhere, since threads that multiply flush such numbers too.
//
// By the loops of micro.inc.h. A block of A's columns holds MICRO_ROWS of them side by side, as pack_columns has them.
#define GROUP 1
#define END_PRODUCTS
#define BLOCK_COLUMNS(m) PACKED_COLUMNS(m)

static inline void FN(turn_slab)(const uint32_t *slab, uint32_t *block, size_t depth, size_t first, size_t pairs, size_t count) {
  for (size_t c = 0; c < count; c += MICRO_ROWS)
    for (size_t p = 0; p < pairs; p++)
      memcpy(block + c * depth + (first + p) * MICRO_ROWS, slab + p * SLAB_COLUMNS + c, MICRO_ROWS * sizeof(uint32_t));
}

static inline __attribute__((always_inline)) void FN(rows_product)(const uint32_t *a, size_t m, size_t row_step,
                                                                   const uint32_t *panel, size_t pairs, float *c,
                                                                   size_t c_stride, size_t columns, int accumulate,
                                                                   const uint32_t *next, size_t next_count) {
  FN(panel_product)(a, m, row_step, 1, panel, pairs, c, c_stride, columns, accumulate, next, next_count);
}

static inline __attribute__((always_inline)) void FN(columns_product)(const uint32_t *block, size_t count, size_t depth,
                                                                      const uint32_t *panel, float *c, size_t c_stride,
                                                                      size_t columns, int accumulate) {
  FN(columns_panel_product)(block, count, panel, depth, c, c_stride, columns, accumulate);
}

// Rows of C at c_places, from patches side by side.
static void FN(placed_product)(const uint16_t *block, size_t m, const uint32_t *panel, size_t pairs, float *c,
                               const size_t *c_places, size_t columns, int accumulate) {
  size_t block_places[BLOCK_ROWS], depth_places[PAIR_DEPTH];
  for (size_t r = 0; r < m; r++) block_places[r] = r * 2 * pairs;
  for (size_t p = 0; p < pairs; p++) depth_places[p] = 2 * p;
  FN(grid_panel_product)(block, m, block_places, depth_places, panel, pairs, c, c_places, columns, accumulate);
}

// What the units for pairs can do, see multiply_adds of product.inc.h. Both factors are 1, so that sums grow by 2.
static double FN(multiply_adds)(size_t rounds, double *result) {
  VECTOR sums[12];
  FN(pairs) ones = (FN(pairs)){0} + 0x3f803f80;
  for (size_t c = 0; c < 12; c++) sums[c] = (VECTOR){0} + (float)(c + 2);
  for (size_t i = 0; i < rounds; i++)
    for (size_t c = 0; c < 12; c++) sums[c] = FN(add_pairs)(sums[c], 0x3f803f80, ones);
  for (size_t c = 1; c < 12; c++) sums[0] += sums[c];
  *result = (double)sums[0][0];
  return 48.0 * LANES * (double)rounds;
}
