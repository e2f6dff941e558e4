// Elementwise loops, broadcasting, reductions, random numbers and optimizers.
#include <math.h>
#include <string.h>

#include "cross.h"
#include "latent_scalars.h"
#include "latent_sha256.h"
#include "latent_stored.h"
#include "latent_synthetic_digits.h"

enum { n = 1003, rows = 17, columns = 59 };  // rows * columns = n

#define X(low, high) cross_numbers(r, n, low, high)

static void unary(cross_run *r) {
#define UNARY(entry, low, high, class)            \
  {                                               \
    void *y = X(0, 1);                            \
    RUN(entry)(X(low, high), y, n);               \
    cross_emit(r, #entry, class, y, n);           \
  }
  // float64's are the same on all processors.
  cross_class class = r->is_double ? cross_same : cross_close;
  UNARY(exp, -20, 20, class)
  UNARY(exp, -800, 800, class)
  UNARY(log, 1e-6, 50, class)
  UNARY(log1p, -0.99, 20, class)
  UNARY(sigmoid, -20, 20, class)
  UNARY(tanh, -5, 5, class)
  UNARY(softplus, -20, 20, class)
  UNARY(erf, -4, 4, class)
  UNARY(log_gamma, 0.01, 40, cross_same)
  UNARY(digamma, 0.01, 40, cross_same)
  UNARY(square_root, 0, 50, cross_same)
  UNARY(absolute, -2, 2, cross_same)
  UNARY(sign, -2, 2, cross_same)
  UNARY(trigamma, 0.01, 40, cross_same)
  UNARY(erfinv, -1, 1, cross_same)
  UNARY(expm1, -20, 20, cross_same)
  UNARY(sin, -20, 20, cross_same)
  UNARY(sin, -1e9, 1e9, cross_same)
  UNARY(cos, -20, 20, cross_same)
  UNARY(tan, -20, 20, cross_same)
  UNARY(atan, -5, 5, cross_same)
  UNARY(sinh, -5, 5, cross_same)
  UNARY(cosh, -5, 5, cross_same)
  UNARY(asinh, -5, 5, cross_same)
  UNARY(acosh, 1, 5, cross_same)
  UNARY(atanh, -1, 1, cross_same)
  UNARY(floor, -5, 5, cross_same)
  UNARY(ceil, -5, 5, cross_same)
  UNARY(round, -5, 5, cross_same)
#undef UNARY
}

static void arithmetic(cross_run *r) {
#define BINARY(entry)                             \
  {                                               \
    void *y = X(0, 1);                            \
    RUN(entry)(X(-2, 2), X(1, 2), y, n);          \
    cross_emit(r, #entry, cross_same, y, n);      \
  }
  BINARY(add)
  BINARY(subtract)
  BINARY(multiply)
  BINARY(divide)
#undef BINARY
  void *y = X(-2, 2), *x = X(-2, 2);
  RUN(multiply_add)(x, X(-2, 2), y, n);
  cross_emit(r, "multiply_add", cross_close, y, n);
  for (int i = 0; i < 3; i++) {
    RUN(scale_add)(0.7, x, 0.5 * i, y, n);
    cross_emit(r, "scale_add", cross_close, y, n);
  }
  RUN(move_toward)(x, 0.3, y, n);
  cross_emit(r, "move_toward", cross_close, y, n);
  RUN(clamp)(-0.5, 0.25, y, n);
  cross_emit(r, "clamp", cross_close, y, n);
  RUN(fill)(0.1, y, n);
  cross_emit(r, "fill", cross_same, y, n);
  double sums[] = {RUN(sum)(x, n), RUN(sum_squares)(x, n)};
  cross_emit_doubles(r, "sum, sum_squares", cross_close, sums, 2);
  RUN(scale_add)(r->is_double ? 0x1p-1020 : 0x1p-125, x, 0, y, n);
  double counts[] = {RUN(all_finite)(x, n), RUN(denormals)(y, n)};
  cross_emit_doubles(r, "all_finite, denormals", cross_same, counts, 2);
  double *doubles = cross_numbers(&(cross_run){.is_double = 1, .seed = 5}, n, -2, 2);
  RUN(from_double)(doubles, y, n);
  cross_emit(r, "from_double", cross_same, y, n);
  RUN(to_double)(x, doubles, n);
  cross_emit_doubles(r, "to_double", cross_same, doubles, n);
}

static void broadcasting(cross_run *r) {
  size_t shape[] = {rows, columns};
  ptrdiff_t along[] = {columns, 1}, row[] = {0, 1}, column[] = {1, 0}, turned[] = {1, rows};
  void *x = X(0, 2), *y = X(-1, 2), *z = X(0, 1);
  for (int op = latent_add; op <= latent_atan2; op++) {
    RUN(broadcast)((latent_binary)op, x, along, y, row, z, shape, 2, 0, n);
    cross_emit(r, "broadcast", cross_same, z, n);
    RUN(broadcast)((latent_binary)op, x, column, y, along, z, shape, 2, 0, n);
    cross_emit(r, "broadcast", cross_same, z, n);
  }
  for (int accumulate = 0; accumulate < 2; accumulate++) {
    RUN(strided_copy)(x, along, z, turned, shape, 2, accumulate, 0, n);
    cross_emit(r, "strided_copy", cross_same, z, n);
  }
}

static void reductions(cross_run *r) {
  void *x = X(-2, 2), *y = X(-2, 2);
  RUN(operands.column_sums)(x, rows, columns, columns, 1, y);
  cross_emit(r, "column_sums", cross_close, y, columns);
  double sums[columns];
  RUN(operands.column_sums_in_double)(x, rows, columns, sums);
  cross_emit_doubles(r, "column_sums_in_double", cross_close, sums, columns);
  for (int inner = 0; inner < 2; inner++) {
    RUN(reduce_sum)(x, inner ? 1 : rows, inner ? rows : columns, inner ? columns : 1, y);
    cross_emit(r, "reduce_sum", cross_close, y, inner ? columns : rows);
    RUN(reduce_extreme)(x, inner ? 1 : rows, inner ? rows : columns, inner ? columns : 1, inner, y);
    cross_emit(r, "reduce_extreme", cross_same, y, inner ? columns : rows);
  }
  int64_t index[rows], counts[4] = {0}, chosen[] = {4, 0, 16, 4};
  RUN(largest_index)(x, rows, columns, index);
  cross_emit_bytes(r, "largest_index", index, sizeof index);
  RUN(count_in_buckets)(x, n, (double[]){-2, -1, 0, 1, 2}, 4, counts);
  cross_emit_bytes(r, "count_in_buckets", counts, sizeof counts);
  RUN(from_double)((double[]){0, 3, 2, 2.5, -1, NAN, 4, 1}, y, 8);
  int64_t named[9];
  named[8] = (int64_t)RUN(row_numbers)(y, 8, 4, named);
  cross_emit_bytes(r, "row_numbers", named, sizeof named);
  RUN(scatter_add_rows)(x, chosen, 4, columns, y);
  cross_emit(r, "scatter_add_rows", cross_same, y, n);
  uint8_t bytes[n];
  for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)(i * 37);
  RUN(gather_bytes)(bytes, chosen, y, 4, columns, 1.0 / 255);
  cross_emit(r, "gather_bytes", cross_same, y, 4 * columns);
  int32_t moves[] = {1, -2, 0, -9, 3, 1, 0, 0, 1};
  RUN(move_images)(x, moves, y, 3, 5, 7, 3);
  cross_emit(r, "move_images", cross_same, y, 3 * 5 * 7 * 3);
  double outside[] = {RUN(first_outside)(x, -1.99, 1.99, 0, n), RUN(first_outside)(x, -2, 2, 255, n)};
  cross_emit_doubles(r, "first_outside", cross_same, outside, 2);
}

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
    int64_t segments[along], best[5 * inner];  // of the five, one has no rows
    for (int i = 0; i < along; i++) segments[i] = i * 7 % 4;
    RUN(segment_extremes)(x, segments, along, width, 5, one, best, y);
    cross_emit(r, "segment_extremes", cross_same, y, along * width);
    cross_emit_bytes(r, "segment_extremes", best, 5 * width * sizeof *best);
    RUN(cumulative_sum)(x, outer, along, width, one, y);
    cross_emit(r, "cumulative_sum", cross_same, y, lines * along);
    RUN(cumulative_product)(x, outer, along, width, y);
    cross_emit(r, "cumulative_product", cross_same, y, lines * along);
    RUN(cumulative_product_backward)(x, y, x, outer, along, width, z);
    cross_emit(r, "cumulative_product_backward", cross_same, z, lines * along);
  }
}

static void noise(cross_run *r) {
  uint64_t streams[rows];
  for (size_t row = 0; row < rows; row++) streams[row] = 3 + 7 * row;
  void *x = X(0, 1), *y = X(0, 1);
  RUN(normal_noise)(99, streams, 8, x, rows, columns);
  cross_emit(r, "normal_noise", cross_same, x, n);
  RUN(uniform_noise)(99, streams, 8, -0.3, 1.7, x, rows, columns);
  cross_emit(r, "uniform_noise", cross_same, x, n);
  uint32_t words[n];
  RUN(random_bits)(99, 5, words, n);
  cross_emit_bytes(r, "random_bits", words, sizeof words);
  RUN(gumbel_noise)(99, streams, x, rows, columns);
  cross_emit(r, "gumbel_noise", cross_same, x, n);
  void *alpha = X(0.1, 9);
  RUN(log_gamma_draws)(99, streams, alpha, x, rows, columns);
  cross_emit(r, "log_gamma_draws", cross_same, x, n);
  RUN(log_gamma_slopes)(alpha, x, y, n);
  cross_emit(r, "log_gamma_slopes", cross_same, y, n);
  RUN(dropout)(99, streams, 1u << 30, 1.25, x, y, rows, columns);
  cross_emit(r, "dropout", cross_same, y, n);
}

static void classes(cross_run *r) {
  void *logits = X(-9, 9), *losses = X(0, 1), *statistics = X(0, 1), *scale = X(0, 1), *slopes = X(-1, 1);
  int64_t named[rows];
  for (int row = 0; row < rows; row++) named[row] = row * 7 % (columns + 1) - 1;
  RUN(cross_entropy)(logits, named, rows, columns, statistics, losses);
  cross_emit(r, "cross_entropy", cross_close, losses, rows);
  cross_emit(r, "cross_entropy", cross_close, statistics, 2 * rows);
  for (int accumulate = 0; accumulate < 2; accumulate++) {
    RUN(cross_entropy_backward)(logits, named, statistics, scale, rows, columns, accumulate, slopes);
    cross_emit(r, "cross_entropy_backward", cross_close, slopes, n);
  }
}

// Twelve rows of weights, causal and known, and their way back.
static void attention(cross_run *r) {
  enum { seen_rows = 12, width = 21 };
  void *statistics = X(0, 1), *y = X(-1, 1), *dy = X(-1, 1);
  for (int causal = 0; causal < 2; causal++) {
    void *scores = X(-9, 9), *slopes = X(-1, 1);
    RUN(attention.weights)(scores, seen_rows, columns, 0.3, 5, causal, 0, statistics);
    cross_emit(r, "attention_weights", cross_close, scores, seen_rows * columns);
    cross_emit(r, "attention_weights", cross_close, statistics, 2 * seen_rows);
    RUN(attention.backward)(scores, slopes, seen_rows, columns, 0.3, y, dy, width, width + 2);
    cross_emit(r, "attention_backward", cross_close, slopes, seen_rows * columns);
  }
}

void cross_elements(cross_run *r) {
  unary(r);
  arithmetic(r);
  broadcasting(r);
  reductions(r);
  axes(r);
  noise(r);
  classes(r);
  attention(r);
  cross_first_optimizers(r);
}

// Squares and products around 2^-126 or 2^-1022, and an optimizer's averages that decay through it.
void cross_small(cross_run *r) {
  double unit = r->is_double ? 0x1p-511 : 0x1p-63;
  void *x = X(-4, 4), *y = X(-4, 4), *z = X(0, 1);
  RUN(scale_add)(unit, x, 0, x, n);
  RUN(scale_add)(unit, y, 0, y, n);
  RUN(multiply)(x, y, z, n);
  cross_emit(r, "products near zero", cross_same, z, n);
  RUN(multiply_add)(x, y, z, n);
  cross_emit(r, "sums near zero", cross_close, z, n);
  void *a = X(0, 0.1), *b = X(0, 0.1), *w = X(-1, 1);
  RUN(scale_add)(unit, a, 0, a, n);
  RUN(multiply)(x, y, b, n);
  for (int step = 0; step < 50; step++) RUN(optimizers.adam)(w, z, a, b, n, 0.01, 0.5, 0.9, 1e-7, 0);
  cross_emit(r, "averages near zero", cross_fused, a, n);
  cross_emit(r, "averages near zero", cross_fused, b, n);
  double low = r->is_double ? -760 : -110, high = r->is_double ? -690 : -80;
  RUN(exp)(X(low, high), z, n);
  cross_emit(r, "exp near zero", r->is_double ? cross_same : cross_close, z, n);
}

void cross_scalars(cross_run *r) {
  double *x = X(0, 3), *y = X(-30, 30), *z = X(0, 1), powers[n], cosines[n];
  for (int i = 0; i < n; i++) powers[i] = latent_scalar_power(x[i], y[i]), cosines[i] = latent_scalar_cosine(z[i]);
  cross_emit_doubles(r, "power", cross_same, powers, n);
  cross_emit_doubles(r, "cosine", cross_same, cosines, n);
  uint8_t pixels[4 * latent_synthetic_height * latent_synthetic_width], labels[4];
  latent_synthetic_digits(7, 0, 0, 4, pixels, labels);
  cross_emit_bytes(r, "synthetic digits", pixels, sizeof pixels);
  uint16_t halves[n];
  float singles[n];
  double back[n];
  latent_stored_type types[] = {latent_stored_f16, latent_stored_bf16};
  for (int i = 0; i < 2; i++) {
    latent_stored_write(types[i], y, latent_value_f64, halves, n);
    cross_emit_bytes(r, "stored", halves, sizeof halves);
    latent_stored_read(types[i], halves, latent_value_f64, back, n);
    cross_emit_doubles(r, "stored", cross_same, back, n);
    latent_stored_read(types[i], halves, latent_value_f32, singles, n);
    latent_stored_write(types[i], singles, latent_value_f32, halves, n);
    cross_emit_bytes(r, "stored", halves, sizeof halves);
  }
  for (int uses = 0; uses < 2; uses++) {
    latent_sha256 hash;
    uint8_t digest[32];
    latent_sha256_init(&hash);
    hash.uses_instructions &= uses;
    latent_sha256_update(&hash, pixels, sizeof pixels);
    latent_sha256_final(&hash, digest);
    cross_emit_bytes(r, "sha256", digest, sizeof digest);
  }
}
