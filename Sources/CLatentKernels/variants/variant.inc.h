// Included by each variant_*.c, with VARIANT defined as the suffix: all loops of one instruction set, both types.
#define LATENT_JOIN3(a, b, c) a##_##b##_##c
#define LATENT_NAME(a, b, c) LATENT_JOIN3(a, b, c)
#define FN(name) LATENT_NAME(name, ELEMENT, VARIANT)

#include <string.h>

#include "../include/latent_kernels.h"
#include "fused.inc.h"
#include "storage.inc.h"
// Rows of a packed panel that a product takes at a time, so that they stay in the first-level cache.
#define PRODUCT_DEPTH 288
// The same for the product of two tall matrices, whose panel is copied each time: more rows for fewer passes over C.
#define TRANSPOSED_DEPTH 864
// Rows whose places a product through grids looks up at a time.
#define GRID_ROWS 512

#include "../elements/math_f32.inc.h"
#include "../elements/math_f64.inc.h"
#include "../elements/power.inc.h"
#include "../random/philox.inc.h"
#include "../random/box_muller.inc.h"

// Before a loop whose arrays are the same or disjoint: no iteration depends on another. Without it, the compiler guards
// the vector loop by a test for overlap, and a loop in place takes the scalar path. INTERLEAVED, before a short loop
// with long chains of dependent operations, computes two vectors at a time.
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#define INTERLEAVED _Pragma("clang loop interleave_count(2)")

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
#define BOX_MULLER(a, b, first, second) latent_box_muller_f64(a, b, first, second)
#include "loops.inc.h"
