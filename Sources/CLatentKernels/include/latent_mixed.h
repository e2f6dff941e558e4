#ifndef LATENT_MIXED_H
#define LATENT_MIXED_H

#include "latent_kernels.h"

#pragma clang assume_nonnull begin

// Columns of B that multiply_transposed puts together at a time, and its room for them and for columns of A, in pairs.
enum { LATENT_PAIRED_COLUMNS = 1024, LATENT_PAIRS_ROOM = LATENT_COLUMNS_ROOM / 2 + LATENT_PAIRED_COLUMNS * 432 };

// Products of bfloat16 with sums in float, in one of the two orders in which processors add them up: pair_products.inc.h and
// tiles.inc.h (mixed/). An operand is float, and is rounded on the way, or bfloat16 already (narrow): then rows are an even
// number of elements apart, with a 0 behind an odd number of terms.
typedef struct latent_mixed_products {
  // product.inc.h, as those of latent_ops; packed_count is in bfloat16 elements, first_k and packed_k are of whole groups
  size_t (*packed_count)(size_t k, size_t n);
  void (*pack)(const float *b, size_t k, size_t n, size_t stride, int transposed, uint16_t *packed, size_t packed_k,
               size_t first_k);
  void (*multiply_packed)(const void *a, int narrow, size_t m, size_t k, size_t a_stride, const uint16_t *packed,
                          size_t packed_k, size_t first_k, float *c, size_t n, size_t c_stride, int accumulate);
  // paired: room for LATENT_PAIRS_ROOM pairs
  void (*multiply_transposed)(const void *a, int narrow_a, size_t k, size_t m, size_t split, size_t a_stride,
                              const void *b, int narrow_b, size_t n, size_t b_stride, float *c, int accumulate,
                              float *_Nullable lower, int accumulate_lower, uint32_t *paired);
  void (*multiply_strided)(const float *a, size_t m, size_t k, size_t row_step, size_t depth_step, const float *b,
                           size_t n, size_t b_stride, int transposed, float *c, size_t c_stride, int accumulate);
  // grid_product.inc.h, as in latent_ops: A is bfloat16; B's rows are floats, or bfloat16 already
  void (*multiply_grid)(const void *a, const latent_grid *rows, const latent_grid *depth, const void *packed, size_t n,
                        void *c, const latent_grid *c_rows, int accumulate);
  void (*multiply_grid_transposed)(const void *a, const latent_grid *rows, const latent_grid *depth, const void *b,
                                   int narrow_b, const latent_grid *b_rows, size_t n, float *c, int accumulate);
  // the most floating-point operations that a core can do so, see latent_ops
  double (*multiply_adds)(size_t rounds, double *result);
} latent_mixed_products;

// The loops that write what these products multiply, and the products of pairs.
typedef struct latent_mixed_ops {
  latent_operand_ops operands;
  // pairs.inc.h: `to` may be where the floats are
  void (*narrow)(const float *from, uint16_t *to, size_t count);
  // zeros for `columns` elements at the start of each row of `stride`
  void (*clear_columns)(uint16_t *x, size_t rows, size_t stride, size_t columns);
  latent_mixed_products pairs;
} latent_mixed_ops;
enum { LATENT_TILE_TERMS = 32 };

/// The table that this process uses, as latent_selected_table: null until latent_select says so.
extern const latent_mixed_ops *_Nullable latent_selected_mixed;
static inline const latent_mixed_ops *_Nullable latent_selected_mixed_table(void) {
  return __atomic_load_n(&latent_selected_mixed, __ATOMIC_RELAXED);
}
const latent_mixed_ops *latent_mixed_table(latent_instruction_set set);

static inline const latent_mixed_products *latent_pair_products(const latent_mixed_ops *table) { return &table->pairs; }

/// The same for products of tiles.
extern const latent_mixed_products *_Nullable latent_selected_tiles;
static inline const latent_mixed_products *_Nullable latent_selected_tile_products(void) {
  return __atomic_load_n(&latent_selected_tiles, __ATOMIC_RELAXED);
}
const latent_mixed_products *latent_tile_products(latent_instruction_set set);

#pragma clang assume_nonnull end
#endif
