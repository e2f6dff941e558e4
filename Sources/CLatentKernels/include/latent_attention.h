#ifndef LATENT_ATTENTION_H
#define LATENT_ATTENTION_H

#include <stddef.h>

#pragma clang assume_nonnull begin

// attention.inc.h. Scores [rows, columns] become weights in place, row r over its first seen + r columns where causal; statistics
// [rows, 2] are written, or read where they are known. dP becomes the gradient of the scores, given y and dy, whose rows of
// `width` elements are a stride apart.
typedef struct latent_attention_ops {
  void (*weights)(void *scores, size_t rows, size_t columns, double scale, size_t seen, int causal, int known,
                  void *statistics);
  void (*backward)(const void *weights, void *dp, size_t rows, size_t columns, double scale, const void *y, const void *dy,
                   size_t width, size_t stride);
} latent_attention_ops;

#pragma clang assume_nonnull end
#endif
