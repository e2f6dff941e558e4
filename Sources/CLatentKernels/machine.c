// What the system says of the machine, where only C can ask.
#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif
#include <unistd.h>

#include "include/latent_kernels.h"

int latent_allowed_cores(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int)count : 0;
}

static _Thread_local int latent_task_depth;

int latent_enter_task(void) { return latent_task_depth++; }
void latent_leave_task(int outer) { latent_task_depth = outer; }
int latent_is_in_task(void) { return latent_task_depth > 0; }
