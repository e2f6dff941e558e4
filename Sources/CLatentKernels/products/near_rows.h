#ifndef LATENT_NEAR_ROWS_H
#define LATENT_NEAR_ROWS_H

#include <stddef.h>

// Rows of A, of m with row_bytes each, that are multiplied by all of B's panels before others are: where A is so large that it would not
// stay in the second-level cache from one panel to the next, as many as do beside other things. A multiple of all blocks of rows.
static inline size_t latent_near_rows(size_t m, size_t row_bytes) {
  const size_t near = 1 << 18, step = 96;
  if (m * row_bytes <= 4 * near) return m;
  size_t steps = near / row_bytes / step;
  return steps > 1 ? steps * step : step;
}

#endif
