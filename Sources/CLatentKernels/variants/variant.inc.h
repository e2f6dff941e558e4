// Included by each variant_*.c, with VARIANT defined as the suffix: all loops of one instruction set, both types.
#include "prelude.inc.h"
#include "plain_operands.inc.h"

#define REAL float
#define ELEMENT f32
#define LEAST_NORMAL 0x1p-126f
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
#define BOX_MULLER(a, b, first, second) latent_box_muller_f32(a, b, first, second)
#include "loops.inc.h"
#undef REAL
#undef ELEMENT
#undef LEAST_NORMAL
#undef EXP
#undef LOG
#undef LOG1P
#undef SIGMOID
#undef SOFTPLUS
#undef TANH
#undef ERF
#undef SQRT
#undef FLOOR
#undef CEIL
#undef ROUND
#undef BOX_MULLER

// The hints would only make the compiler warn here that long formulas do not vectorise.
#undef INDEPENDENT
#undef INTERLEAVED
#define INDEPENDENT
#define INTERLEAVED

// Double precision is for checking gradients and for science that needs it: accuracy matters, not speed.
#define REAL double
#define ELEMENT f64
#define LEAST_NORMAL 0x1p-1022
#define EXP(x) latent_exp64(x)
#define LOG(x) latent_log64(x)
#define LOG1P(x) latent_log1p64(x)
#define SIGMOID(x) latent_sigmoid64(x)
#define SOFTPLUS(x) latent_softplus64(x)
#define TANH(x) latent_tanh64(x)
#define ERF(x) latent_erf64(x)
#define SQRT(x) __builtin_sqrt(x)
#define FLOOR(x) __builtin_floor(x)
#define CEIL(x) __builtin_ceil(x)
#define ROUND(x) __builtin_rint(x)
#define BOX_MULLER(a, b, first, second) latent_box_muller_f64(a, b, first, second)
#include "loops.inc.h"
