#if defined(__x86_64__)
#include <string.h>
#include "../../include/latent_mixed.h"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define VARIANT avx2
#define VECTOR_BYTES 32
#define MICRO_ROWS 2
#include "tiles.inc.h"
#pragma clang attribute pop
#endif
