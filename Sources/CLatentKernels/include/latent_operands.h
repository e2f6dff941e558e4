// The loops whose arrays products multiply, or that products write, and what these are called with.
#ifndef LATENT_OPERANDS_H
#define LATENT_OPERANDS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef enum {
  latent_linear = 0, latent_relu = 1, latent_sigmoid = 2, latent_tanh = 3
} latent_activation;

// Places in memory, in elements from a start: index (i, j, k) is at i steps[0] + j steps[1] + k steps[2], and k runs
// fastest.
typedef struct {
  size_t counts[3], steps[3];
} latent_grid;

// Images [height, width, channels] inside of larger ones, the first pixel at (top, left).
typedef struct {
  size_t height, width, channels, top, left, padded_height, padded_width;
} latent_padding;

// The loops that write what products multiply, or read it: of the arrays' own element type in latent_ops, and bfloat16 in
// latent_mixed_ops, where the operands are h, dz, the rows of y or x that are a stride apart, the x of column sums, padded images,
// and what multiply_grid_narrow multiplies.
typedef struct latent_operand_ops {
  // lstm.inc.h: one time step's gates, forward and backward; previous may be null (a cell of zeros). kept, which is z's own
  // memory in latent_ops and 16 bits a gate in latent_mixed_ops, becomes dz on the way back
  void (*lstm_gates)(const void *z, void *kept, const void *bias, const void *_Nullable previous, void *cell, void *h,
                     size_t h_stride, size_t batch, size_t hidden);
  void (*lstm_gates_backward)(void *kept, const void *_Nullable previous, const void *cell, const void *dh, void *dc,
                              void *bias_gradient, size_t batch, size_t hidden);
  // the gates as they were kept, [rows, 4H]
  void (*lstm_kept_gates)(const void *kept, void *gates, size_t rows, size_t hidden);

  // sequence.inc.h: [batch, time, columns] to and from time-major rows, those of y or x being a stride apart
  void (*to_time_major)(const void *x, void *y, size_t batch, size_t time, size_t columns, size_t y_stride);
  void (*to_batch_major)(const void *x, void *y, size_t batch, size_t time, size_t columns, size_t x_stride);
  // the same for sequences of unequal length, sorted, without gaps
  void (*to_step_rows)(const void *x, void *y, const size_t *order, const size_t *start, size_t time, size_t columns,
                       size_t y_stride);
  void (*from_step_rows)(const void *x, void *y, const size_t *order, const size_t *lengths, const size_t *start,
                         size_t batch, size_t time, size_t columns, size_t x_stride, int states);

  // column_sums.inc.h: y[c] (+)= sum over rows of x[row, c], rows `stride` elements apart; without gaps, the sum in double
  void (*column_sums)(const void *x, size_t rows, size_t stride, size_t columns, int accumulate, void *y);
  void (*column_sums_in_double)(const void *x, size_t rows, size_t columns, double *sums);

  // grid_product.inc.h: images with zeros around them; where y is given, x is the gradient of y = activation(.)
  void (*pad_images)(const latent_padding *padding, const void *x, const void *_Nullable y,
                     latent_activation activation, size_t images, void *padded);
  // products with A[i, p] at place rows(i) + depth(p), and rows of n elements at c_rows(i) and b_rows(p):
  // C (+)= A B, B packed
  void (*multiply_grid)(const void *a, const latent_grid *rows, const latent_grid *depth, const void *packed, size_t n,
                        void *c, const latent_grid *c_rows, int accumulate);
  // C (+)= A B^T with B[n, depth], n small; depth's last step is 1
  void (*multiply_grid_narrow)(const void *a, const latent_grid *rows, const latent_grid *depth, const void *b,
                               size_t n, void *c, const latent_grid *c_rows, int accumulate);
} latent_operand_ops;

#pragma clang assume_nonnull end
#endif
