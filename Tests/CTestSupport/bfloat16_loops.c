// The loops of CLatentKernels for arrays of 16 bits (bfloat16) that are computed with in float, as an element type of its
// own would compile them: a loop that reads or writes such an array past LOAD and STORE does not compile here.
#include <string.h>

#include "../../Sources/CLatentKernels/include/latent_kernels.h"
#include "include/ctest_support.h"

typedef struct {
  uint16_t bits;
} stored;

static inline float load(stored x) {
  union { uint32_t u; float f; } v = {.u = (uint32_t)x.bits << 16};
  return v.f;
}

// To nearest, ties to even.
static inline stored narrow(float x) {
  union { float f; uint32_t u; } v = {.f = x};
  return (stored){(uint16_t)(x != x ? v.u >> 16 | 0x40 : (v.u + 0x7fff + (v.u >> 16 & 1)) >> 16)};
}

#define STORED stored
#define LOAD(place) load(place)
#define STORE(place, value) ((place) = narrow(value))
#define ADD_TO(place, value) STORE(place, LOAD(place) + (value))
#define LOAD_RUN(to, from, count)                                              \
  do {                                                                         \
    for (size_t run = 0; run < (count); run++) (to)[run] = LOAD((from)[run]);   \
  } while (0)
#define LOAD_VECTOR(Vector, place)                                             \
  ({                                                                           \
    const STORED *at = (place);                                                \
    Vector all;                                                                \
    for (size_t lane = 0; lane < sizeof all / sizeof all[0]; lane++) all[lane] = LOAD(at[lane]); \
    all;                                                                       \
  })
#define STORE_VECTOR(Vector, place, value)                                     \
  do {                                                                         \
    STORED *at = (place);                                                      \
    Vector all = (value);                                                      \
    for (size_t lane = 0; lane < sizeof all / sizeof all[0]; lane++) STORE(at[lane], all[lane]); \
  } while (0)

#define REAL float
#define LEAST_NORMAL 0x1p-126f
#define LATENT_JOIN(a, b) a##_##b
#define FN(name) LATENT_JOIN(name, bf16)
#define INDEPENDENT
#define INTERLEAVED
#define VECTOR_BYTES 16
#define MICRO_ROWS 4
#define PRODUCT_DEPTH 288
#define TRANSPOSED_DEPTH 864
#define GRID_ROWS 512

#include "../../Sources/CLatentKernels/variants/fused.inc.h"
#include "../../Sources/CLatentKernels/variants/plain_operands.inc.h"
#include "../../Sources/CLatentKernels/elements/math_f32.inc.h"
#include "../../Sources/CLatentKernels/elements/math_f64.inc.h"
#include "../../Sources/CLatentKernels/functions/trigonometric.inc.h"
#include "../../Sources/CLatentKernels/functions/hyperbolic.inc.h"
#include "../../Sources/CLatentKernels/functions/special.inc.h"
#include "../../Sources/CLatentKernels/elements/power.inc.h"
#include "../../Sources/CLatentKernels/fourier/passes.inc.h"
#define EXP(x) latent_expf(x)
#define LOG(x) latent_logf(x)
#define LOG1P(x) latent_log1pf(x)
#define SIGMOID(x) latent_sigmoidf(x)
#define SOFTPLUS(x) latent_softplusf(x)
#define TANH(x) latent_tanhf(x)
#define ERF(x) latent_erff(x)
#define SQRT(x) __builtin_sqrtf(x)
#define FLOOR(x) __builtin_floorf(x)
#define CEIL(x) __builtin_ceilf(x)
#define ROUND(x) __builtin_rintf(x)

#include "../../Sources/CLatentKernels/elements/elementwise.inc.h"
#include "../../Sources/CLatentKernels/elements/arithmetic.inc.h"
#include "../../Sources/CLatentKernels/elements/broadcast.inc.h"
#include "../../Sources/CLatentKernels/elements/column_sums.inc.h"
#include "../../Sources/CLatentKernels/elements/reduce.inc.h"
#include "../../Sources/CLatentKernels/elements/dense.inc.h"
#include "../../Sources/CLatentKernels/elements/data.inc.h"
#include "../../Sources/CLatentKernels/recurrent/lstm.inc.h"
#include "../../Sources/CLatentKernels/recurrent/sequence.inc.h"
#include "../../Sources/CLatentKernels/recurrent/gru.inc.h"
#include "../../Sources/CLatentKernels/axes/order.inc.h"
#include "../../Sources/CLatentKernels/axes/scan.inc.h"
#include "../../Sources/CLatentKernels/axes/pick.inc.h"
#include "../../Sources/CLatentKernels/fourier/transforms.inc.h"
#include "../../Sources/CLatentKernels/variants/vectors.inc.h"
#include "../../Sources/CLatentKernels/products/micro.inc.h"
#include "../../Sources/CLatentKernels/products/product.inc.h"
#include "../../Sources/CLatentKernels/convolution/grid.inc.h"
#include "../../Sources/CLatentKernels/convolution/grid_product.inc.h"
#include "../../Sources/CLatentKernels/convolution/grid_transposed.inc.h"

const void *ctest_bfloat16_loops(void) {
  static const latent_ops loops = {
      .exp = FN(exp),
      .sigmoid = FN(sigmoid),
      .erf = FN(erf),
      .gelu = FN(gelu),
      .gelu_backward = FN(gelu_backward),
      .sign = FN(sign),
      .broadcast = FN(broadcast),
      .strided_copy = FN(strided_copy),
      .reduce_extreme = FN(reduce_extreme),
      .largest_index = FN(largest_index),
      .row_numbers = FN(row_numbers),
      .scatter_add_rows = FN(scatter_add_rows),
      .extreme_index = FN(extreme_index),
      .sort = FN(sort),
      .cumulative_sum = FN(cumulative_sum),
      .cumulative_product = FN(cumulative_product),
      .cumulative_product_backward = FN(cumulative_product_backward),
      .take_along = FN(take_along),
      .add_along = FN(add_along),
      .put_along = FN(put_along),
      .take_back_along = FN(take_back_along),
      .segment_extremes = FN(segment_extremes),
      .fourier.table_count = FN(fourier_table_count),
      .fourier.scratch_count = FN(fourier_scratch_count),
      .fourier.make_table = FN(make_fourier_table),
      .fourier.transform = FN(fourier_transform),
      .multiply = FN(multiply),
      .multiply_add = FN(multiply_add),
      .scale_add = FN(scale_add),
      .sum_squares = FN(sum_squares),
      .clamp = FN(clamp),
      .move_toward = FN(move_toward),
      .denormals = FN(denormals),
      .operands.column_sums = FN(column_sums),
      .bias_activation = FN(bias_activation),
      .activation_backward = FN(activation_backward),
      .operands.lstm_gates = FN(lstm_gates),
      .operands.lstm_gates_backward = FN(lstm_gates_backward),
      .operands.lstm_kept_gates = FN(lstm_kept_gates),
      .operands.to_time_major = FN(to_time_major),
      .gru_gates = FN(gru_gates),
      .gru_gates_backward = FN(gru_gates_backward),
      .gru_reset = FN(gru_reset),
      .gru_output = FN(gru_output),
      .gru_output_backward = FN(gru_output_backward),
      .gru_reset_backward = FN(gru_reset_backward),
      .from_double = FN(from_double),
      .to_double = FN(to_double),
      .packed_count = FN(packed_count),
      .pack = FN(pack),
      .multiply_packed = FN(multiply_packed),
      .multiply_transposed = FN(multiply_transposed),
      .operands.pad_images = FN(pad_images),
      .operands.multiply_grid_narrow = FN(multiply_grid_narrow),
  };
  return &loops;
}
