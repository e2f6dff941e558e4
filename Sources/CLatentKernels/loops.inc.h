// Every loop for one element type, and the table that names them.
#include "elementwise.inc.h"
#include "arithmetic.inc.h"
#include "dense.inc.h"
#include "noise.inc.h"

const latent_ops FN(latent_ops) = {
    .exp = FN(exp),
    .log = FN(log),
    .log1p = FN(log1p),
    .sigmoid = FN(sigmoid),
    .tanh = FN(tanh),
    .softplus = FN(softplus),
    .add = FN(add),
    .subtract = FN(subtract),
    .multiply = FN(multiply),
    .divide = FN(divide),
    .scale_add = FN(scale_add),
    .fill = FN(fill),
    .sum = FN(sum),
    .all_finite = FN(all_finite),
    .column_sums = FN(column_sums),
    .bias_activation = FN(bias_activation),
    .activation_backward = FN(activation_backward),
    .normal_noise = FN(normal_noise),
    .uniform_noise = FN(uniform_noise),
    .random_bits = FN(random_bits),
};
