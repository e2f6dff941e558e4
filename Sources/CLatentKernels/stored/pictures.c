#include "../include/latent_pictures.h"

#include <string.h>

void latent_picture_on_white(uint8_t *pixels, int64_t n, int64_t channels) {
  for (int64_t i = 0; i < n; i++) {
    const uint8_t *from = pixels + i * (channels + 1);
    uint8_t *to = pixels + i * channels;
    uint32_t cover = from[channels];
    for (int64_t c = 0; c < channels; c++) to[c] = (uint8_t)((from[c] * cover + 255 * (255 - cover) + 127) / 255);
  }
}

void latent_picture_grey(const uint8_t *rgb, uint8_t *grey, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    grey[i] = (uint8_t)((299u * rgb[3 * i] + 587u * rgb[3 * i + 1] + 114u * rgb[3 * i + 2] + 500u) / 1000u);
  }
}

void latent_picture_rgb(const uint8_t *grey, uint8_t *rgb, int64_t n) {
  for (int64_t i = 0; i < n; i++) rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = grey[i];
}

// Adds the means of a row, times `columns` and `width`, to `sums`. Lengths are in parts of a pixel: a pixel that is read has
// `columns` of them, one that is written `width`, so that borders are whole numbers.
static inline void add_row(const uint8_t *row, int64_t width, int64_t channels, int64_t columns, uint64_t weight,
                           uint64_t *sums) {
  int64_t first = 0, rest = 0;  // the pixel at the left border, and how much of it lies before the border
  for (int64_t column = 0; column < columns; column++) {
    int64_t last = first + width / columns, behind = rest + width % columns;
    if (behind >= columns) {
      behind -= columns;
      last++;
    }
    for (int64_t c = 0; c < channels; c++) {
      const uint8_t *x = row + c;
      uint64_t sum = 0;
      for (int64_t pixel = first; pixel < last; pixel++) sum += x[pixel * channels];
      sum *= (uint64_t)columns;
      sum -= (uint64_t)rest * x[first * channels];
      // Where nothing lies behind the border, there may be no pixel.
      if (behind > 0) sum += (uint64_t)behind * x[last * channels];
      sums[column * channels + c] += weight * sum;
    }
    first = last;
    rest = behind;
  }
}

void latent_picture_average(const uint8_t *pixels, int64_t height, int64_t width, int64_t channels, uint8_t *averages,
                            int64_t rows, int64_t columns, uint64_t *sums) {
  if (height == rows && width == columns) {
    memcpy(averages, pixels, (size_t)(height * width * channels));
    return;
  }
  uint64_t area = (uint64_t)height * (uint64_t)width;
  for (int64_t row = 0; row < rows; row++) {
    memset(sums, 0, (size_t)(columns * channels) * sizeof *sums);
    int64_t top = row * height, bottom = top + height;
    for (int64_t y = top / rows; y * rows < bottom; y++) {
      int64_t start = y * rows > top ? y * rows : top;
      int64_t end = (y + 1) * rows < bottom ? (y + 1) * rows : bottom;
      const uint8_t *from = pixels + y * width * channels;
      uint64_t weight = (uint64_t)(end - start);
      if (channels == 1) {
        add_row(from, width, 1, columns, weight, sums);
      } else if (channels == 3) {
        add_row(from, width, 3, columns, weight, sums);
      } else {
        add_row(from, width, channels, columns, weight, sums);
      }
    }
    for (int64_t i = 0; i < columns * channels; i++) {
      averages[row * columns * channels + i] = (uint8_t)((sums[i] + area / 2) / area);
    }
  }
}
