// Matrix products of bfloat16 operands with float sums: C[M, N] (+)= A[M, K] B[K, N], with the loops of micro.inc.h on pairs
// of terms. An operand is float and is rounded here, a few rows at a time, or it is bfloat16 already (`narrow`): then its
// rows hold an even number of elements, the last one 0 where K is odd.

// Rows of A that are rounded at a time, and pairs of B's rows that a product takes at a time.
#define NARROWED_ROWS 64
#define PAIR_DEPTH PRODUCT_DEPTH

static inline size_t FN(pair_count)(size_t k) { return (k + 1) / 2; }

// In bfloat16 elements.
static size_t FN(packed_count)(size_t k, size_t n) { return (n + PANEL - 1) / PANEL * PANEL * 2 * FN(pair_count)(k); }

// Pairs of neighbours in a row of k floats.
static inline void FN(pair_row)(const float *restrict row, size_t k, uint32_t *restrict pairs) {
  size_t whole = k / 2;
  for (size_t p = 0; p < whole; p++) pairs[p] = FN(pair)(row[2 * p], row[2 * p + 1]);
  if (k % 2) pairs[whole] = FN(narrow)(row[k - 1]);
}

// Pairs of what lies in the same column of two rows; the lower row may be null, which counts as zeros.
static inline __attribute__((always_inline)) void FN(pair_rows)(const void *upperv, const void *lowerv, int narrow,
                                                                size_t count, uint32_t *restrict pairs) {
  if (narrow) {
    const uint16_t *upper = upperv, *lower = lowerv;
    if (lower)
      for (size_t c = 0; c < count; c++) pairs[c] = upper[c] | (uint32_t)lower[c] << 16;
    else
      for (size_t c = 0; c < count; c++) pairs[c] = upper[c];
  } else {
    const float *upper = upperv, *lower = lowerv;
    if (lower)
      for (size_t c = 0; c < count; c++) pairs[c] = FN(pair)(upper[c], lower[c]);
    else
      for (size_t c = 0; c < count; c++) pairs[c] = FN(narrow)(upper[c]);
  }
}

#define ELEMENT_AT(base, narrow, index) ((const char *)(base) + (index) * ((narrow) ? 2 : sizeof(float)))

// A 4x4 block of pairs, transposed in registers: four rows of eight floats become four columns of a panel.
static inline void FN(pack_quad)(const float *b, size_t stride, uint32_t *packed) {
  typedef uint32_t quad __attribute__((vector_size(16), aligned(4)));
  quad r[4];
  for (size_t row = 0; row < 4; row++)
    for (size_t p = 0; p < 4; p++) r[row][p] = FN(pair)(b[row * stride + 2 * p], b[row * stride + 2 * p + 1]);
  quad low01 = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5), high01 = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
  quad low23 = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5), high23 = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
  *(quad *)packed = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  *(quad *)(packed + PANEL) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  *(quad *)(packed + 2 * PANEL) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  *(quad *)(packed + 3 * PANEL) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

// One panel of `count` columns from B, [k, count] with rows of `stride` elements, or from its transpose.
static inline __attribute__((always_inline)) void FN(pack_panel)(const void *b, int narrow, size_t k, size_t count,
                                                                 size_t stride, int transposed, uint32_t *panel) {
  size_t pairs = FN(pair_count)(k);
  if (count < PANEL) memset(panel, 0, pairs * PANEL * sizeof(uint32_t));
  if (!transposed) {
    for (size_t p = 0; p < pairs; p++) {
      const void *upper = ELEMENT_AT(b, narrow, 2 * p * stride);
      const void *lower = 2 * p + 1 < k ? ELEMENT_AT(b, narrow, (2 * p + 1) * stride) : 0;
      if (count == PANEL)  // a size known to the compiler
        FN(pair_rows)(upper, lower, narrow, PANEL, panel + p * PANEL);
      else
        FN(pair_rows)(upper, lower, narrow, count, panel + p * PANEL);
    }
  } else {
    const float *rows = b;  // bfloat16 is never packed so
    for (size_t p = 0; p < pairs; p += 8) {
      size_t steps = pairs - p < 8 ? pairs - p : 8, c = 0;
      if (2 * (p + 8) <= k)
        for (; c + 4 <= count; c += 4)
          for (size_t s = 0; s < 8; s += 4)
            FN(pack_quad)(rows + c * stride + 2 * (p + s), stride, panel + (p + s) * PANEL + c);
      for (; c < count; c++)
        for (size_t s = 0; s < steps; s++) {
          const float *at = rows + c * stride + 2 * (p + s);
          panel[(p + s) * PANEL + c] = 2 * (p + s) + 1 < k ? FN(pair)(at[0], at[1]) : FN(narrow)(at[0]);
        }
    }
  }
}

// Packs B [k, n] of floats, or B^T where transposed (then b is [n, k]), as rows first_k..<first_k + k of panels of packed_k
// rows, both even; b has rows of `stride` elements.
static void FN(pack)(const float *b, size_t k, size_t n, size_t stride, int transposed, uint16_t *packed, size_t packed_k,
                     size_t first_k) {
  uint32_t *panel = (uint32_t *)packed + first_k / 2 * PANEL;
  for (size_t column = 0; column < n; column += PANEL, panel += packed_k / 2 * PANEL)
    FN(pack_panel)(b + (transposed ? column * stride : column), 0, k, n - column < PANEL ? n - column : PANEL, stride,
                   transposed, panel);
}

// C[m, n] (+)= A B from the packed B of `pack`, whose panels hold packed_k rows; B's rows first_k..<first_k + k are used,
// first_k and packed_k even. A is [m, k] with rows of a_stride elements.
static void FN(multiply_packed)(const void *a, int narrow, size_t m, size_t k, size_t a_stride, const uint16_t *packed,
                                size_t packed_k, size_t first_k, float *c, size_t n, size_t c_stride, int accumulate) {
  const uint32_t *panels = (const uint32_t *)packed + first_k / 2 * PANEL;
  size_t pairs = FN(pair_count)(k), panel_step = packed_k / 2 * PANEL;
  for (size_t start = 0; start < pairs || start == 0; start += PAIR_DEPTH) {  // k = 0 still clears C
    size_t depth = pairs - start < PAIR_DEPTH ? pairs - start : PAIR_DEPTH;
    const uint32_t *first = panels + start * PANEL;
    if (narrow) {
      for (size_t column = 0; column < n; column += PANEL)
        FN(panel_product)((const uint32_t *)a + start, m, a_stride / 2, 1, first + column / PANEL * panel_step, depth,
                          c + column, c_stride, n - column < PANEL ? n - column : PANEL, accumulate || start > 0);
      continue;
    }
    uint32_t block[NARROWED_ROWS * PAIR_DEPTH];
    size_t terms = k - 2 * start < 2 * depth ? k - 2 * start : 2 * depth;
    for (size_t row = 0; row < m; row += NARROWED_ROWS) {
      size_t rows = m - row < NARROWED_ROWS ? m - row : NARROWED_ROWS;
      for (size_t r = 0; r < rows; r++)
        FN(pair_row)((const float *)a + (row + r) * a_stride + 2 * start, terms, block + r * depth);
      for (size_t column = 0; column < n; column += PANEL)
        FN(panel_product)(block, rows, depth, 1, first + column / PANEL * panel_step, depth, c + row * c_stride + column,
                          c_stride, n - column < PANEL ? n - column : PANEL, accumulate || start > 0);
    }
  }
}

// C (+)= A^T B, both operands tall: A is [k, m], B [k, n]. The columns of A from `split` on belong to a second result. Pairs
// are of rows here: those of A are put together first, in `paired`, of m TRANSPOSED_DEPTH / 2 pairs; those of B a panel at
// a time.
static void FN(multiply_transposed)(const void *a, int narrow_a, size_t k, size_t m, size_t split, size_t a_stride,
                                    const void *b, int narrow_b, size_t n, size_t b_stride, float *c, int accumulate,
                                    float *lower, int accumulate_lower, uint32_t *paired) {
  uint32_t panel[TRANSPOSED_DEPTH / 2 * PANEL] __attribute__((aligned(VECTOR_BYTES)));
  for (size_t start = 0; start < k || start == 0; start += TRANSPOSED_DEPTH) {  // k = 0 still clears C
    size_t terms = k - start < TRANSPOSED_DEPTH ? k - start : TRANSPOSED_DEPTH, depth = FN(pair_count)(terms);
    for (size_t p = 0; p < depth; p++)
      FN(pair_rows)(ELEMENT_AT(a, narrow_a, (start + 2 * p) * a_stride),
                    2 * p + 1 < terms ? ELEMENT_AT(a, narrow_a, (start + 2 * p + 1) * a_stride) : 0, narrow_a, m,
                    paired + p * m);
    for (size_t column = 0; column < n; column += PANEL) {
      size_t columns = n - column < PANEL ? n - column : PANEL;
      const void *part = ELEMENT_AT(b, narrow_b, start * b_stride + column);
      FN(pack_panel)(part, narrow_b, terms, columns, b_stride, 0, panel);
      FN(panel_product)(paired, split, 1, m, panel, depth, c + column, n, columns, accumulate || start > 0);
      if (split < m)
        FN(panel_product)(paired + split, m - split, 1, m, panel, depth, lower + column, n, columns,
                          accumulate_lower || start > 0);
    }
  }
}

// C (+)= A B for products that are too small to pack an operand for ahead of time, all of floats. Element (i, p) of A
// [m, k] is i row_step + p depth_step elements from its start; one of the steps is 1.
static void FN(multiply_strided)(const float *a, size_t m, size_t k, size_t row_step, size_t depth_step, const float *b,
                                 size_t n, size_t b_stride, int transposed, float *c, size_t c_stride, int accumulate) {
  uint32_t panel[PAIR_DEPTH * PANEL] __attribute__((aligned(VECTOR_BYTES)));
  uint32_t block[NARROWED_ROWS * PAIR_DEPTH];
  for (size_t start = 0; start < k || start == 0; start += 2 * PAIR_DEPTH) {  // k = 0 still clears C
    size_t terms = k - start < 2 * PAIR_DEPTH ? k - start : 2 * PAIR_DEPTH, depth = FN(pair_count)(terms);
    for (size_t row = 0; row < m; row += NARROWED_ROWS) {
      size_t rows = m - row < NARROWED_ROWS ? m - row : NARROWED_ROWS;
      const float *part = a + row * row_step + start * depth_step;
      if (depth_step == 1)
        for (size_t r = 0; r < rows; r++) FN(pair_row)(part + r * row_step, terms, block + r * depth);
      else
        for (size_t p = 0; p < depth; p++)
          FN(pair_rows)(part + 2 * p * depth_step, 2 * p + 1 < terms ? part + (2 * p + 1) * depth_step : 0, 0, rows,
                        block + p * rows);
      for (size_t column = 0; column < n; column += PANEL) {
        size_t columns = n - column < PANEL ? n - column : PANEL;
        FN(pack_panel)(b + (transposed ? column * b_stride + start : start * b_stride + column), 0, terms, columns,
                       b_stride, transposed, panel);
        float *results = c + row * c_stride + column;
        if (depth_step == 1)
          FN(panel_product)(block, rows, depth, 1, panel, depth, results, c_stride, columns, accumulate || start > 0);
        else
          FN(panel_product)(block, rows, 1, rows, panel, depth, results, c_stride, columns, accumulate || start > 0);
      }
    }
  }
}

_Static_assert(TRANSPOSED_DEPTH / 2 == LATENT_PAIRED_ROWS, "as callers know it");

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
