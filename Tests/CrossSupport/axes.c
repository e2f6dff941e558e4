// Loops along an axis: sorting, picking, cumulative sums, Fourier transforms.
#include "cross.h"

enum { n = 1003 };

#define X(low, high) cross_numbers(r, n, low, high)

static void axes(cross_run *r) {
  enum { outer = 3, along = 111, inner = 3, keep = 40 };  // outer * along * inner < n
  void *x = X(-2, 2), *y = X(-2, 2), *z = X(-2, 2);
  void *scratch = cross_numbers(&(cross_run){.is_double = 1, .seed = 3}, 4 * along, 0, 1);
  for (int one = 0; one < 2; one++) {
    size_t width = one ? 1 : inner, lines = outer * width;
    RUN(extreme_index)(x, outer, along, width, one, y);
    cross_emit(r, "extreme_index", cross_same, y, lines);
    RUN(sort)(x, along, width, one, keep, 0, lines, scratch, y, z);
    cross_emit(r, "sort", cross_same, y, lines * keep);
    cross_emit(r, "sort", cross_same, z, lines * keep);
    double faults[] = {(double)RUN(take_along)(x, outer, along, keep, width, z, y),
                       (double)RUN(add_along)(y, outer, along, keep, width, z, x)};
    cross_emit(r, "take_along", cross_same, y, lines * keep);
    cross_emit(r, "add_along", cross_same, x, lines * along);
    cross_emit_doubles(r, "take_along, add_along", cross_same, faults, 2);
    faults[0] = (double)RUN(put_along)(y, outer, along, keep, width, z, x);
    cross_emit(r, "put_along", cross_same, x, lines * along);
    RUN(take_back_along)(x, outer, along, keep, width, z, y);
    cross_emit(r, "take_back_along", cross_same, x, lines * along);
    cross_emit(r, "take_back_along", cross_same, y, lines * keep);
    cross_emit_doubles(r, "put_along", cross_same, faults, 1);
    RUN(cumulative_sum)(x, outer, along, width, one, y);
    cross_emit(r, "cumulative_sum", cross_same, y, lines * along);
    RUN(cumulative_product)(x, outer, along, width, y);
    cross_emit(r, "cumulative_product", cross_same, y, lines * along);
    RUN(cumulative_product_backward)(x, y, x, outer, along, width, z);
    cross_emit(r, "cumulative_product_backward", cross_same, z, lines * along);
  }
}

static void fourier(cross_run *r) {
  enum { inner = 2 };
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
}

void cross_axes(cross_run *r) {
  axes(r);
  fourier(r);
}
