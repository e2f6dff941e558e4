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

#define REAL float
// Loops that must become vector code: the compiler warns where it fails.
#define VECTORISE _Pragma("clang loop vectorize(enable)")
#define ELEMENT f32
#define EXP(x) latent_expf(x)
#define LOG(x) latent_logf(x)
#define LOG1P(x) latent_log1pf(x)
#define SIGMOID(x) latent_sigmoidf(x)
#define TANH(x) latent_tanhf(x)
#define SQRT(x) __builtin_sqrtf(x)
#include "loops.inc.h"
#undef REAL
#undef ELEMENT
#undef EXP
#undef LOG
#undef LOG1P
#undef SIGMOID
#undef TANH
#undef SQRT
#undef VECTORISE

// Double precision is for checking gradients and for science that needs it: libm's accuracy matters, not its speed.
#define REAL double
#define VECTORISE
#define ELEMENT f64
#define EXP(x) exp(x)
#define LOG(x) log(x)
#define LOG1P(x) log1p(x)
#define SIGMOID(x) (1.0 / (1.0 + exp(-(x))))
#define TANH(x) tanh(x)
#define SQRT(x) __builtin_sqrt(x)
#include "loops.inc.h"
