// Which loops run: the table for an instruction set and an element type, and what this processor can do.
#include "../include/latent_mixed.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#endif

extern const latent_ops latent_ops_f32_baseline, latent_ops_f64_baseline;
extern const latent_mixed_ops latent_ops_mixed_baseline;
extern const latent_mixed_products latent_ops_tiles_baseline;
#if defined(__x86_64__)
extern const latent_ops latent_ops_f32_avx2, latent_ops_f64_avx2;
extern const latent_ops latent_ops_f32_avx512, latent_ops_f64_avx512;
extern const latent_mixed_ops latent_ops_mixed_avx2, latent_ops_mixed_avx512, latent_ops_mixed_avx512_bf16;
extern const latent_mixed_products latent_ops_tiles_avx2, latent_ops_tiles_avx512, latent_ops_tiles_amx;

// Whether the processor has tiles and the system lets this process use them: Linux wants to be asked (arch_prctl,
// ARCH_REQ_XCOMP_PERM for XTILEDATA), since a thread's registers then take 8 KiB more.
static int has_tiles(void) {
#if defined(__linux__)
  return __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16") &&
         syscall(SYS_arch_prctl, 0x1023, 18) == 0;
#else
  return 0;
#endif
}
#endif

latent_instruction_set latent_best_instruction_set(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl")) {
    if (!__builtin_cpu_supports("avx512bf16")) return latent_avx512;
    return has_tiles() ? latent_amx : latent_avx512_bf16;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return latent_avx2;
#endif
  return latent_baseline;
}

// The table of one element type among those of an instruction set.
#define TABLE(SET)                                           \
  switch (element) {                                         \
    case latent_float32: return &latent_ops_f32_##SET;       \
    case latent_float64: return &latent_ops_f64_##SET;       \
  }

const latent_ops *latent_table(latent_instruction_set set, latent_element element) {
  latent_instruction_set best = latent_best_instruction_set();
  if (set > best) set = best;
#if defined(__x86_64__)
  if (set >= latent_avx512) TABLE(avx512)  // AVX512_BF16 has products of pairs alone
  if (set == latent_avx2) TABLE(avx2)
#endif
  TABLE(baseline)
  __builtin_unreachable();
}
#undef TABLE

const latent_mixed_ops *latent_mixed_table(latent_instruction_set set) {
  latent_instruction_set best = latent_best_instruction_set();
  if (set > best) set = best;
#if defined(__x86_64__)
  if (set >= latent_avx512_bf16) return &latent_ops_mixed_avx512_bf16;
  if (set == latent_avx512) return &latent_ops_mixed_avx512;
  if (set == latent_avx2) return &latent_ops_mixed_avx2;
#endif
  return &latent_ops_mixed_baseline;
}

const latent_mixed_products *latent_tile_products(latent_instruction_set set) {
  latent_instruction_set best = latent_best_instruction_set();
  if (set > best) set = best;
#if defined(__x86_64__)
  if (set == latent_amx) return &latent_ops_tiles_amx;
  if (set >= latent_avx512) return &latent_ops_tiles_avx512;
  if (set == latent_avx2) return &latent_ops_tiles_avx2;
#endif
  return &latent_ops_tiles_baseline;
}

const latent_ops *_Nullable latent_selected_tables[latent_element_count];
const latent_mixed_ops *_Nullable latent_selected_mixed;
const latent_mixed_products *_Nullable latent_selected_tiles;

void latent_select(latent_instruction_set set) {
  for (int element = 0; element < latent_element_count; element++)
    __atomic_store_n(&latent_selected_tables[element], latent_table(set, (latent_element)element), __ATOMIC_RELAXED);
  __atomic_store_n(&latent_selected_mixed, latent_mixed_table(set), __ATOMIC_RELAXED);
  __atomic_store_n(&latent_selected_tiles, latent_tile_products(set), __ATOMIC_RELAXED);
}

uint64_t latent_flush_denormals(void) {
#if defined(__x86_64__)
  unsigned state = _mm_getcsr();
  _mm_setcsr(state | 0x8040);  // FTZ | DAZ
  return state;
#elif defined(__aarch64__)
  uint64_t state;
  __asm__ volatile("mrs %0, fpcr" : "=r"(state));
  __asm__ volatile("msr fpcr, %0" : : "r"(state | (1u << 24)));
  return state;
#else
  return 0;
#endif
}

void latent_restore_denormals(uint64_t state) {
#if defined(__x86_64__)
  _mm_setcsr((unsigned)state);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(state));
#endif
}
