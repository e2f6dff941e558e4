// Matrix products whose right operand is packed once and used many times: C[M, N] (+)= A[M, K] B[K, N].
//
// B is stored in panels of PANEL columns, each [K, PANEL] contiguous and padded with zeros, so that the innermost loop
// reads one stream; A is read in place (micro.inc.h). Panels hold what is computed with.

static size_t FN(packed_count)(size_t k, size_t n) { return (n + PANEL - 1) / PANEL * PANEL * k; }

// A 4x4 block, transposed in registers: the rows lie `stride` elements apart and become columns of a panel.
static inline void FN(pack_quad)(const STORED *b, size_t stride, REAL *packed) {
  typedef REAL quad __attribute__((vector_size(4 * sizeof(REAL)), aligned(sizeof(REAL))));
  quad r0 = LOAD_VECTOR(quad, b), r1 = LOAD_VECTOR(quad, b + stride);
  quad r2 = LOAD_VECTOR(quad, b + 2 * stride), r3 = LOAD_VECTOR(quad, b + 3 * stride);
  quad low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5), high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
  quad low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5), high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
  *(quad *)packed = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  *(quad *)(packed + PANEL) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  *(quad *)(packed + 2 * PANEL) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  *(quad *)(packed + 3 * PANEL) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

// Packs B [k, n], or B^T where transposed (then b is [n, k]), as rows first_k..<first_k + k of panels of packed_k rows;
// b has rows of `stride` elements.
static void FN(pack)(const void *bv, size_t k, size_t n, size_t stride, int transposed, void *packedv, size_t packed_k,
                     size_t first_k) {
  const STORED *b = bv;
  REAL *packed = (REAL *)packedv + first_k * PANEL;
  for (size_t column = 0; column < n; column += PANEL, packed += packed_k * PANEL) {
    size_t count = n - column < PANEL ? n - column : PANEL;
    if (count < PANEL) memset(packed, 0, k * PANEL * sizeof(REAL));
    if (transposed) {
      for (size_t p = 0; p < k; p += 16) {  // 16 columns of a row at a time: whole cache lines on both sides
        size_t steps = k - p < 16 ? k - p : 16, c = 0;
        if (steps == 16)
          for (; c + 4 <= count; c += 4)
            for (size_t s = 0; s < 16; s += 4)
              FN(pack_quad)(b + (column + c) * stride + p + s, stride, packed + (p + s) * PANEL + c);
        for (; c < count; c++)
          for (size_t s = 0; s < steps; s++) packed[(p + s) * PANEL + c] = LOAD(b[(column + c) * stride + p + s]);
      }
    } else if (count == PANEL) {  // a size known to the compiler: vector moves instead of a call for each row
      for (size_t p = 0; p < k; p++) LOAD_RUN(packed + p * PANEL, b + p * stride + column, PANEL);
    } else {
      for (size_t p = 0; p < k; p++) LOAD_RUN(packed + p * PANEL, b + p * stride + column, count);
    }
  }
}

// C[m, n] (+)= A B from the packed B of `pack`, whose panels hold packed_k rows; B's rows first_k..<first_k + k are used.
// A is [m, k] with rows of a_stride elements. K is cut into depths whose panel stays in the first-level cache, and A into so many rows
// that they stay in the second for all panels.
#define NEAR_ELEMENTS (1 << 16)
#define LEAST_NEAR_ROWS (64 / MICRO_ROWS * MICRO_ROWS)
static void FN(multiply_packed)(const void *av, size_t m, size_t k, size_t a_stride, const void *packedv,
                                size_t packed_k, size_t first_k, void *cv, size_t n, size_t c_stride, int accumulate) {
  size_t at_once = k > 0 ? NEAR_ELEMENTS / k / MICRO_ROWS * MICRO_ROWS : m;
  if (at_once < LEAST_NEAR_ROWS) at_once = LEAST_NEAR_ROWS;
  for (size_t row = 0; row < m; row += at_once) {
    const STORED *a = (const STORED *)av + row * a_stride;
    size_t rows = m - row < at_once ? m - row : at_once;
    for (size_t column = 0; column < n; column += PANEL) {
      size_t columns = n - column < PANEL ? n - column : PANEL;
      const REAL *panel = (const REAL *)packedv + column * packed_k + first_k * PANEL;
      for (size_t start = 0; start < k || start == 0; start += PRODUCT_DEPTH) {  // k = 0 still clears C
        size_t depth = k - start < PRODUCT_DEPTH ? k - start : PRODUCT_DEPTH, rest = k - start - depth;
        const REAL *next = rest > 0 ? panel + (start + depth) * PANEL : panel + packed_k * PANEL;
        size_t next_depth = rest > 0 ? rest : column + PANEL < n ? k : 0;
        if (next_depth > PRODUCT_DEPTH) next_depth = PRODUCT_DEPTH;
        FN(panel_product)(a + start, rows, a_stride, 1, panel + start * PANEL, depth,
                          (STORED *)cv + row * c_stride + column, c_stride, columns, accumulate || start > 0, next,
                          next_depth * PANEL);
      }
    }
  }
}

// C (+)= A^T B, both operands tall: A is [k, m], B [k, n]. The weight gradient of a layer. Some columns of A are copied, into
// `columns` of LATENT_COLUMNS_ROOM elements, and one panel of B at a time. The columns of A from `split` on belong to a second
// result: [h, x]^T dz gives the gradients of both kernels of an LSTM.
static void FN(multiply_transposed)(const void *av, size_t k, size_t m, size_t split, size_t a_stride, const void *bv,
                                    size_t n, size_t b_stride, void *cv, int accumulate, void *lowerv,
                                    int accumulate_lower, void *columnsv) {
  REAL panel[TRANSPOSED_DEPTH * PANEL] __attribute__((aligned(VECTOR_BYTES)));
  STORED *packed = columnsv;
  for (size_t start = 0; start < k || start == 0; start += TRANSPOSED_DEPTH) {  // k = 0 still clears C
    size_t depth = k - start < TRANSPOSED_DEPTH ? k - start : TRANSPOSED_DEPTH;
    const STORED *a = (const STORED *)av + start * a_stride, *b = (const STORED *)bv + start * b_stride;
    for (size_t first = 0; first < m; first += LATENT_PACKED_COLUMNS) {
      size_t count = m - first < LATENT_PACKED_COLUMNS ? m - first : LATENT_PACKED_COLUMNS;
      size_t upper = first >= split ? 0 : split - first < count ? split - first : count, lower = count - upper;
      STORED *lower_part = packed + PACKED_COLUMNS(upper) * depth;
      STORED *c = (STORED *)cv + first * n, *rest = lower > 0 ? (STORED *)lowerv + (first + upper - split) * n : 0;
      FN(pack_columns)(a + first, depth, upper, a_stride, packed);
      FN(pack_columns)(a + first + upper, depth, lower, a_stride, lower_part);
      for (size_t column = 0; column < n; column += PANEL) {
        size_t width = n - column < PANEL ? n - column : PANEL;
        FN(pack)(b + column, depth, width, b_stride, 0, panel, depth, 0);
        FN(columns_panel_product)(packed, upper, panel, depth, c + column, n, width, accumulate || start > 0);
        if (lower > 0)
          FN(columns_panel_product)(lower_part, lower, panel, depth, rest + column, n, width, accumulate_lower || start > 0);
      }
    }
  }
}
_Static_assert((LATENT_PACKED_COLUMNS + 2 * MICRO_ROWS) * TRANSPOSED_DEPTH <= LATENT_COLUMNS_ROOM, "as callers know it");

// C (+)= A B for products that are too small to pack an operand for ahead of time: panels of B, which is [n, k] where
// transposed, are copied here. Element (i, p) of A [m, k] is i row_step + p depth_step elements from its start; one of the
// steps is 1.
static void FN(multiply_strided)(const void *av, size_t m, size_t k, size_t row_step, size_t depth_step, const void *bv,
                                 size_t n, size_t b_stride, int transposed, void *cv, size_t c_stride, int accumulate) {
  REAL panel[TRANSPOSED_DEPTH * PANEL] __attribute__((aligned(VECTOR_BYTES)));
  for (size_t start = 0; start < k || start == 0; start += TRANSPOSED_DEPTH) {  // k = 0 still clears C
    size_t depth = k - start < TRANSPOSED_DEPTH ? k - start : TRANSPOSED_DEPTH;
    const STORED *a = (const STORED *)av + start * depth_step;
    for (size_t column = 0; column < n; column += PANEL) {
      size_t columns = n - column < PANEL ? n - column : PANEL;
      const STORED *b = (const STORED *)bv + (transposed ? column * b_stride + start : start * b_stride + column);
      STORED *c = (STORED *)cv + column;
      FN(pack)(b, depth, columns, b_stride, transposed, panel, depth, 0);
      if (depth_step == 1)
        FN(panel_product)(a, m, row_step, 1, panel, depth, c, c_stride, columns, accumulate || start > 0, panel, 0);
      else
        FN(panel_product)(a, m, 1, depth_step, panel, depth, c, c_stride, columns, accumulate || start > 0, panel, 0);
    }
  }
}

// What the multiply-add units can do: twelve independent chains, all in registers. Returns the operations done; `result`
// keeps the compiler from leaving them out. No chain starts at 1, where it would stay, as the compiler finds out.
static double FN(multiply_adds)(size_t rounds, double *result) {
  VECTOR sums[12], factor = (VECTOR){0} + (REAL)0.999, term = (VECTOR){0} + (REAL)0.001;
  for (size_t c = 0; c < 12; c++) sums[c] = (VECTOR){0} + (REAL)(c + 2);
  for (size_t i = 0; i < rounds; i++)
    for (size_t c = 0; c < 12; c++) sums[c] = sums[c] * factor + term;
  for (size_t c = 1; c < 12; c++) sums[0] += sums[c];
  *result = (double)sums[0][0];
  return 24.0 * LANES * (double)rounds;
}
