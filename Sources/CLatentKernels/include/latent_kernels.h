// The element loops of Latent, in plain C that the compiler vectorises.
//
// Every loop is compiled once for each instruction set (variant_*.c) and once for each element type, and is reached
// through a table of function pointers: latent_ops(instruction set, element type). Arrays are `void *` because one
// table type serves float and double; scalars are double and are rounded to the element type inside.
//
// Shapes: B batch, T time, D input features, H hidden units, Z latent dimensions. Matrices are row-major.
#ifndef LATENT_KERNELS_H
#define LATENT_KERNELS_H

#include <stdint.h>

#include "latent_attention.h"
#include "latent_fourier.h"
#include "latent_operands.h"
#include "latent_optimizers.h"

#pragma clang assume_nonnull begin

typedef enum {
  latent_baseline = 0, latent_avx2 = 1, latent_avx512 = 2, latent_avx512_bf16 = 3, latent_amx = 4
} latent_instruction_set;
typedef enum { latent_float32 = 0, latent_float64 = 1 } latent_element;
enum { latent_element_count = 2, LATENT_PACKED_COLUMNS = 256, LATENT_COLUMNS_ROOM = (LATENT_PACKED_COLUMNS + 16) * 864 };

// Elementwise operators of two operands; comparisons give 1 or 0. The selections give the second operand or 0,
// depending on whether the first one is not 0.
typedef enum {
  latent_add = 0, latent_subtract, latent_multiply, latent_divide, latent_minimum, latent_maximum, latent_less,
  latent_less_equal, latent_equal, latent_power, latent_select_first, latent_select_second, latent_atan2
} latent_binary;

// Dimensions that a strided loop can have, after those that lie together were merged.
#define LATENT_MAX_RANK 16

typedef struct latent_ops {
  latent_operand_ops operands;
  latent_attention_ops attention;
  latent_fourier_ops fourier;
  latent_optimizer_ops optimizers;

  // elementwise.inc.h: y[i] = f(x[i]); x and y may be the same array
  void (*exp)(const void *x, void *y, size_t n);
  void (*log)(const void *x, void *y, size_t n);
  void (*log1p)(const void *x, void *y, size_t n);
  void (*sigmoid)(const void *x, void *y, size_t n);
  void (*tanh)(const void *x, void *y, size_t n);
  void (*softplus)(const void *x, void *y, size_t n);
  void (*erf)(const void *x, void *y, size_t n);
  void (*silu)(const void *x, void *y, size_t n);
  void (*gelu)(const void *x, void *y, size_t n);
  void (*silu_backward)(const void *x, const void *dy, void *dx, size_t n);
  void (*gelu_backward)(const void *x, const void *dy, void *dx, size_t n);
  void (*log_gamma)(const void *x, void *y, size_t n);
  void (*digamma)(const void *x, void *y, size_t n);
  void (*square_root)(const void *x, void *y, size_t n);
  void (*absolute)(const void *x, void *y, size_t n);
  void (*sign)(const void *x, void *y, size_t n);
  void (*trigamma)(const void *x, void *y, size_t n);
  void (*erfinv)(const void *x, void *y, size_t n);
  void (*expm1)(const void *x, void *y, size_t n);
  void (*sin)(const void *x, void *y, size_t n);
  void (*cos)(const void *x, void *y, size_t n);
  void (*tan)(const void *x, void *y, size_t n);
  void (*atan)(const void *x, void *y, size_t n);
  void (*sinh)(const void *x, void *y, size_t n);
  void (*cosh)(const void *x, void *y, size_t n);
  void (*asinh)(const void *x, void *y, size_t n);
  void (*acosh)(const void *x, void *y, size_t n);
  void (*atanh)(const void *x, void *y, size_t n);
  void (*floor)(const void *x, void *y, size_t n);
  void (*ceil)(const void *x, void *y, size_t n);
  void (*round)(const void *x, void *y, size_t n);  // to the nearest whole number, ties to even

  // broadcast.inc.h: y[shape] = op(a, b), y contiguous, operands with a stride in elements for each dimension; elements
  // first..<first + count of the whole
  void (*broadcast)(latent_binary op, const void *a, const ptrdiff_t *a_strides, const void *b,
                    const ptrdiff_t *b_strides, void *y, const size_t *shape, size_t rank, size_t first, size_t count);
  // y (+)= x, both strided
  void (*strided_copy)(const void *x, const ptrdiff_t *x_strides, void *y, const ptrdiff_t *y_strides,
                       const size_t *shape, size_t rank, int accumulate, size_t first, size_t count);

  // reduce.inc.h: y[outer, inner] from x[outer, n, inner]
  void (*reduce_sum)(const void *x, size_t outer, size_t n, size_t inner, void *y);
  void (*reduce_extreme)(const void *x, size_t outer, size_t n, size_t inner, int smallest, void *y);
  void (*largest_index)(const void *x, size_t rows, size_t columns, int64_t *index);
  // counts[b] += how many elements are in limits[b] ..< limits[b + 1]
  void (*count_in_buckets)(const void *x, size_t n, const double *limits, size_t buckets, int64_t *counts);
  // the numbers of x as rows of 0 ..< limit, -1 for what is none; returns how many are none
  size_t (*row_numbers)(const void *x, size_t n, size_t limit, int64_t *index);
  void (*scatter_add_rows)(const void *dy, const int64_t *index, size_t rows, size_t columns, void *dx);

  // arithmetic.inc.h: y = op(a, b); y may be a or b
  void (*add)(const void *a, const void *b, void *y, size_t n);
  void (*subtract)(const void *a, const void *b, void *y, size_t n);
  void (*multiply)(const void *a, const void *b, void *y, size_t n);
  void (*divide)(const void *a, const void *b, void *y, size_t n);
  // y += a b
  void (*multiply_add)(const void *a, const void *b, void *y, size_t n);
  // y = alpha x + beta y; where beta is 0, y is not read
  void (*scale_add)(double alpha, const void *x, double beta, void *y, size_t n);
  void (*fill)(double value, void *y, size_t n);
  // the sum of n elements, in pairwise order
  double (*sum)(const void *x, size_t n);
  double (*sum_squares)(const void *x, size_t n);
  // y = min(max(y, low), high)
  void (*clamp)(double low, double high, void *y, size_t n);
  // y += fraction (x - y)
  void (*move_toward)(const void *x, double fraction, void *y, size_t n);
  // 1 where every element is finite
  int (*all_finite)(const void *x, size_t n);
  // how many are denormal, also where the thread takes these for 0
  double (*denormals)(const void *x, size_t n);

  // dense.inc.h: y[row, c] = activation(y[row, c] + bias[c]), in place
  void (*bias_activation)(void *y, const void *bias, size_t rows, size_t columns, latent_activation activation);
  // dx = dy * activation'(.) written with the activation's output y; dx may be dy
  void (*activation_backward)(const void *y, const void *dy, void *dx, size_t n, latent_activation activation);

  // noise.inc.h: standard normal noise[row, 0..<columns], a pure function of (key, stream[row], first + column); first is a
  // multiple of 4
  void (*normal_noise)(uint64_t key, const uint64_t *stream, size_t first, void *noise, size_t rows, size_t columns);
  // as normal_noise, uniform from low to high, both included
  void (*uniform_noise)(uint64_t key, const uint64_t *stream, size_t first, double low, double high, void *out,
                        size_t rows, size_t columns);
  // the words of Philox4x32-10; out[i] is a pure function of (key, stream, i)
  void (*random_bits)(uint64_t key, uint64_t stream, uint32_t *out, size_t n);
  // gumbel.inc.h, gamma.inc.h: as normal_noise, of all columns; logarithms of draws from Gamma(alpha, 1), [rows, columns], and
  // their derivatives
  void (*gumbel_noise)(uint64_t key, const uint64_t *stream, void *noise, size_t rows, size_t columns);
  void (*log_gamma_draws)(uint64_t key, const uint64_t *stream, const void *alpha, void *log_z, size_t rows,
                          size_t columns);
  void (*log_gamma_slopes)(const void *alpha, const void *log_z, void *slope, size_t n);

  // sequence.inc.h: the first lengths[b] steps, or all of them, backwards; x and y are disjoint
  void (*reverse_time)(const void *x, void *y, const size_t *_Nullable lengths, size_t batch, size_t time,
                       size_t columns);

  // gru.inc.h: one time step's gates: in one pass where the reset gate acts after the product (gru_gates), in two where it
  // acts before it (gru_reset, gru_output)
  void (*gru_gates)(void *gates, void *inner, const void *bias, const void *previous, void *h, size_t batch,
                    size_t hidden);
  void (*gru_gates_backward)(void *gates, void *inner, const void *previous, const void *dh, void *dprevious,
                             void *bias_gradient, size_t batch, size_t hidden);
  void (*gru_reset)(void *gates, void *inner, const void *bias, const void *previous, size_t batch, size_t hidden);
  void (*gru_output)(void *gates, const void *bias, const void *previous, void *h, size_t batch, size_t hidden);
  void (*gru_output_backward)(void *gates, const void *previous, const void *dh, void *dprevious, void *bias_gradient,
                              size_t batch, size_t hidden);
  void (*gru_reset_backward)(void *gates, const void *previous, const void *dinner, void *dprevious, void *bias_gradient,
                             size_t batch, size_t hidden);

  // normalization.inc.h: of rows, x [rows, columns], statistics [rows, 2], gamma and beta [columns]
  void (*layer_norm)(const void *x, const void *gamma, const void *beta, double epsilon, void *statistics, void *y,
                     size_t rows, size_t columns);
  void (*layer_norm_backward)(const void *x, const void *gamma, const void *statistics, const void *dy,
                              void *_Nullable dgamma, void *_Nullable dbeta, void *_Nullable dx, size_t rows,
                              size_t columns);  // dgamma and dbeta are both null or neither
  // group_norm.inc.h: x [examples, places, channels], statistics [examples, groups, 2], scratch 2 channels doubles
  void (*group_norm)(const void *x, const void *gamma, const void *beta, double epsilon, void *statistics, void *y,
                     double *scratch, size_t examples, size_t places, size_t channels, size_t groups);
  void (*group_norm_backward)(const void *x, const void *gamma, const void *statistics, const void *dy,
                              void *_Nullable dgamma, void *_Nullable dbeta, void *_Nullable dx, double *scratch,
                              size_t examples, size_t places, size_t channels, size_t groups);
  // and of columns, mean and variance [columns]
  void (*column_moments)(const void *x, size_t rows, size_t columns, void *mean, void *variance);
  void (*batch_norm)(const void *x, const void *mean, const void *variance, const void *gamma, const void *beta,
                     double epsilon, void *y, size_t rows, size_t columns);
  void (*batch_norm_sums)(const void *x, const void *mean, const void *variance, double epsilon, const void *dy,
                          void *dgamma, void *dbeta, size_t rows, size_t columns);
  void (*batch_norm_backward)(const void *x, const void *mean, const void *variance, const void *gamma, double epsilon,
                              const void *dy, const void *_Nullable dgamma, const void *_Nullable dbeta,
                              double batch_rows, void *dx, size_t rows, size_t columns);

  // dropout.inc.h: y[row, c] = x[row, c] scale where word c of stream[row] is at least threshold, else 0
  void (*dropout)(uint64_t key, const uint64_t *stream, uint32_t threshold, double scale, const void *x, void *y,
                  size_t rows, size_t columns);

  // loss.inc.h: sums over all elements, and gradients times scale
  double (*bce_logits)(const void *logits, const void *targets, size_t n);
  void (*bce_logits_backward)(const void *logits, const void *targets, double scale, void *dx, size_t n);
  double (*bce_probabilities)(const void *probabilities, const void *targets, size_t n);
  void (*bce_probabilities_backward)(const void *probabilities, const void *targets, double scale, void *dx, size_t n);
  double (*squared_error)(const void *x, const void *y, size_t n);
  void (*squared_error_backward)(const void *x, const void *y, double scale, void *dx, size_t n);

  // cross_entropy.inc.h: of logits z; statistics [rows, 2]; a negative class is none; the gradient may take z's place
  void (*cross_entropy)(const void *z, const int64_t *classes, size_t rows, size_t columns, void *statistics, void *y);
  void (*cross_entropy_backward)(const void *z, const int64_t *classes, const void *statistics, const void *scale,
                                 size_t rows, size_t columns, int accumulate, void *dx);

  // gaussian.inc.h
  void (*gaussian_sample)(const void *mean, const void *log_variance, const void *noise, void *z, size_t n);
  void (*gaussian_sample_backward)(const void *log_variance, const void *noise, const void *dz, void *d_log_variance,
                                   size_t n);
  double (*kl_standard_normal)(const void *mean, const void *log_variance, size_t n);
  void (*kl_standard_normal_backward)(const void *mean, const void *log_variance, double scale, void *d_mean,
                                      void *d_log_variance, size_t n);

  // product.inc.h: C[m, n] (+)= A B with B packed once and used many times
  size_t (*packed_count)(size_t k, size_t n);
  void (*pack)(const void *b, size_t k, size_t n, size_t stride, int transposed, void *packed, size_t packed_k,
               size_t first_k);
  void (*multiply_packed)(const void *a, size_t m, size_t k, size_t a_stride, const void *packed, size_t packed_k,
                          size_t first_k, void *c, size_t n, size_t c_stride, int accumulate);
  // C[split, n] (+)= the first columns of A, transposed, by B; lower[m - split, n] (+)= the others; A [k, m], B [k, n]
  void (*multiply_transposed)(const void *a, size_t k, size_t m, size_t split, size_t a_stride, const void *b, size_t n, size_t b_stride,
                              void *c, int accumulate, void *_Nullable lower, int accumulate_lower, void *columns);
  // C[m, n] (+)= A B, or A B^T where transposed, with element (i, p) of A at i row_step + p depth_step; one step is 1
  void (*multiply_strided)(const void *a, size_t m, size_t k, size_t row_step, size_t depth_step, const void *b,
                           size_t n, size_t b_stride, int transposed, void *c, size_t c_stride, int accumulate);
  // householder.inc.h: at most 32 columns of a QR factorisation: V [rows, columns], T [columns, columns], R's diagonal
  void (*householder)(void *a, size_t rows, size_t columns, size_t stride, void *v, void *t, void *diagonal);
  // the most floating-point operations that a core can do: runs them and returns how many
  double (*multiply_adds)(size_t rounds, double *result);

  // grid_transposed.inc.h: C[rows, n] (+)= A B, where A's columns are many and B is no weight
  void (*multiply_grid_transposed)(const void *a, const latent_grid *rows, const latent_grid *depth, const void *b,
                                   const latent_grid *b_rows, size_t n, void *c, int accumulate);
  // data.inc.h
  void (*gather_bytes)(const uint8_t *pixels, const int64_t *index, void *batch, size_t rows, size_t columns,
                       double scale);
  void (*move_images)(const void *x, const int32_t *moves, void *y, size_t batch, size_t height, size_t width,
                      size_t channels);
  size_t (*first_outside)(const void *x, double low, double high, double levels, size_t n);
  void (*from_double)(const double *x, void *y, size_t n);
  void (*to_double)(const void *x, double *y, size_t n);

  // student_forces.inc.h: of t-SNE, for the points first..<first + rows of n: affinities to neighbours, from starts[i] on those of
  // point i; points, attraction and repulsion [2, n], weights [n]
  void (*student_forces)(const void *affinities, const uint32_t *neighbours, const size_t *starts, const void *points, size_t n,
                         size_t first, size_t rows, void *attraction, void *repulsion, void *weights);

  // axes/order.inc.h: along n of x[outer, n, inner]; places are whole numbers of the element type
  void (*extreme_index)(const void *x, size_t outer, size_t n, size_t inner, int smallest, void *index);
  // the first `keep` and their places, of the lines first..<first + lines of outer * inner; scratch: 2 n times 16 bytes
  void (*sort)(const void *x, size_t n, size_t inner, int descending, size_t keep, size_t first, size_t lines,
               void *scratch, void *values, void *index);
  // scan.inc.h
  void (*cumulative_sum)(const void *x, size_t outer, size_t n, size_t inner, int reverse, void *y);
  void (*cumulative_product)(const void *x, size_t outer, size_t n, size_t inner, void *y);
  void (*cumulative_product_backward)(const void *x, const void *y, const void *dy, size_t outer, size_t n,
                                      size_t inner, void *dx);
  // pick.inc.h: y[outer, k, inner] from x[outer, n, inner], and added to it; both return how many numbers are none
  size_t (*take_along)(const void *x, size_t outer, size_t n, size_t k, size_t inner, const void *index, void *y);
  size_t (*add_along)(const void *y, size_t outer, size_t n, size_t k, size_t inner, const void *index, void *x);
  // put there in order, the last one to stay, and the way back of that, which leaves 0 in x where something was put
  size_t (*put_along)(const void *y, size_t outer, size_t n, size_t k, size_t inner, const void *index, void *x);
  void (*take_back_along)(void *x, size_t outer, size_t n, size_t k, size_t inner, const void *index, void *y);
  // 1 where the first extreme of each segment's rows is; best: room for segments * columns row numbers
  void (*segment_extremes)(const void *x, const int64_t *segment, size_t rows, size_t columns, size_t segments,
                           int smallest, int64_t *best, void *mask);
} latent_ops;

/// The tables that this process uses: null until latent_select says so. Read by every loop that Swift calls, so it is not
/// a call itself.
extern const latent_ops *_Nullable latent_selected_tables[latent_element_count];
static inline const latent_ops *_Nullable latent_selected_table(latent_element element) {
  return __atomic_load_n(&latent_selected_tables[element], __ATOMIC_RELAXED);  // the tables are constants
}
void latent_select(latent_instruction_set set);

/// The loops for one element type. Asking for a set that this processor or build lacks gives the next lower one.
const latent_ops *latent_table(latent_instruction_set set, latent_element element);
/// The highest instruction set that this processor can run and this build holds.
latent_instruction_set latent_best_instruction_set(void);

/// Flush denormal results to zero and read denormals as zero on the calling thread (x86: FTZ and DAZ; arm64: FZ).
/// Returns the previous state, for latent_restore_denormals.
uint64_t latent_flush_denormals(void);
void latent_restore_denormals(uint64_t state);

/// The number of cores that this process may run on, 0 where the system does not say.
int latent_allowed_cores(void);

/// Gives back to the system what the allocator keeps of freed memory; does nothing where it can't.
void latent_release_free_memory(void);

/// Has the allocator give large blocks back as soon as they are freed. Left alone, it takes the size of what is freed for
/// the size of what it should keep, up to 32 MB a block, in each thread.
void latent_return_large_blocks(void);

/// Marks the calling thread as one that runs a worker pool's task; returns the mark before, for latent_leave_task.
int latent_enter_task(void);
void latent_leave_task(int outer);
int latent_is_in_task(void);

/// Tells the processor that this thread waits in a loop.
static inline void latent_spin_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#pragma clang assume_nonnull end
#endif
