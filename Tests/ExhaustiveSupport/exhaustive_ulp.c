// The largest error of every single-precision function over all 2^32 floats, for each instruction set that this
// processor runs, on two threads. scripts/exhaustive-ulp compiles and runs it.
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "ctest_support.h"
#include "latent_kernels.h"

static const char *const names[] = {"exp", "log", "log1p", "sigmoid", "softplus", "tanh", "erf", "sin", "cos", "tan",
                                    "atan", "expm1", "sinh", "cosh", "asinh", "acosh", "atanh", "erfinv"};
static const char *const sets[] = {"baseline", "avx2", "avx512"};

typedef struct {
  ulp_function function;
  uint32_t first;
  ulp_report reports[3];
} half;

static ulp_loop loop(int function, int set) {
  const latent_ops *ops = latent_table((latent_instruction_set)set, latent_float32);
  ulp_loop loops[] = {ops->exp, ops->log, ops->log1p, ops->sigmoid, ops->softplus, ops->tanh, ops->erf,
                      ops->sin, ops->cos, ops->tan, ops->atan, ops->expm1, ops->sinh, ops->cosh, ops->asinh, ops->acosh,
                      ops->atanh, ops->erfinv};
  return loops[function];
}

static int set_count(void) { return (int)latent_best_instruction_set() + 1; }

static void *sweep(void *argument) {
  half *h = argument;
  ulp_loop loops[3];
  for (int set = 0; set < set_count(); set++) loops[set] = loop(h->function, set);
  ulp_sweep(h->function, loops, (size_t)set_count(), h->first, 1, (uint64_t)1 << 31, h->reports);
  return NULL;
}

int main(int argc, char **argv) {
  for (int f = 0; f < ulp_function_count; f++) {
    if (argc > 1 && strcmp(argv[1], names[f]) != 0) continue;
    half halves[2] = {{.function = (ulp_function)f, .first = 0}, {.function = (ulp_function)f, .first = 0x80000000}};
    pthread_t thread;
    if (pthread_create(&thread, NULL, sweep, &halves[0]) != 0) return 1;
    sweep(&halves[1]);
    pthread_join(thread, NULL);
    for (int set = 0; set < set_count(); set++) {
      ulp_report *a = &halves[0].reports[set], *b = &halves[1].reports[set], *worst = a->max_ulp > b->max_ulp ? a : b;
      float x;
      memcpy(&x, &worst->worst_bits, sizeof x);
      printf("%-9s %-9s %.3f ulp at %a (%.9g): %a, not %a\n", names[f], sets[set], worst->max_ulp, x, x,
             (double)worst->got, worst->expected);
    }
    fflush(stdout);
  }
}
