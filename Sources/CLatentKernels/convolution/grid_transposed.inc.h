// C (+)= A^T B: A's rows, one for each element of a patch, by `rows`, and its columns, one for each patch, by `depth`; B has
// a row of n elements at each place of b_rows. C is [m, n]. The gradient of a convolution's kernel.
static void FN(multiply_grid_transposed)(const void *a, const latent_grid *rows, const latent_grid *depth,
                                         const void *b, const latent_grid *b_rows, size_t n, void *cv,
                                         int accumulate) {
  size_t m = FN(grid_count)(rows), k = FN(grid_count)(depth);
  REAL panel[TRANSPOSED_DEPTH * PANEL] __attribute__((aligned(VECTOR_BYTES)));
  size_t row_places[GRID_ROWS], c_places[GRID_ROWS], depth_places[TRANSPOSED_DEPTH], b_places[TRANSPOSED_DEPTH];
  for (size_t start = 0; start < k || start == 0; start += TRANSPOSED_DEPTH) {  // k = 0 still clears C
    size_t steps = k - start < TRANSPOSED_DEPTH ? k - start : TRANSPOSED_DEPTH;
    FN(grid_places)(depth, start, steps, depth_places);
    FN(grid_places)(b_rows, start, steps, b_places);
    for (size_t column = 0; column < n; column += PANEL) {
      size_t columns = n - column < PANEL ? n - column : PANEL;
      const STORED *part = (const STORED *)b + column;
      if (columns == PANEL) {  // a size known to the compiler
        for (size_t p = 0; p < steps; p++) LOAD_RUN(panel + p * PANEL, part + b_places[p], PANEL);
      } else {
        memset(panel, 0, steps * PANEL * sizeof(REAL));
        for (size_t p = 0; p < steps; p++) LOAD_RUN(panel + p * PANEL, part + b_places[p], columns);
      }
      for (size_t first = 0; first < m; first += GRID_ROWS) {
        size_t count = m - first < GRID_ROWS ? m - first : GRID_ROWS;
        FN(grid_places)(rows, first, count, row_places);
        for (size_t r = 0; r < count; r++) c_places[r] = (first + r) * n;
        FN(grid_panel_product)(a, count, row_places, depth_places, panel, steps, (STORED *)cv + column, c_places, columns,
                               accumulate || start > 0);
      }
    }
  }
}
