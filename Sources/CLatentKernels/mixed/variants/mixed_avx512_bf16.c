#if defined(__x86_64__)
#include <string.h>
#include "../../include/latent_mixed.h"
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512dq,avx512bw,avx512vl,avx512bf16"))), apply_to = function)
#define VARIANT avx512_bf16
#define VECTOR_BYTES 64
#define MICRO_ROWS 8
#define ROUNDING_INSTRUCTION
#define PAIR_INSTRUCTION __builtin_ia32_dpbf16ps_512
#include "mixed.inc.h"
#pragma clang attribute pop
#endif
