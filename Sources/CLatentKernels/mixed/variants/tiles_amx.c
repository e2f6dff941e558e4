#if defined(__x86_64__)
#include <string.h>
#include <immintrin.h>
#include "../../include/latent_mixed.h"
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512dq,avx512bw,avx512vl,avx512bf16,amx-tile,amx-bf16"))), apply_to = function)
#define VARIANT amx
#define VECTOR_BYTES 64
#define MICRO_ROWS 4
#define ROUNDING_INSTRUCTION
#define TILE_REGISTERS
#include "tiles.inc.h"
#pragma clang attribute pop
#endif
