// Matrix products whose right operand is packed once and used many times: C[M, N] (+)= A[M, K] B[K, N].
//
// B is stored in panels of PANEL columns, each [K, PANEL] contiguous and padded with zeros, so that the innermost loop
// reads one stream; A is read in place, element by element, broadcast. A block of MICRO_ROWS x PANEL results lives in
// registers for the whole of K (Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication", without
// its packing of A, which here is small enough to stay in the caches).
typedef REAL FN(vector) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(REAL))));
#define VECTOR FN(vector)
#define LANES (VECTOR_BYTES / sizeof(REAL))
#define PANEL (2 * LANES)

static size_t FN(packed_count)(size_t k, size_t n) { return (n + PANEL - 1) / PANEL * PANEL * k; }

// Packs rows 0..<k of B [k, n], or of B^T where transposed (then b is [n, k]); b has rows of `stride` elements.
static void FN(pack)(const void *bv, size_t k, size_t n, size_t stride, int transposed, void *packedv) {
  const REAL *b = bv;
  REAL *packed = packedv;
  for (size_t column = 0; column < n; column += PANEL, packed += k * PANEL) {
    size_t count = n - column < PANEL ? n - column : PANEL;
    if (count < PANEL) memset(packed, 0, k * PANEL * sizeof(REAL));
    if (!transposed) {
      for (size_t p = 0; p < k; p++) memcpy(packed + p * PANEL, b + p * stride + column, count * sizeof(REAL));
    } else {
      for (size_t p = 0; p < k; p += 16) {  // 16 columns of a row at a time: whole cache lines on both sides
        size_t steps = k - p < 16 ? k - p : 16;
        for (size_t c = 0; c < count; c++)
          for (size_t s = 0; s < steps; s++) packed[(p + s) * PANEL + c] = b[(column + c) * stride + p + s];
      }
    }
  }
}

static inline __attribute__((always_inline)) void FN(micro)(size_t rows, const REAL *restrict a, size_t a_row,
                                                            size_t a_column, const REAL *restrict panel, size_t k,
                                                            REAL *restrict c, size_t c_stride, size_t columns,
                                                            int accumulate) {
  VECTOR left[MICRO_ROWS], right[MICRO_ROWS];
  for (size_t r = 0; r < rows; r++) left[r] = right[r] = (VECTOR){0};
  for (size_t p = 0; p < k; p++) {
    VECTOR b0 = *(const VECTOR *)(panel + p * PANEL), b1 = *(const VECTOR *)(panel + p * PANEL + LANES);
    for (size_t r = 0; r < rows; r++) {
      REAL value = a[r * a_row + p * a_column];
      left[r] += value * b0;
      right[r] += value * b1;
    }
  }
  if (columns == PANEL) {
    for (size_t r = 0; r < rows; r++) {
      VECTOR *out = (VECTOR *)(c + r * c_stride);
      out[0] = accumulate ? out[0] + left[r] : left[r];
      out[1] = accumulate ? out[1] + right[r] : right[r];
    }
  } else {
    for (size_t r = 0; r < rows; r++) {
      REAL edge[PANEL];
      memcpy(edge, &left[r], sizeof(VECTOR));
      memcpy(edge + LANES, &right[r], sizeof(VECTOR));
      for (size_t j = 0; j < columns; j++)
        c[r * c_stride + j] = accumulate ? c[r * c_stride + j] + edge[j] : edge[j];
    }
  }
}

static void FN(panel_product)(const REAL *a, size_t m, size_t a_row, size_t a_column, const REAL *panel, size_t k,
                              REAL *c, size_t c_stride, size_t columns, int accumulate) {
  size_t row = 0;
#define MICRO(ROWS)                                                                                        \
  if (a_column == 1)                                                                                       \
    FN(micro)(ROWS, a + row * a_row, a_row, 1, panel, k, c + row * c_stride, c_stride, columns, accumulate); \
  else                                                                                                     \
    FN(micro)(ROWS, a + row, 1, a_column, panel, k, c + row * c_stride, c_stride, columns, accumulate);
  for (; row + MICRO_ROWS <= m; row += MICRO_ROWS) { MICRO(MICRO_ROWS) }
  for (; row + 4 <= m; row += 4) { MICRO(4) }
  for (; row < m; row++) { MICRO(1) }
#undef MICRO
}

// C[m, n] (+)= A B from the packed B of `pack`, whose panels hold packed_k rows; B's rows first_k..<first_k + k are used.
// A is [m, k] with rows of a_stride, or, where a_transposed, [k, m] with rows of a_stride.
static void FN(multiply_packed)(const void *av, size_t m, size_t k, size_t a_stride, int a_transposed,
                                const void *packedv, size_t packed_k, size_t first_k, void *cv, size_t n,
                                size_t c_stride, int accumulate) {
  const REAL *packed = packedv;
  for (size_t column = 0; column < n; column += PANEL) {
    size_t columns = n - column < PANEL ? n - column : PANEL;
    const REAL *panel = packed + column * packed_k + first_k * PANEL;
    for (size_t start = 0; start < k || start == 0; start += PRODUCT_DEPTH) {  // k = 0 still clears C
      size_t depth = k - start < PRODUCT_DEPTH ? k - start : PRODUCT_DEPTH;
      const REAL *a = (const REAL *)av + (a_transposed ? start * a_stride : start);
      FN(panel_product)(a, m, a_transposed ? 1 : a_stride, a_transposed ? a_stride : 1, panel + start * PANEL, depth,
                        (REAL *)cv + column, c_stride, columns, accumulate || start > 0);
    }
  }
}

// C[m, n] (+)= A^T B for tall operands: A [k, m] and B [k, n], rows of a_stride and b_stride elements, as in the weight
// gradient of a whole sequence. Blocks of PRODUCT_DEPTH rows are packed panel by panel into `scratch`
// [PRODUCT_DEPTH * PANEL], so that A's block stays in the second-level cache and B is read from memory once.
static void FN(multiply_tall)(const void *av, size_t a_stride, size_t m, const void *bv, size_t b_stride, size_t n,
                              size_t k, void *cv, size_t c_stride, int accumulate, void *scratchv) {
  const REAL *a = av, *b = bv;
  REAL *scratch = scratchv;
  for (size_t start = 0; start < k || start == 0; start += PRODUCT_DEPTH) {
    size_t depth = k - start < PRODUCT_DEPTH ? k - start : PRODUCT_DEPTH;
    for (size_t column = 0; column < n; column += PANEL) {
      size_t columns = n - column < PANEL ? n - column : PANEL;
      FN(pack)(b + start * b_stride + column, depth, columns, b_stride, 0, scratch);
      FN(panel_product)(a + start * a_stride, m, 1, a_stride, scratch, depth, (REAL *)cv + column, c_stride, columns,
                        accumulate || start > 0);
    }
  }
}

static size_t FN(tall_scratch_count)(void) { return PRODUCT_DEPTH * PANEL; }
#undef VECTOR
#undef LANES
#undef PANEL
