#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined(__linux__)
#include <stdio.h>
#include <sys/syscall.h>
#endif

#include "ctest_support.h"

static size_t pages(size_t bytes, size_t page) { return (bytes + page - 1) / page * page; }

void *ctest_guarded_allocate(size_t bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), size = pages(bytes, page);
  char *start = mmap(0, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (start == MAP_FAILED || mprotect(start + size, page, PROT_NONE) != 0) __builtin_trap();
  return start + size - bytes;
}

void ctest_guarded_free(void *memory, size_t bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), size = pages(bytes, page);
  munmap((char *)memory + bytes - size, size + page);
}

static double get(int is_double, const void *x, size_t i) {
  return is_double ? ((const double *)x)[i] : (double)((const float *)x)[i];
}

static void put(int is_double, void *x, size_t i, double value) {
  if (is_double)
    ((double *)x)[i] = value;
  else
    ((float *)x)[i] = (float)value;
}

void ctest_whole_numbers(int is_double, void *x, size_t n, uint32_t seed) {
  uint32_t state = seed * 2654435761u + 1;
  for (size_t i = 0; i < n; i++) {
    state = state * 1664525u + 1013904223u;
    put(is_double, x, i, (double)(int)((state >> 16) % 17) - 8);
  }
}

void ctest_fill(int is_double, void *x, size_t n, double value) {
  for (size_t i = 0; i < n; i++) put(is_double, x, i, value);
}

void ctest_product(int is_double, int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const void *a,
                   size_t a_stride, const void *b, size_t b_stride, int accumulate, void *c, size_t c_stride) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = accumulate ? get(is_double, c, i * c_stride + j) : 0;
      for (size_t p = 0; p < k; p++)
        sum += get(is_double, a, transpose_a ? p * a_stride + i : i * a_stride + p) *
               get(is_double, b, transpose_b ? j * b_stride + p : p * b_stride + j);
      put(is_double, c, i * c_stride + j, sum);
    }
}

uint64_t ctest_thread_id(void) {
#if defined(__linux__)
  return (uint64_t)syscall(SYS_gettid);
#else
  uint64_t id;
  pthread_threadid_np(0, &id);
  return id;
#endif
}

int ctest_thread_exists(uint64_t id) {
#if defined(__linux__)
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%llu", (unsigned long long)id);
  return access(path, F_OK) == 0;
#else
  (void)id;
  return 0;
#endif
}

float ctest_product_of_floats(float a, float b) {
  volatile float x = a, y = b;
  return x * y;
}
