// Every loop for one element type, and the table that names them.
#include "../elements/elementwise.inc.h"
#include "../elements/arithmetic.inc.h"
#include "../elements/broadcast.inc.h"
#include "../elements/column_sums.inc.h"
#include "../elements/reduce.inc.h"
#include "../elements/dense.inc.h"
#include "../random/noise.inc.h"
#include "../random/gumbel.inc.h"
#include "../random/gamma.inc.h"
#include "../recurrent/lstm.inc.h"
#include "../recurrent/sequence.inc.h"
#include "../recurrent/gru.inc.h"
#include "../elements/normalization.inc.h"
#include "../elements/group_norm.inc.h"
#include "../elements/dropout.inc.h"
#include "../elements/loss.inc.h"
#include "../elements/cross_entropy.inc.h"
#include "../attention/attention.inc.h"
#include "../elements/gaussian.inc.h"
#include "../optimizers/optimizer.inc.h"
#include "../optimizers/adaptive.inc.h"
#include "../optimizers/lamb.inc.h"
#include "../elements/data.inc.h"
#include "vectors.inc.h"
#include "../products/micro.inc.h"
#include "../products/product.inc.h"
#include "../products/householder.inc.h"
#include "../convolution/grid.inc.h"
#include "../convolution/grid_product.inc.h"
#include "../convolution/grid_transposed.inc.h"
#include "../elements/student_forces.inc.h"
#include "../axes/order.inc.h"
#include "../axes/scan.inc.h"
#include "../axes/pick.inc.h"
#include "../fourier/transforms.inc.h"

const latent_ops FN(latent_ops) = {
#include "operand_table.inc.h"
    .exp = FN(exp),
    .log = FN(log),
    .log1p = FN(log1p),
    .sigmoid = FN(sigmoid),
    .tanh = FN(tanh),
    .softplus = FN(softplus),
    .erf = FN(erf),
    .silu = FN(silu),
    .gelu = FN(gelu),
    .silu_backward = FN(silu_backward),
    .gelu_backward = FN(gelu_backward),
    .log_gamma = FN(log_gamma),
    .digamma = FN(digamma),
    .square_root = FN(square_root),
    .absolute = FN(absolute),
    .sign = FN(sign),
    .trigamma = FN(trigamma),
    .erfinv = FN(erfinv),
    .expm1 = FN(expm1),
    .sin = FN(sin),
    .cos = FN(cos),
    .tan = FN(tan),
    .atan = FN(atan),
    .sinh = FN(sinh),
    .cosh = FN(cosh),
    .asinh = FN(asinh),
    .acosh = FN(acosh),
    .atanh = FN(atanh),
    .floor = FN(floor),
    .ceil = FN(ceil),
    .round = FN(round),
    .broadcast = FN(broadcast),
    .strided_copy = FN(strided_copy),
    .reduce_sum = FN(reduce_sum),
    .reduce_extreme = FN(reduce_extreme),
    .largest_index = FN(largest_index),
    .count_in_buckets = FN(count_in_buckets),
    .row_numbers = FN(row_numbers),
    .scatter_add_rows = FN(scatter_add_rows),
    .add = FN(add),
    .subtract = FN(subtract),
    .multiply = FN(multiply),
    .divide = FN(divide),
    .multiply_add = FN(multiply_add),
    .scale_add = FN(scale_add),
    .fill = FN(fill),
    .sum = FN(sum),
    .sum_squares = FN(sum_squares),
    .clamp = FN(clamp),
    .move_toward = FN(move_toward),
    .all_finite = FN(all_finite),
    .denormals = FN(denormals),
    .bias_activation = FN(bias_activation),
    .activation_backward = FN(activation_backward),
    .normal_noise = FN(normal_noise),
    .uniform_noise = FN(uniform_noise),
    .random_bits = FN(random_bits),
    .gumbel_noise = FN(gumbel_noise),
    .log_gamma_draws = FN(log_gamma_draws),
    .log_gamma_slopes = FN(log_gamma_slopes),
    .reverse_time = FN(reverse_time),
    .gru_gates = FN(gru_gates),
    .gru_gates_backward = FN(gru_gates_backward),
    .gru_reset = FN(gru_reset),
    .gru_output = FN(gru_output),
    .gru_output_backward = FN(gru_output_backward),
    .gru_reset_backward = FN(gru_reset_backward),
    .layer_norm = FN(layer_norm),
    .layer_norm_backward = FN(layer_norm_backward),
    .group_norm = FN(group_norm),
    .group_norm_backward = FN(group_norm_backward),
    .column_moments = FN(column_moments),
    .batch_norm = FN(batch_norm),
    .batch_norm_sums = FN(batch_norm_sums),
    .batch_norm_backward = FN(batch_norm_backward),
    .dropout = FN(dropout),
    .bce_logits = FN(bce_logits),
    .bce_logits_backward = FN(bce_logits_backward),
    .bce_probabilities = FN(bce_probabilities),
    .bce_probabilities_backward = FN(bce_probabilities_backward),
    .squared_error = FN(squared_error),
    .squared_error_backward = FN(squared_error_backward),
    .cross_entropy = FN(cross_entropy),
    .cross_entropy_backward = FN(cross_entropy_backward),
    .attention = {.weights = FN(attention_weights), .backward = FN(attention_backward)},
    .fourier =
        {
            .table_count = FN(fourier_table_count),
            .scratch_count = FN(fourier_scratch_count),
            .make_table = FN(make_fourier_table),
            .transform = FN(fourier_transform),
        },
    .gaussian_sample = FN(gaussian_sample),
    .gaussian_sample_backward = FN(gaussian_sample_backward),
    .kl_standard_normal = FN(kl_standard_normal),
    .kl_standard_normal_backward = FN(kl_standard_normal_backward),
    .optimizers = {
        .sgd_momentum = FN(sgd_momentum),
        .rmsprop = FN(rmsprop),
        .adam = FN(adam),
        .adamax = FN(adamax),
        .lion = FN(lion),
        .adagrad = FN(adagrad),
        .adadelta = FN(adadelta),
        .nadam = FN(nadam),
        .radam_warm_up = FN(radam_warm_up),
        .lamb_moments = FN(lamb_moments),
        .lamb = FN(lamb),
    },
    .gather_bytes = FN(gather_bytes),
    .move_images = FN(move_images),
    .first_outside = FN(first_outside),
    .from_double = FN(from_double),
    .to_double = FN(to_double),
    .packed_count = FN(packed_count),
    .pack = FN(pack),
    .multiply_packed = FN(multiply_packed),
    .multiply_transposed = FN(multiply_transposed),
    .multiply_strided = FN(multiply_strided),
    .householder = FN(householder),
    .multiply_adds = FN(multiply_adds),
    .multiply_grid_transposed = FN(multiply_grid_transposed),
    .student_forces = FN(student_forces),
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
};

#undef VECTOR
#undef LANES
#undef PANEL
