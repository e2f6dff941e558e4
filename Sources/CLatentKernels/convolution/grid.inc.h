// Places in memory as latent_grid has them.

// The places of the grid's points first..<first + count.
static inline void FN(grid_places)(const latent_grid *g, size_t first, size_t count, size_t *places) {
  if (count == 0) return;
  size_t k = first % g->counts[2], j = first / g->counts[2] % g->counts[1], i = first / g->counts[2] / g->counts[1];
  for (size_t n = 0; n < count;) {
    size_t place = i * g->steps[0] + j * g->steps[1];
    for (; k < g->counts[2] && n < count; k++) places[n++] = place + k * g->steps[2];
    k = 0;
    if (++j == g->counts[1]) j = 0, i++;
  }
}

static inline size_t FN(grid_count)(const latent_grid *g) { return g->counts[0] * g->counts[1] * g->counts[2]; }
