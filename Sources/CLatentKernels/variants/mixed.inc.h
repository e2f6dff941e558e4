// Included by each mixed_*.c, with VARIANT defined as the suffix: the loops of mixed precision, which are products of bfloat16
// with sums in float, and the passes that write their operands.
#include "../include/latent_mixed.h"
#include "prelude.inc.h"
#undef OPERAND
#undef STORE_OPERAND
#undef NARROW_ROW
#undef COPY_IN
#undef COPY_OUT
#undef LOAD_OPERAND
#undef LOAD_OPERAND_VECTOR
#undef ACTIVATION_IN
#define OPERAND uint16_t
#define STORE_OPERAND(place, value) ((place) = (uint16_t)FN(narrow)(value))
#define NARROW_ROW(row, count) FN(narrow_run)(row, (uint16_t *)(row), count)
#define LOAD_OPERAND(place) FN(widen)(place)
#define LOAD_OPERAND_VECTOR(Vector, place) FN(widen_vector)(place)
#define ACTIVATION_IN(to, y, dy, count, activation) FN(activation_in)(to, y, dy, count, activation)
#define COPY_IN(to, from, count) FN(narrow_run)(from, to, count)
#define COPY_OUT(to, from, count) FN(widen_run)(from, to, count)

#define REAL float
#define ELEMENT mixed
#define SIGMOID(x) latent_sigmoidf(x)
#define TANH(x) latent_tanhf(x)
#define FACTOR uint32_t
#define LOAD_FACTOR(place) (place)
#define LOAD_GRID_FACTOR(place) (*(const FN(pair_in_place) *)(place))
#define FACTOR_GRID(depth) FN(pair_grid)(depth)
#define PACKED uint32_t
#define PACKED_VECTOR FN(pairs)
#define ADD_PRODUCT(sums, value, vector) FN(add_pairs)(sums, value, vector)

#include "vectors.inc.h"
#include "../mixed/pairs.inc.h"
#include "../products/micro.inc.h"
#include "../mixed/product.inc.h"
#include "../elements/column_sums.inc.h"
#include "../elements/dense.inc.h"
#include "../mixed/operands.inc.h"
#include "../convolution/grid_product.inc.h"
#include "../mixed/grid_product.inc.h"
#include "../recurrent/lstm.inc.h"
#include "../recurrent/sequence.inc.h"

const latent_mixed_ops FN(latent_ops) = {
    .narrow = FN(narrow_run),
    .widen = FN(widen_run),
    .packed_count = FN(packed_count),
    .pack = FN(pack),
    .multiply_packed = FN(multiply_packed),
    .multiply_transposed = FN(multiply_transposed),
    .multiply_strided = FN(multiply_strided),
    .lstm_gates = FN(lstm_gates),
    .lstm_gates_backward = FN(lstm_gates_backward),
    .to_time_major = FN(to_time_major),
    .to_batch_major = FN(to_batch_major),
    .to_step_rows = FN(to_step_rows),
    .from_step_rows = FN(from_step_rows),
    .column_sums = FN(column_sums),
    .column_sums_in_double = FN(column_sums_in_double),
    .pad_images = FN(pad_images),
    .multiply_grid = FN(multiply_pair_grid),
    .multiply_grid_transposed = FN(multiply_grid_transposed),
    .multiply_grid_narrow = FN(multiply_grid_narrow),
    .multiply_adds = FN(multiply_adds),
};
