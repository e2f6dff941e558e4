// Synthetic digits: a glyph's pen strokes, bent, slanted and placed at random, drawn with a soft round pen.
//
// The bits must be the same everywhere, so this file is compiled once, for the baseline of the architecture, and uses
// integers and the five float operations that IEEE 754 rounds exactly (+ - * / sqrt), in the order written: no libm, no
// reassociation, no contraction into multiply-adds (clang heeds the pragma below unless -ffp-contract=fast is given).
// No value comes near the denormals, so the state of the flush-to-zero flag does not matter either.
#include "../include/latent_synthetic_digits.h"

#include <float.h>

#include "synthetic_glyphs.inc.h"

#pragma STDC FP_CONTRACT OFF
#ifdef __FAST_MATH__
#error "synthetic digits need IEEE arithmetic: compile this file without -ffast-math"
#endif
_Static_assert(FLT_EVAL_METHOD == 0, "synthetic digits need float arithmetic that rounds to float");

enum { height = latent_synthetic_height, width = latent_synthetic_width, spans = 4, lane = 4 };
_Static_assert(width % lane == 0, "the drawing loop works on groups of pixels");

typedef struct {
  float x, y;
} point;

// MARK: Random numbers

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014): a counter that is
// mixed. Each image has a counter of its own, started at a hash of (seed, series, purpose, index).
static const uint64_t golden = 0x9e3779b97f4a7c15u;

static uint64_t mix(uint64_t z) {
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

static uint64_t next(uint64_t *counter) { return mix(*counter += golden); }

static uint64_t start(uint64_t seed, uint64_t series, uint64_t purpose, uint64_t index) {
  return mix(mix(mix(mix(seed + golden) + series) + purpose) + index);
}

// A float in [-1, 1), a multiple of 2^-23.
static float uniform(uint64_t *counter) { return (float)((int32_t)(next(counter) >> 40) - (1 << 23)) * 0x1p-23f; }

// Roughly normal, mean 0, standard deviation 1, within ±3.5: the sum of four 16-bit uniforms (Irwin and Hall).
static float bell(uint64_t *counter) {
  uint64_t bits = next(counter);
  int32_t sum = (int32_t)((bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48)) - 2 * 0xffff;
  return (float)sum * (1.7320508f / 65536.0f);
}

// The index-th digit of a series: each group of ten is a shuffle (Fisher and Yates) of 0...9.
static void shuffled_digits(uint64_t seed, uint64_t series, uint64_t group, uint8_t digits[10]) {
  uint64_t counter = start(seed, series, 1, group);
  for (uint8_t i = 0; i < 10; i++) digits[i] = i;
  for (uint64_t i = 9; i > 0; i--) {
    uint64_t j = (next(&counter) >> 32) * (i + 1) >> 32;
    uint8_t swapped = digits[i];
    digits[i] = digits[j];
    digits[j] = swapped;
  }
}

// MARK: Drawing

// Lowers each pixel's squared distance from the pen's path to its distance from the segment a-b, within `reach`.
static void draw_segment(float (*distance)[width], point a, point b, float reach) {
  float dx = b.x - a.x, dy = b.y - a.y;
  float squared_length = dx * dx + dy * dy;
  float inverse = squared_length > 1e-6f ? 1.0f / squared_length : 0.0f;
  float left = (a.x < b.x ? a.x : b.x) - reach, right = (a.x < b.x ? b.x : a.x) + reach;
  float top = (a.y < b.y ? a.y : b.y) - reach, bottom = (a.y < b.y ? b.y : a.y) + reach;
  if (right < 0 || bottom < 0 || left >= (float)width || top >= (float)height) return;
  int x0 = left > 0 ? (int)left / lane * lane : 0, x1 = right < width - 1 ? (int)right + 1 : width;
  int y0 = top > 0 ? (int)top : 0, y1 = bottom < height - 1 ? (int)bottom + 1 : height;
  for (int y = y0; y < y1; y++) {
    float uy = ((float)y + 0.5f) - a.y;
    for (int x = x0; x < x1; x += lane) {
      float *row = &distance[y][x];
      for (int i = 0; i < lane; i++) {
        float ux = ((float)(x + i) + 0.5f) - a.x;
        float t = (ux * dx + uy * dy) * inverse;
        t = t < 0.0f ? 0.0f : t;
        t = t > 1.0f ? 1.0f : t;
        float ex = ux - t * dx, ey = uy - t * dy;
        float squared = ex * ex + ey * ey;
        row[i] = squared < row[i] ? squared : row[i];
      }
    }
  }
}

// The uniform Catmull-Rom spline through b and c, at t in 0...1.
static point spline(point a, point b, point c, point d, float t) {
  float t2 = t * t, t3 = t2 * t;
  float wa = (2.0f * t2 - t3) - t, wb = (3.0f * t3 - 5.0f * t2) + 2.0f;
  float wc = (4.0f * t2 - 3.0f * t3) + t, wd = t3 - t2;
  point p = {0.5f * ((wa * a.x + wb * b.x) + (wc * c.x + wd * d.x)),
             0.5f * ((wa * a.y + wb * b.y) + (wc * c.y + wd * d.y))};
  return p;
}

// One smooth curve through n points, cut into straight pieces.
static void draw_stroke(float (*distance)[width], const point *points, int n, float reach) {
  for (int i = 0; i + 1 < n; i++) {
    point b = points[i], c = points[i + 1];
    point a = points[i > 0 ? i - 1 : 0], d = points[i + 2 < n ? i + 2 : n - 1];
    point from = b;
    for (int s = 1; s <= spans; s++) {
      point to = spline(a, b, c, d, (float)s / (float)spans);
      draw_segment(distance, from, to, reach);
      from = to;
    }
  }
}

// The pen's path: the glyph with each point shaken, then scaled, slanted, turned and moved on to the page.
static void draw_glyph(float (*distance)[width], const glyph *glyph, uint64_t *counter, float reach) {
  float scale = 0.66f + 0.04f * bell(counter);
  float sx = scale * (1.0f + 0.10f * bell(counter)), sy = scale;
  float slant = 0.16f + 0.17f * bell(counter);
  // With h = tan(angle / 2): cos = (1 - h²) / (1 + h²) and sin = 2h / (1 + h²).
  float h = 0.045f * bell(counter);
  float turn = 1.0f / (1.0f + h * h), cosine = (1.0f - h * h) * turn, sine = (2.0f * h) * turn;
  float cx = 0.5f * (float)width + 0.8f * bell(counter), cy = 0.5f * (float)height + 0.8f * bell(counter);
  float shake = 0.75f + 0.45f * uniform(counter);

  point stroke[16];
  int n = 0;
  for (int i = 0; i < glyph->length; i++) {
    const int8_t *at = glyph->points[i], *before = glyph->points[i > 0 ? i - 1 : 0];
    if (at[0] == glyph_pen_up) {
      draw_stroke(distance, stroke, n, reach);
      n = 0;
      continue;
    }
    if (n > 0 && at[0] == before[0] && at[1] == before[1]) {  // a corner stays one point
      stroke[n] = stroke[n - 1];
      n++;
      continue;
    }
    float x = ((float)at[0] + shake * bell(counter)) * sx, y = ((float)at[1] + shake * bell(counter)) * sy;
    x = x - slant * y;
    stroke[n].x = (x * cosine - y * sine) + cx;
    stroke[n].y = (x * sine + y * cosine) + cy;
    n++;
  }
  draw_stroke(distance, stroke, n, reach);
}

// From distances to ink: full inside the pen's radius, none outside, a soft edge, and grain where there is ink.
static void ink(const float (*distance)[width], float radius, float softness, uint64_t *counter, uint8_t *pixels) {
  float level = 228.0f + 17.0f * uniform(counter), grain = 24.0f + 14.0f * uniform(counter);
  float sharpness = 1.0f / softness;
  uint8_t noise[height * width];
  for (int i = 0; i < height * width; i += 8) {
    uint64_t bits = next(counter);
    for (int k = 0; k < 8; k++) noise[i + k] = (uint8_t)(bits >> 8 * k);
  }
  const float *squared = &distance[0][0];
  for (int i = 0; i < height * width; i++) {
    float covered = (radius - __builtin_sqrtf(squared[i])) * sharpness + 0.5f;
    covered = covered < 0.0f ? 0.0f : covered;
    covered = covered > 1.0f ? 1.0f : covered;
    float value = covered * (level + grain * (((float)noise[i] - 127.5f) * 0x1p-7f));
    value = value > 255.0f ? 255.0f : value;
    pixels[i] = (uint8_t)(int32_t)(value + 0.5f);
  }
}

static void draw_image(uint64_t counter, uint8_t digit, uint8_t *pixels) {
  float distance[height][width];
  for (int i = 0; i < height * width; i++) (&distance[0][0])[i] = 1e6f;
  uint64_t variant = (next(&counter) >> 32) * glyph_variants >> 32;
  float radius = 1.25f + 0.24f * bell(&counter), softness = 1.3f + 0.4f * uniform(&counter);
  draw_glyph(distance, &glyphs[digit][variant], &counter, radius + softness);
  ink(distance, radius, softness, &counter, pixels);
}

void latent_synthetic_digits(uint64_t seed, uint64_t series, uint64_t first, size_t count, uint8_t *pixels,
                             uint8_t *labels) {
  uint8_t digits[10];
  for (size_t i = 0; i < count; i++) {
    uint64_t index = first + i;
    if (i == 0 || index % 10 == 0) shuffled_digits(seed, series, index / 10, digits);
    labels[i] = digits[index % 10];
    draw_image(start(seed, series, 2, index), labels[i], pixels + i * height * width);
  }
}
