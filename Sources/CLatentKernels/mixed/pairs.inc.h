// bfloat16: the upper half of a float. Products take two of them at a time, of neighbouring terms of the sum. A pair is 32
// bits, the even term in the lower half: where terms lie side by side in memory, a pair is read as it lies.

// Pairs of B's rows that a product takes at a time, and rows of A that are put together at a time. Tiles say a depth of their own: they
// are so fast that reading and writing C again costs more than a panel that leaves the first-level cache.
#ifndef PAIR_DEPTH
#define PAIR_DEPTH PRODUCT_DEPTH
#endif
#define BLOCK_ROWS 64
// Pairs of two rows of A are put together in a slab of so many rows and columns, and are then turned into the order of a block.
#define SLAB_ROWS 16
#define SLAB_COLUMNS 256

// Rounds to nearest, ties to even; a number below 2^-126 becomes 0, as the processor's conversion has it.
static inline uint32_t FN(narrow)(float x) {
#ifdef ROUNDING_INSTRUCTION
  union { __bf16 h; uint16_t u; } v = {.h = (__bf16)x};
  return v.u;
#else
  union { float f; uint32_t u; } v = {.f = x};
  uint32_t magnitude = v.u & 0x7fffffff;
  uint32_t rounded = (v.u + 0x7fff + (v.u >> 16 & 1)) >> 16;
  rounded = magnitude < 0x00800000 ? v.u >> 16 & 0x8000 : rounded;
  return magnitude > 0x7f800000 ? v.u >> 16 | 0x40 : rounded;
#endif
}

static inline float FN(widen)(uint32_t x) {
  union { uint32_t u; float f; } v = {.u = x << 16};
  return v.f;
}

static inline uint32_t FN(pair)(float even, float odd) { return FN(narrow)(even) | FN(narrow)(odd) << 16; }

typedef uint32_t FN(pairs) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(uint32_t))));

// count floats become as many bfloat16; `to` may be where the floats are. Vectors that may lie over each other: their order
// is what makes this right.
static void FN(narrow_run)(const float *from, uint16_t *to, size_t count) {
  typedef uint16_t halves __attribute__((vector_size(VECTOR_BYTES / 2), aligned(2), may_alias));
  size_t i = 0;
#ifdef ROUNDING_INSTRUCTION
  typedef float floats __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
  typedef __bf16 rounded_halves __attribute__((vector_size(VECTOR_BYTES / 2)));
  for (; i + LANES <= count; i += LANES) {
    rounded_halves rounded = __builtin_convertvector(*(const floats *)(from + i), rounded_halves);
    *(halves *)(to + i) = (halves)rounded;
  }
#else
  typedef uint32_t words __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
  for (; i + LANES <= count; i += LANES) {
    words u = *(const words *)(from + i), magnitude = u & 0x7fffffff;
    words rounded = (u + 0x7fff + (u >> 16 & 1)) >> 16, small = (words)(magnitude < 0x00800000);
    words undefined = (words)(magnitude > 0x7f800000);
    rounded = (small & (u >> 16 & 0x8000)) | (~small & rounded);
    rounded = (undefined & (u >> 16 | 0x40)) | (~undefined & rounded);
    *(halves *)(to + i) = __builtin_convertvector(rounded, halves);
  }
#endif
  for (; i < count; i++) {
    float value;
    memcpy(&value, from + i, sizeof value);
    uint16_t bits = (uint16_t)FN(narrow)(value);
    memcpy(to + i, &bits, sizeof bits);
  }
}

static void FN(clear_columns)(uint16_t *x, size_t rows, size_t stride, size_t columns) {
  for (size_t row = 0; row < rows; row++) memset(x + row * stride, 0, columns * sizeof(uint16_t));
}

static void FN(widen_run)(const uint16_t *from, float *to, size_t count) {
  INDEPENDENT
  for (size_t i = 0; i < count; i++) to[i] = FN(widen)(from[i]);
}
