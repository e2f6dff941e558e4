// Discrete Fourier transforms of lines of numbers: what transforms.inc.h is called with.
#ifndef LATENT_FOURIER_H
#define LATENT_FOURIER_H

#include <stddef.h>

#pragma clang assume_nonnull begin

// The numbers of a line: complex ones, pairs of a real and an imaginary part; real ones; or the first n / 2 + 1 complex numbers of
// a spectrum whose others are the conjugates of these. The imaginary parts of those that are their own conjugates are 0.
typedef enum { latent_complex_line = 0, latent_real_line, latent_half_line } latent_line;

// Y[k] = scale sum over j < n of X[j] exp(-+ 2 pi i j k / n), with + where inverse.
typedef struct {
  size_t n;
  latent_line input, output;
  int inverse;
  // Of an input that is a half: whether its other numbers are the conjugates, or else 0. Of an output that is a half: whether
  // its numbers are doubled, but for those that are their own conjugates.
  int both;
  double scale;
} latent_transform;

// transforms.inc.h
typedef struct latent_fourier_ops {
  // how many doubles the tables of lines of n numbers are, and the scratch of a transform
  size_t (*table_count)(size_t n);
  size_t (*scratch_count)(size_t n);
  void (*make_table)(size_t n, double *table, double *scratch);
  // y from x, [outer, numbers, inner] or [outer, numbers, inner, 2]: of the outer * inner lines, those from `first` on
  void (*transform)(const latent_transform *transform, const double *table, const void *x, size_t inner, size_t first,
                    size_t lines, double *scratch, void *y);
} latent_fourier_ops;

#pragma clang assume_nonnull end
#endif
