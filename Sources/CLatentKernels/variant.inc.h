// Included by each variant_*.c, with VARIANT defined as the suffix: all loops of one instruction set, both types.
#define LATENT_JOIN3(a, b, c) a##_##b##_##c
#define LATENT_NAME(a, b, c) LATENT_JOIN3(a, b, c)
#define FN(name) LATENT_NAME(name, ELEMENT, VARIANT)

#include <math.h>
#include <string.h>

#include "include/latent_kernels.h"
// Rows of a shared operand taken at a time by the products: its block fits the second-level cache.
#define PRODUCT_DEPTH 512

#include "math_f32.inc.h"
#include "math_f64.inc.h"
#include "philox.inc.h"

// Before a loop whose arrays are the same or disjoint: no iteration depends on another. Without it, the compiler guards
// the vector loop by a test for overlap, and a loop in place takes the scalar path.
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety) interleave_count(2)")

#define REAL float
// Loops that must become vector code: the compiler warns where it fails.
#define VECTORISE _Pragma("clang loop vectorize(enable)")
#define ELEMENT f32
#define EXP(x) latent_expf(x)
#define LOG(x) latent_logf(x)
#define LOG1P(x) latent_log1pf(x)
#define SIGMOID(x) latent_sigmoidf(x)
#define SOFTPLUS(x) latent_softplusf(x)
#define TANH(x) latent_tanhf(x)
#define SQRT(x) __builtin_sqrtf(x)
#include "loops.inc.h"
#undef REAL
#undef ELEMENT
#undef EXP
#undef LOG
#undef LOG1P
#undef SIGMOID
#undef SOFTPLUS
#undef TANH
#undef SQRT
#undef VECTORISE

// INDEPENDENT would only warn here that calls of libm do not vectorise.
#undef INDEPENDENT
#define INDEPENDENT
// Double precision is for checking gradients and for science that needs it: libm's accuracy matters, not its speed.
#define REAL double
#define VECTORISE
#define ELEMENT f64
#define EXP(x) exp(x)
#define LOG(x) log(x)
#define LOG1P(x) log1p(x)
#define SIGMOID(x) latent_sigmoid64(x)
#define SOFTPLUS(x) latent_softplus64(x)
#define TANH(x) tanh(x)
#define SQRT(x) __builtin_sqrt(x)
#include "loops.inc.h"
