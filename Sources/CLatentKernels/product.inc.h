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

// Packs B [k, n], or B^T where transposed (then b is [n, k]), as rows first_k..<first_k + k of panels of packed_k rows;
// b has rows of `stride` elements.
static void FN(pack)(const void *bv, size_t k, size_t n, size_t stride, int transposed, void *packedv, size_t packed_k,
                     size_t first_k) {
  const REAL *b = bv;
  REAL *packed = (REAL *)packedv + first_k * PANEL;
  for (size_t column = 0; column < n; column += PANEL, packed += packed_k * PANEL) {
    size_t count = n - column < PANEL ? n - column : PANEL;
    if (count < PANEL) memset(packed, 0, k * PANEL * sizeof(REAL));
    if (transposed) {
      for (size_t p = 0; p < k; p += 16) {  // 16 columns of a row at a time: whole cache lines on both sides
        size_t steps = k - p < 16 ? k - p : 16;
        for (size_t c = 0; c < count; c++)
          for (size_t s = 0; s < steps; s++) packed[(p + s) * PANEL + c] = b[(column + c) * stride + p + s];
      }
    } else if (count == PANEL) {  // a size known to the compiler: vector moves instead of a call for each row
      for (size_t p = 0; p < k; p++) memcpy(packed + p * PANEL, b + p * stride + column, PANEL * sizeof(REAL));
    } else {
      for (size_t p = 0; p < k; p++) memcpy(packed + p * PANEL, b + p * stride + column, count * sizeof(REAL));
    }
  }
}

static inline __attribute__((always_inline)) void FN(micro)(size_t rows, const REAL *restrict a, size_t a_stride,
                                                            const REAL *restrict panel, size_t k, REAL *restrict c,
                                                            size_t c_stride, size_t columns, int accumulate) {
  VECTOR left[MICRO_ROWS], right[MICRO_ROWS];
  for (size_t r = 0; r < rows; r++) {
    left[r] = right[r] = (VECTOR){0};
    __builtin_prefetch(c + r * c_stride, 1);  // C is far away: its lines arrive while the products run
    if (VECTOR_BYTES == 64) __builtin_prefetch(c + r * c_stride + LANES, 1);
  }
  // One pointer for four rows, and steps unrolled: fewer address computations than the two multiply-adds a row leave
  // room for.
  const REAL *groups[(MICRO_ROWS + 3) / 4];
  for (size_t g = 0; g < (rows + 3) / 4; g++) groups[g] = a + 4 * g * a_stride;
#pragma clang loop unroll_count(4)
  for (size_t p = 0; p < k; p++) {
    VECTOR b0 = *(const VECTOR *)panel, b1 = *(const VECTOR *)(panel + LANES);
    panel += PANEL;
    for (size_t r = 0; r < rows; r++) {
      REAL value = groups[r / 4][r % 4 * a_stride];
      left[r] += value * b0;
      right[r] += value * b1;
    }
    for (size_t g = 0; g < (rows + 3) / 4; g++) groups[g]++;
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

static void FN(panel_product)(const REAL *a, size_t m, size_t a_stride, const REAL *panel, size_t k, REAL *c,
                              size_t c_stride, size_t columns, int accumulate) {
  size_t row = 0;
#define MICRO(ROWS) \
  FN(micro)(ROWS, a + row * a_stride, a_stride, panel, k, c + row * c_stride, c_stride, columns, accumulate)
  for (; row + MICRO_ROWS <= m; row += MICRO_ROWS) MICRO(MICRO_ROWS);
  for (; row + 4 <= m; row += 4) MICRO(4);
  for (; row < m; row++) MICRO(1);
#undef MICRO
}

// C[m, n] (+)= A B from the packed B of `pack`, whose panels hold packed_k rows; B's rows first_k..<first_k + k are used.
// A is [m, k] with rows of a_stride elements. K is cut into depths whose panel stays in the first-level cache.
static void FN(multiply_packed)(const void *av, size_t m, size_t k, size_t a_stride, const void *packedv,
                                size_t packed_k, size_t first_k, void *cv, size_t n, size_t c_stride, int accumulate) {
  const REAL *packed = packedv;
  for (size_t column = 0; column < n; column += PANEL) {
    size_t columns = n - column < PANEL ? n - column : PANEL;
    const REAL *panel = packed + column * packed_k + first_k * PANEL;
    for (size_t start = 0; start < k || start == 0; start += PRODUCT_DEPTH) {  // k = 0 still clears C
      size_t depth = k - start < PRODUCT_DEPTH ? k - start : PRODUCT_DEPTH;
      FN(panel_product)((const REAL *)av + start, m, a_stride, panel + start * PANEL, depth, (REAL *)cv + column,
                        c_stride, columns, accumulate || start > 0);
    }
  }
}

#undef VECTOR
#undef LANES
#undef PANEL
