// Every loop for one element type, and the table that names them.
#include "elementwise.inc.h"
#include "arithmetic.inc.h"
#include "dense.inc.h"
#include "noise.inc.h"
#include "lstm.inc.h"
#include "loss.inc.h"
#include "gaussian.inc.h"
#include "optimizer.inc.h"
#include "data.inc.h"
#include "product.inc.h"

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
    .sum_squares = FN(sum_squares),
    .clamp = FN(clamp),
    .move_toward = FN(move_toward),
    .all_finite = FN(all_finite),
    .column_sums = FN(column_sums),
    .bias_activation = FN(bias_activation),
    .activation_backward = FN(activation_backward),
    .normal_noise = FN(normal_noise),
    .uniform_noise = FN(uniform_noise),
    .random_bits = FN(random_bits),
    .lstm_gates = FN(lstm_gates),
    .lstm_gates_backward = FN(lstm_gates_backward),
    .to_time_major = FN(to_time_major),
    .to_batch_major = FN(to_batch_major),
    .bce_logits = FN(bce_logits),
    .bce_logits_backward = FN(bce_logits_backward),
    .bce_probabilities = FN(bce_probabilities),
    .bce_probabilities_backward = FN(bce_probabilities_backward),
    .squared_error = FN(squared_error),
    .squared_error_backward = FN(squared_error_backward),
    .gaussian_sample = FN(gaussian_sample),
    .gaussian_sample_backward = FN(gaussian_sample_backward),
    .kl_standard_normal = FN(kl_standard_normal),
    .kl_standard_normal_backward = FN(kl_standard_normal_backward),
    .sgd_momentum = FN(sgd_momentum),
    .rmsprop = FN(rmsprop),
    .adam = FN(adam),
    .adamax = FN(adamax),
    .lion = FN(lion),
    .gather_bytes = FN(gather_bytes),
    .from_double = FN(from_double),
    .to_double = FN(to_double),
    .packed_count = FN(packed_count),
    .pack = FN(pack),
    .multiply_packed = FN(multiply_packed),
    .multiply_transposed = FN(multiply_transposed),
    .multiply_adds = FN(multiply_adds),
};
