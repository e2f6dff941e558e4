#if defined(__x86_64__)
#include <string.h>
#include "../../include/latent_mixed.h"
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512dq,avx512bw,avx512vl"))), apply_to = function)
#define VARIANT avx512
#define VECTOR_BYTES 64
#define MICRO_ROWS 8
#include "mixed.inc.h"
#pragma clang attribute pop
#endif
