// Products of tiles whose rows are read where patches lie: no patch is put together.

#ifdef TILE_REGISTERS
// Places that a panel of B stays for, while what they read stays near.
#define PLACES_AT_ONCE 512

// Whether a tile can be read in place: no sixteen pairs lie in two runs, pairs begin at even places, and rows of the grid have enough
// places, or the tiles would be nearly empty.
static inline int FN(tiles_lie_in_place)(const latent_grid *rows, const latent_grid *depth) {
  return depth->counts[2] % (2 * GROUP) == 0 && depth->counts[0] == 1 && rows->counts[2] > GROUP / 4 &&
         ((rows->steps[0] | rows->steps[1] | rows->steps[2] | depth->steps[1]) & 1) == 0;
}

static inline size_t FN(line_place)(const latent_grid *g, size_t line, size_t place) {
  return line / g->counts[1] * g->steps[0] + line % g->counts[1] * g->steps[1] + place * g->steps[2];
}

// C (+)= A B, see multiply_pair_grid. The grids of A and C have the same counts; a line of them is cut into pieces of two tiles, or
// two short lines are one piece.
static void FN(multiply_tiles_in_place)(const uint16_t *a, const latent_grid *rows, const latent_grid *depth,
                                        const uint32_t *packed, size_t n, float *c, const latent_grid *c_rows,
                                        int accumulate) {
  size_t lines = rows->counts[0] * rows->counts[1], across = rows->counts[2];
  size_t runs = depth->counts[1], pairs = depth->counts[2] / 2, run_step = depth->steps[1] / 2;
  size_t a_bytes = rows->steps[2] * sizeof *a, c_bytes = c_rows->steps[2] * sizeof *c;
  size_t at_once = (PLACES_AT_ONCE / 2 + across - 1) / across * 2;  // lines, in pairs
  for (size_t first = 0; first < lines; first += at_once) {
    size_t end = lines - first < at_once ? lines : first + at_once;
    for (size_t column = 0; column < n; column += PANEL) {
      const uint32_t *panel = packed + column * runs * pairs;
      size_t columns = n - column < PANEL ? n - column : PANEL;
      for (size_t place = 0; place < across; place += 2 * GROUP) {
        size_t piece = across - place < 2 * GROUP ? across - place : 2 * GROUP;
        int is_short = piece <= GROUP;
        size_t upper = is_short ? piece : GROUP, lower = is_short ? piece : piece - GROUP;
        for (size_t line = first; line < end; line += is_short ? 2 : 1) {
          size_t next = is_short ? line + 1 : line, from = is_short ? place : place + GROUP;
          if (next >= end) next = line, lower = 0;
          FN(tiles)(upper, lower, columns, (const uint32_t *)(a + FN(line_place)(rows, line, place)),
                    (const uint32_t *)(a + FN(line_place)(rows, next, from)), a_bytes, runs, run_step, panel, pairs,
                    c + FN(line_place)(c_rows, line, place) + column, c + FN(line_place)(c_rows, next, from) + column,
                    c_bytes, accumulate, panel, 0);
        }
      }
    }
  }
}
#endif
