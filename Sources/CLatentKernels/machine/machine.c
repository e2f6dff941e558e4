// What the system says of the machine, where only C can ask.
#if defined(__linux__)
#define _GNU_SOURCE
#include <malloc.h>
#include <sched.h>
#endif
#include <stdlib.h>
#include <unistd.h>

#include "../include/latent_kernels.h"

int latent_allowed_cores(void) {
#if defined(__linux__)
  // A set too small for the machine's cores is refused: 1024 of them do in most places.
  for (int size = 1024; size <= 1 << 20; size *= 2) {
    cpu_set_t *set = CPU_ALLOC(size);
    if (!set) break;
    int count = sched_getaffinity(0, CPU_ALLOC_SIZE(size), set) == 0 ? CPU_COUNT_S(CPU_ALLOC_SIZE(size), set) : 0;
    CPU_FREE(set);
    if (count > 0) return count;
  }
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int)count : 0;
}

void latent_release_free_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

void latent_return_large_blocks(void) {
#if defined(__GLIBC__)
  // Whoever tunes the allocator means it.
  if (getenv("GLIBC_TUNABLES")) return;
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
#endif
}

#if defined(__linux__)
// OpenBLAS asks this function how many threads to start when it is loaded, and the dynamic linker takes the program's
// instead of OpenBLAS's own, which reads OPENBLAS_NUM_THREADS. Latent calls it on one thread at a time: without this, each
// core's thread would take 128 MB of address space and, where a limit refuses that, try for ever.
__attribute__((used, visibility("default"))) int openblas_num_threads_env(void) { return 1; }
#endif

static _Thread_local int latent_task_depth;

int latent_enter_task(void) { return latent_task_depth++; }
void latent_leave_task(int outer) { latent_task_depth = outer; }
int latent_is_in_task(void) { return latent_task_depth > 0; }
