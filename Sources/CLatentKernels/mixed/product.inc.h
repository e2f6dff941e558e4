// Matrix products of bfloat16 operands with float sums: C[M, N] (+)= A[M, K] B[K, N]. Pairs of terms are taken GROUP at a time:
// one (pair_products.inc.h) or sixteen (tiles.inc.h). An operand is float and is rounded here, a few rows at a time, or it is
// bfloat16 already (`narrow`): then its rows are an even number of elements apart, and hold a 0 behind an odd K.
//
//   rows_product(a, m, row_step, panel, pairs, c, ..., next, count)   m rows of C and one panel of B; the pairs of A's rows lie
//                                                                     side by side; `count` pairs of `next` follow
//   columns_product(block, count, depth, panel, c, ...)               the same for columns of A, paired by pair_columns
//   turn_slab(slab, block, depth, first, pairs, count)                puts rows of pairs, `first` of the block's depth, there
//   BLOCK_COLUMNS(m)                                                  columns that m take in a block
//   END_PRODUCTS                                                      after the last of some products

static inline size_t FN(pair_count)(size_t k) { return (k + 2 * GROUP - 1) / (2 * GROUP) * GROUP; }

// In bfloat16 elements.
static size_t FN(packed_count)(size_t k, size_t n) { return (n + PANEL - 1) / PANEL * PANEL * 2 * FN(pair_count)(k); }

// Pairs of neighbours in a row of k floats, whole groups of them.
static inline void FN(pair_row)(const float *restrict row, size_t k, uint32_t *restrict pairs) {
  size_t whole = k / 2, p = 0;
  for (; p < whole; p++) pairs[p] = FN(pair)(row[2 * p], row[2 * p + 1]);
  if (k % 2) pairs[p++] = FN(narrow)(row[k - 1]);
  for (; p < FN(pair_count)(k); p++) pairs[p] = 0;
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

// The columns of A [terms, m], rows of `stride` elements: pairs of neighbouring rows, `depth` of them, zeros behind the last.
static inline __attribute__((always_inline)) void FN(pair_columns)(const void *a, int narrow, size_t terms, size_t m,
                                                                   size_t stride, uint32_t *block, size_t depth) {
  uint32_t slab[SLAB_ROWS * SLAB_COLUMNS] __attribute__((aligned(VECTOR_BYTES)));
  for (size_t first = 0; first < m; first += SLAB_COLUMNS) {
    size_t count = m - first < SLAB_COLUMNS ? m - first : SLAB_COLUMNS;
    for (size_t p = 0; p < depth; p++) {
      uint32_t *pairs = slab + p % SLAB_ROWS * SLAB_COLUMNS;
      if (2 * p >= terms)
        memset(pairs, 0, count * sizeof(uint32_t));
      else
        FN(pair_rows)(ELEMENT_AT(a, narrow, 2 * p * stride + first),
                      2 * p + 1 < terms ? ELEMENT_AT(a, narrow, (2 * p + 1) * stride + first) : 0, narrow, count, pairs);
      if ((p + 1) % SLAB_ROWS == 0 || p + 1 == depth)
        FN(turn_slab)(slab, block + first * depth, depth, p / SLAB_ROWS * SLAB_ROWS, p % SLAB_ROWS + 1, count);
    }
  }
}

// The panels of some columns of B, [terms, count] with rows of `stride` elements, one after the other: B's rows are read once, each from
// its first column to its last.
static inline __attribute__((always_inline)) void FN(pack_panels)(const void *b, int narrow, size_t terms, size_t count,
                                                                  size_t stride, uint32_t *panels, size_t depth) {
  size_t pairs = (terms + 1) / 2, whole = count / PANEL * PANEL, rest = count - whole;
  if (rest > 0) memset(panels + whole * depth, 0, depth * PANEL * sizeof(uint32_t));
  for (size_t p = 0; p < depth; p++) {
    uint32_t *to = panels + p * PANEL;
    if (p >= pairs) {
      for (size_t column = 0; column < whole; column += PANEL) memset(to + column * depth, 0, PANEL * sizeof(uint32_t));
      continue;
    }
    const void *upper = ELEMENT_AT(b, narrow, 2 * p * stride);
    const void *lower = 2 * p + 1 < terms ? ELEMENT_AT(b, narrow, (2 * p + 1) * stride) : 0;
    for (size_t column = 0; column < whole; column += PANEL)
      FN(pair_rows)(ELEMENT_AT(upper, narrow, column), lower ? ELEMENT_AT(lower, narrow, column) : 0, narrow, PANEL,
                    to + column * depth);
    if (rest > 0)
      FN(pair_rows)(ELEMENT_AT(upper, narrow, whole), lower ? ELEMENT_AT(lower, narrow, whole) : 0, narrow, rest,
                    to + whole * depth);
  }
}

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

// One panel of `count` columns of floats from B, [k, count] with rows of `stride` elements, or from its transpose.
static inline __attribute__((always_inline)) void FN(pack_panel)(const float *b, size_t k, size_t count, size_t stride,
                                                                 int transposed, uint32_t *panel) {
  size_t pairs = (k + 1) / 2, all = FN(pair_count)(k);
  if (!transposed) {
    FN(pack_panels)(b, 0, k, count, stride, panel, all);
    return;
  }
  if (count < PANEL)
    memset(panel, 0, all * PANEL * sizeof(uint32_t));
  else if (all > pairs)
    memset(panel + pairs * PANEL, 0, (all - pairs) * PANEL * sizeof(uint32_t));
  for (size_t p = 0; p < pairs; p += 8) {
    size_t steps = pairs - p < 8 ? pairs - p : 8, c = 0;
    if (2 * (p + 8) <= k)
      for (; c + 4 <= count; c += 4)
        for (size_t s = 0; s < 8; s += 4)
          FN(pack_quad)(b + c * stride + 2 * (p + s), stride, panel + (p + s) * PANEL + c);
    for (; c < count; c++)
      for (size_t s = 0; s < steps; s++) {
        const float *at = b + c * stride + 2 * (p + s);
        panel[(p + s) * PANEL + c] = 2 * (p + s) + 1 < k ? FN(pair)(at[0], at[1]) : FN(narrow)(at[0]);
      }
  }
}

// Packs B [k, n] of floats, or B^T where transposed (then b is [n, k]), as rows first_k..<first_k + k of panels of packed_k
// rows, both of whole groups; b has rows of `stride` elements.
static void FN(pack)(const float *b, size_t k, size_t n, size_t stride, int transposed, uint16_t *packed, size_t packed_k,
                     size_t first_k) {
  uint32_t *panel = (uint32_t *)packed + first_k / 2 * PANEL;
  for (size_t column = 0; column < n; column += PANEL, panel += packed_k / 2 * PANEL)
    FN(pack_panel)(b + (transposed ? column * stride : column), k, n - column < PANEL ? n - column : PANEL, stride,
                   transposed, panel);
}

// The terms first..<first + count of some rows of A, as a block of whole groups, `depth` pairs a row.
static inline __attribute__((always_inline)) void FN(put_rows)(const void *a, int narrow, size_t rows,
                                                               size_t a_stride, size_t first, size_t count,
                                                               uint32_t *block, size_t depth) {
  for (size_t r = 0; r < rows; r++) {
    if (narrow) {
      memset(block + r * depth, 0, depth * sizeof(uint32_t));
      memcpy(block + r * depth, (const uint16_t *)a + r * a_stride + first, count * sizeof(uint16_t));
    } else {
      FN(pair_row)((const float *)a + r * a_stride + first, count, block + r * depth);
    }
  }
}

// C[m, n] (+)= A B from the packed B of `pack`, whose panels hold packed_k rows; B's rows first_k..<first_k + k are used,
// both of whole groups. A is [m, k] with rows of a_stride elements.
static void FN(multiply_packed)(const void *a, int narrow, size_t m, size_t k, size_t a_stride, const uint16_t *packed,
                                size_t packed_k, size_t first_k, float *c, size_t n, size_t c_stride, int accumulate) {
  const uint32_t *panels = (const uint32_t *)packed + first_k / 2 * PANEL;
  size_t pairs = FN(pair_count)(k), panel_step = packed_k / 2 * PANEL;
  // A far B is read again for each of many rows of A; of one that stays in the second-level cache, few rows at a time are better: their results
  // lie together. It need not be brought nearer while few rows are multiplied, which leaves no time for it.
  int is_far = n * pairs >= 1 << 18, fetches = is_far || m >= 128;
  // Pairs that are read where they lie.
  size_t whole = !narrow ? 0 : GROUP == 1 ? pairs : k / (2 * GROUP) * GROUP;
  for (size_t start = 0, depth; start < pairs || start == 0; start += depth) {  // k = 0 still clears C
    size_t rest = start < whole ? whole - start : pairs - start;
    depth = rest < PAIR_DEPTH ? rest : PAIR_DEPTH;
    int in_place = start < whole;
    uint32_t block[BLOCK_ROWS * PAIR_DEPTH];
    size_t terms = k - 2 * start < 2 * depth ? k - 2 * start : 2 * depth;
    size_t at_once = in_place && is_far ? 4 * BLOCK_ROWS : BLOCK_ROWS;
    for (size_t row = 0; row < m; row += at_once) {
      size_t rows = m - row < at_once ? m - row : at_once;
      if (!in_place)
        FN(put_rows)(ELEMENT_AT(a, narrow, row * a_stride), narrow, rows, a_stride, 2 * start, terms, block, depth);
      const uint32_t *from = in_place ? (const uint32_t *)a + row * a_stride / 2 + start : block;
      const uint32_t *panel = panels + start * PANEL;
      for (size_t column = 0; column < n; column += PANEL, panel += panel_step)
        FN(rows_product)(from, rows, in_place ? a_stride / 2 : depth, panel, depth, c + row * c_stride + column, c_stride,
                         n - column < PANEL ? n - column : PANEL, accumulate || start > 0, panel + panel_step,
                         fetches && column + PANEL < n ? depth * PANEL : 0);
    }
    if (depth == 0) break;
  }
  END_PRODUCTS;
}

// C (+)= A^T B, both operands tall, see product.inc.h: A is [k, m], B [k, n]. Pairs are of rows here: those of some columns of B are put
// together first, behind those of fewer columns of A, in `paired`.
static void FN(multiply_transposed)(const void *a, int narrow_a, size_t k, size_t m, size_t split, size_t a_stride,
                                    const void *b, int narrow_b, size_t n, size_t b_stride, float *c, int accumulate,
                                    float *lower, int accumulate_lower, uint32_t *paired) {
  for (size_t start = 0; start < k || start == 0; start += TRANSPOSED_DEPTH) {  // k = 0 still clears C
    size_t terms = k - start < TRANSPOSED_DEPTH ? k - start : TRANSPOSED_DEPTH, depth = FN(pair_count)(terms);
    uint32_t *panels = paired + LATENT_COLUMNS_ROOM / TRANSPOSED_DEPTH * depth;
    for (size_t from = 0; from < n; from += LATENT_PAIRED_COLUMNS) {
      size_t wide = n - from < LATENT_PAIRED_COLUMNS ? n - from : LATENT_PAIRED_COLUMNS;
      FN(pack_panels)(ELEMENT_AT(b, narrow_b, start * b_stride + from), narrow_b, terms, wide, b_stride, panels, depth);
      for (size_t first = 0; first < m; first += LATENT_PACKED_COLUMNS) {
        size_t count = m - first < LATENT_PACKED_COLUMNS ? m - first : LATENT_PACKED_COLUMNS;
        size_t upper = first >= split ? 0 : split - first < count ? split - first : count, others = count - upper;
        uint32_t *rest = paired + BLOCK_COLUMNS(upper) * depth;
        float *results = c + first * n + from, *other_results = others > 0 ? lower + (first + upper - split) * n + from : 0;
        const void *columns = ELEMENT_AT(a, narrow_a, start * a_stride + first);
        FN(pair_columns)(columns, narrow_a, terms, upper, a_stride, paired, depth);
        FN(pair_columns)(ELEMENT_AT(columns, narrow_a, upper), narrow_a, terms, others, a_stride, rest, depth);
        for (size_t column = 0; column < wide; column += PANEL) {
          size_t width = wide - column < PANEL ? wide - column : PANEL;
          const uint32_t *panel = panels + column * depth;
          FN(columns_product)(paired, upper, depth, panel, results + column, n, width, accumulate || start > 0);
          if (others > 0)
            FN(columns_product)(rest, others, depth, panel, other_results + column, n, width, accumulate_lower || start > 0);
        }
      }
    }
  }
  END_PRODUCTS;
}

// C (+)= A B for products that are too small to pack an operand for ahead of time, all of floats. Element (i, p) of A
// [m, k] is i row_step + p depth_step elements from its start; one of the steps is 1.
static void FN(multiply_strided)(const float *a, size_t m, size_t k, size_t row_step, size_t depth_step, const float *b,
                                 size_t n, size_t b_stride, int transposed, float *c, size_t c_stride, int accumulate) {
  uint32_t panels[PAIR_DEPTH * PANEL] __attribute__((aligned(VECTOR_BYTES)));
  uint32_t block[BLOCK_ROWS * PAIR_DEPTH];
  for (size_t start = 0; start < k || start == 0; start += 2 * PAIR_DEPTH) {  // k = 0 still clears C
    size_t terms = k - start < 2 * PAIR_DEPTH ? k - start : 2 * PAIR_DEPTH, depth = FN(pair_count)(terms);
    // As many panels as there is room for, so that B is packed once, and A few times.
    size_t wide = depth > 0 ? PAIR_DEPTH / depth * PANEL : n;
    for (size_t from = 0; from < n; from += wide) {
      size_t end = n - from < wide ? n : from + wide;
      FN(pack)(b + (transposed ? from * b_stride + start : start * b_stride + from), terms, end - from, b_stride, transposed,
               (uint16_t *)panels, 2 * depth, 0);
      for (size_t row = 0; row < m; row += BLOCK_ROWS) {
        size_t rows = m - row < BLOCK_ROWS ? m - row : BLOCK_ROWS;
        const float *part = a + row * row_step + start * depth_step;
        if (depth_step == 1)
          FN(put_rows)(part, 0, rows, row_step, 0, terms, block, depth);
        else
          FN(pair_columns)(part, 0, terms, rows, depth_step, block, depth);
        for (size_t column = from; column < end; column += PANEL) {
          size_t columns = n - column < PANEL ? n - column : PANEL;
          const uint32_t *panel = panels + (column - from) * depth;
          float *results = c + row * c_stride + column;
          if (depth_step == 1)
            FN(rows_product)(block, rows, depth, panel, depth, results, c_stride, columns, accumulate || start > 0, panel, 0);
          else
            FN(columns_product)(block, rows, depth, panel, results, c_stride, columns, accumulate || start > 0);
        }
      }
    }
  }
  END_PRODUCTS;
}

_Static_assert(PAIR_DEPTH % GROUP == 0 && TRANSPOSED_DEPTH / 2 % GROUP == 0 && BLOCK_ROWS % MICRO_ROWS == 0 &&
                   (LATENT_PACKED_COLUMNS + 2 * MICRO_ROWS) * TRANSPOSED_DEPTH <= LATENT_COLUMNS_ROOM &&
                   LATENT_PAIRED_COLUMNS % PANEL == 0 &&
                   LATENT_COLUMNS_ROOM / 2 + LATENT_PAIRED_COLUMNS * TRANSPOSED_DEPTH / 2 <= LATENT_PAIRS_ROOM,
               "whole groups, and the room that callers give");
