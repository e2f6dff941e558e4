// Included by each mixed_*.c, with VARIANT defined as the suffix: the loops of mixed precision, which are products of bfloat16
// with sums in float, and the passes that write their operands.
#include "../../include/latent_mixed.h"
#include "../../variants/prelude.inc.h"

#define OPERAND uint16_t
#define STORE_OPERAND(place, value) ((place) = (uint16_t)FN(narrow)(value))
#define ACTIVATE_GATES(i, f, g, o) FN(activate_gates)(&(i), &(f), &(g), &(o))
#define CELL_TANH(x) FN(quick_tanh)(x)
#define KEEP(place, value) ((place) = FN(keep)(value))
#define KEEP_SIGNED(place, value) ((place) = FN(keep_signed)(value))
#define KEPT(place) ((float)(place) * 0x1p-16f)
#define KEPT_SIGNED(place) ((float)(int16_t)(place) * 0x1p-15f)
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
#define MULTIPLY_GRID FN(multiply_pair_grid)
#define PACKED uint32_t
#define PACKED_VECTOR FN(pairs)
#define ADD_PRODUCT(sums, value, vector) FN(add_pairs)(sums, value, vector)

#include "../../variants/vectors.inc.h"
#include "../pairs.inc.h"
#include "../add_pairs.inc.h"
#include "../../elements/column_sums.inc.h"
#include "../../elements/dense.inc.h"
#include "../operands.inc.h"
#include "../gates.inc.h"
#include "../../products/micro.inc.h"
#include "../../convolution/grid.inc.h"
#include "../../convolution/grid_product.inc.h"
#include "../pair_products.inc.h"
#include "../product.inc.h"
#include "../grid_product.inc.h"
#include "../../recurrent/lstm.inc.h"
#include "../../recurrent/sequence.inc.h"

const latent_mixed_ops FN(latent_ops) = {
#include "../../variants/operand_table.inc.h"
    .narrow = FN(narrow_run),
    .clear_columns = FN(clear_columns),
    .pairs = {
#include "product_table.inc.h"
    },
};
