// Pictures of bytes, rows from the top and the channels of a pixel side by side.
#ifndef LATENT_PICTURES_H
#define LATENT_PICTURES_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/// Lays n pixels on white, in place: [n, channels + 1], of which the last channel is 0 where nothing is to be seen, become
/// [n, channels]. Each byte is the nearest to the true mean.
void latent_picture_on_white(uint8_t *pixels, int64_t n, int64_t channels);

/// The brightness of n pixels of red, green and blue: (299 R + 587 G + 114 B) / 1000 (ITU-R BT.601), to the nearest.
void latent_picture_grey(const uint8_t *rgb, uint8_t *grey, int64_t n);

/// n grey pixels as red, green and blue.
void latent_picture_rgb(const uint8_t *grey, uint8_t *rgb, int64_t n);

/// Averages a picture [height, width, channels] to [rows, columns, channels]: each pixel becomes the mean of the area that it
/// covers, in whole numbers, to the nearest. `sums` has room for columns * channels numbers.
void latent_picture_average(const uint8_t *pixels, int64_t height, int64_t width, int64_t channels, uint8_t *averages,
                            int64_t rows, int64_t columns, uint64_t *sums);

#pragma clang assume_nonnull end
#endif
