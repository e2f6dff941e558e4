#ifndef LATENT_MIXED_H
#define LATENT_MIXED_H

#include "latent_kernels.h"

#pragma clang assume_nonnull begin

// The loops of mixed precision (mixed/): products of bfloat16 with sums in float. An operand is float, and is rounded on the
// way, or bfloat16 already (narrow): then rows hold an even number of elements, the last one 0 where there is no such term.
typedef struct latent_mixed_ops {
  // pairs.inc.h: `to` may be where the floats are
  void (*narrow)(const float *from, uint16_t *to, size_t count);
  void (*widen)(const uint16_t *from, float *to, size_t count);
  // product.inc.h, as those of latent_ops; packed_count is in bfloat16 elements, first_k and packed_k are even
  size_t (*packed_count)(size_t k, size_t n);
  void (*pack)(const float *b, size_t k, size_t n, size_t stride, int transposed, uint16_t *packed, size_t packed_k,
               size_t first_k);
  void (*multiply_packed)(const void *a, int narrow, size_t m, size_t k, size_t a_stride, const uint16_t *packed,
                          size_t packed_k, size_t first_k, float *c, size_t n, size_t c_stride, int accumulate);
  // paired: room for LATENT_PAIRED_ROWS pairs for each column of A
  void (*multiply_transposed)(const void *a, int narrow_a, size_t k, size_t m, size_t split, size_t a_stride,
                              const void *b, int narrow_b, size_t n, size_t b_stride, float *c, int accumulate,
                              float *_Nullable lower, int accumulate_lower, uint32_t *paired);
  void (*multiply_strided)(const float *a, size_t m, size_t k, size_t row_step, size_t depth_step, const float *b,
                           size_t n, size_t b_stride, int transposed, float *c, size_t c_stride, int accumulate);
  // lstm.inc.h: gates hold floats; h is bfloat16, and so is each row of dz, at the place where its row of gates begins
  void (*lstm_gates)(void *gates, const void *bias, const void *_Nullable previous, void *cell, void *h,
                     size_t h_stride, size_t batch, size_t hidden);
  void (*lstm_gates_backward)(void *gates, const void *_Nullable previous, const void *cell, const void *dh, void *dc,
                              void *bias_gradient, size_t batch, size_t hidden);
  // sequence.inc.h: rows that become bfloat16, and come back as floats
  void (*to_time_major)(const void *x, void *y, size_t batch, size_t time, size_t columns, size_t y_stride);
  void (*to_batch_major)(const void *x, void *y, size_t batch, size_t time, size_t columns, size_t x_stride);
  void (*to_step_rows)(const void *x, void *y, const size_t *order, const size_t *start, size_t time, size_t columns,
                       size_t y_stride);
  void (*from_step_rows)(const void *x, void *y, const size_t *order, const size_t *lengths, const size_t *start,
                         size_t batch, size_t time, size_t columns, size_t x_stride, int states);
  // column_sums.inc.h: of rows that are bfloat16, with float sums y
  void (*column_sums)(const void *x, size_t rows, size_t stride, size_t columns, int accumulate, void *y);
  void (*column_sums_in_double)(const void *x, size_t rows, size_t columns, double *sums);
  // grid_product.inc.h: padded images, A, and the B of multiply_grid_narrow are bfloat16
  void (*pad_images)(const latent_padding *padding, const void *x, const void *_Nullable y,
                     latent_activation activation, size_t images, void *padded);
  void (*multiply_grid)(const void *a, const latent_grid *rows, const latent_grid *depth, const void *packed, size_t n,
                        void *c, const latent_grid *c_rows, int accumulate);
  void (*multiply_grid_transposed)(const void *a, const latent_grid *rows, const latent_grid *depth, const void *b,
                                   int narrow_b, const latent_grid *b_rows, size_t n, float *c, int accumulate);
  void (*multiply_grid_narrow)(const void *a, const latent_grid *rows, const latent_grid *depth, const void *b,
                               size_t n, void *c, const latent_grid *c_rows, int accumulate);
  // the most floating-point operations that a core can do so, see latent_ops
  double (*multiply_adds)(size_t rounds, double *result);
} latent_mixed_ops;
enum { LATENT_PAIRED_ROWS = 432 };

/// The table that this process uses, as latent_selected_table: null until latent_select says so.
extern const latent_mixed_ops *_Nullable latent_selected_mixed;
static inline const latent_mixed_ops *_Nullable latent_selected_mixed_table(void) {
  return __atomic_load_n(&latent_selected_mixed, __ATOMIC_RELAXED);
}
const latent_mixed_ops *latent_mixed_table(latent_instruction_set set);

#pragma clang assume_nonnull end
#endif
