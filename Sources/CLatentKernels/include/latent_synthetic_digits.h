// Labelled images of handwritten-looking digits, drawn from a seed: data for a machine that has no data set.
#ifndef LATENT_SYNTHETIC_DIGITS_H
#define LATENT_SYNTHETIC_DIGITS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum { latent_synthetic_height = 28, latent_synthetic_width = 28 };

/// Draws images first ..< first + count of one series: pixels[count, 28, 28] and labels[count].
///
/// An image is a pure function of (seed, series, index), the same bits on every processor and with every compiler
/// that keeps IEEE arithmetic. Every ten images from a multiple of ten hold each digit once, in random order.
void latent_synthetic_digits(uint64_t seed, uint64_t series, uint64_t first, size_t count, uint8_t *pixels,
                             uint8_t *labels);

#pragma clang assume_nonnull end
#endif
