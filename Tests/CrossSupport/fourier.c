// Fourier transforms, by passes and by convolutions.
#include "cross.h"

enum { n = 1003 };

#define X(low, high) cross_numbers(r, n, low, high)

void cross_fourier(cross_run *r) {
  enum { inner = 2 };
  uint32_t seed = r->seed;  // which it gives back: the numbers of what follows stay as they are
  size_t lengths[] = {1, 2, 16, 60, 77, 82};  // the last one by a convolution
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
    for (int input = latent_complex_line; input <= latent_half_line; input++)
      for (int both = 0; both < 2; both++) {
        size_t length = lengths[i], lines = 2 * inner;
        latent_transform transform = {length, (latent_line)input, (latent_line)(2 - input), both, both, 0.7};
        cross_run doubles = {.is_double = 1, .seed = 3};
        double *table = cross_numbers(&doubles, RUN(fourier.table_count)(length), 0, 1);
        double *scratch = cross_numbers(&doubles, RUN(fourier.scratch_count)(length), 0, 1);
        RUN(fourier.make_table)(length, table, scratch);
        void *x = X(-2, 2), *y = X(0, 1);
        RUN(fourier.transform)(&transform, table, x, inner, 0, lines, scratch, y);
        cross_emit(r, "transform", cross_same, y, 2 * lines * length);
      }
  r->seed = seed;
}
