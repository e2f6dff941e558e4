// Included by each mixed_*.c, with VARIANT defined as the suffix: the loops of mixed precision, which are products of bfloat16
// with sums in float, and the passes that write their operands.
#include "prelude.inc.h"
#undef OPERAND
#undef STORE_OPERAND
#undef NARROW_ROW
#define OPERAND uint16_t
#define STORE_OPERAND(place, value) ((place) = (uint16_t)FN(narrow)(value))
#define NARROW_ROW(row, count) FN(narrow_run)(row, (uint16_t *)(row), count)

#define REAL float
#define ELEMENT mixed
#define SIGMOID(x) latent_sigmoidf(x)
#define TANH(x) latent_tanhf(x)
#define FACTOR uint32_t
#define LOAD_FACTOR(place) (place)
#define PACKED uint32_t
#define PACKED_VECTOR FN(pairs)
#define ADD_PRODUCT(sums, value, vector) FN(add_pairs)(sums, value, vector)

#include "vectors.inc.h"
#include "../mixed/pairs.inc.h"
#include "../products/micro.inc.h"
#include "../mixed/product.inc.h"
#include "../recurrent/lstm.inc.h"

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
    .multiply_adds = FN(multiply_adds),
};
