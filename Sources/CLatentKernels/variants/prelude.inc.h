// What every table of loops begins with: how functions are named, and what loops of all element types share.
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
#include "../functions/trigonometric.inc.h"
#include "../functions/hyperbolic.inc.h"
#include "../functions/special.inc.h"
#include "../elements/power.inc.h"
#include "../fourier/passes.inc.h"
#include "../random/philox.inc.h"
#include "../random/box_muller.inc.h"
#include "../random/gamma_draws.inc.h"

// Before a loop whose arrays are the same or disjoint: no iteration depends on another. Without it, the compiler guards
// the vector loop by a test for overlap, and a loop in place takes the scalar path. INTERLEAVED, before a short loop
// with long chains of dependent operations, computes two vectors at a time.
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#define INTERLEAVED _Pragma("clang loop interleave_count(2)")
