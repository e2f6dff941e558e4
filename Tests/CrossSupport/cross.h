// Runs every loop of the tables on fixed numbers, so that what one processor gives can be compared with another's.
#ifndef CROSS_H
#define CROSS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ctest_support.h"
#include "latent_kernels.h"

// How close a result must be with and without fused multiply-add: the same bits, within some units of the last place of the
// larger of its own magnitude and its array's root mean square, or anything. With it, all must be the same.
typedef enum { cross_same, cross_close, cross_fused } cross_class;

typedef struct {
  const latent_ops *ops;
  int is_double;
  FILE *out;
  uint32_t seed;
  // Which entries of the table have run.
  char used[sizeof(latent_ops) / sizeof(void (*)(void))];
} cross_run;

#define RUN(entry) (r->used[offsetof(latent_ops, entry) / sizeof(void (*)(void))] = 1, r->ops->entry)

// n elements from low to high, from the run's next seed. Never freed: a process makes a few megabytes of them.
void *cross_numbers(cross_run *r, size_t n, double low, double high);

// Writes a result: elements of the run's type, or doubles, or bytes of whole numbers.
void cross_emit(cross_run *r, const char *name, cross_class class, const void *x, size_t n);
void cross_emit_doubles(cross_run *r, const char *name, cross_class class, const double *x, size_t n);
void cross_emit_bytes(cross_run *r, const char *name, const void *x, size_t bytes);

void cross_elements(cross_run *r);
void cross_layers(cross_run *r);
void cross_products(cross_run *r);
void cross_fourier(cross_run *r);
void cross_first_optimizers(cross_run *r);
void cross_optimizers(cross_run *r);
// Results near the smallest normal numbers, where denormals are flushed.
void cross_small(cross_run *r);
// Functions of single numbers, drawn digits and stored numbers, which have no variants.
void cross_scalars(cross_run *r);

#endif
