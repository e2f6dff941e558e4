// Numbers as files store them. The formats of 16 bits are converted by hand, since not every compiler and processor has
// them, and always in whole numbers, so that NaNs keep their bits.
#include "../include/latent_stored.h"

#include <string.h>

// A binary floating-point format (IEEE 754-2019, section 3.4): a sign, an exponent and a fraction of so many bits.
typedef struct format {
  int exponent, fraction;
} format;

static const format binary16 = {5, 10}, bfloat16 = {8, 7}, binary32 = {8, 23}, binary64 = {11, 52};

// Rounds a number of one format to a narrower one of 16 bits: to nearest, ties to even (section 4.3.1).
static inline uint16_t narrow(uint64_t bits, format from, format to) {
  uint64_t fraction = bits & ((UINT64_C(1) << from.fraction) - 1);
  int top = (1 << from.exponent) - 1;
  int exponent = (int)(bits >> from.fraction) & top;
  uint16_t sign = (uint16_t)(bits >> (from.exponent + from.fraction) << 15);
  uint16_t infinity = (uint16_t)(((1 << to.exponent) - 1) << to.fraction);
  if (exponent == top) {
    if (fraction == 0) return sign | infinity;
    uint16_t payload = (uint16_t)(fraction >> (from.fraction - to.fraction));
    return sign | infinity | (payload ? payload : (uint16_t)(1 << (to.fraction - 1)));
  }
  // value = significand * 2^(power - bias of `from` - from.fraction); `field` is the power in the narrow format.
  uint64_t significand = exponent ? fraction | UINT64_C(1) << from.fraction : fraction;
  int power = exponent ? exponent : 1;
  int field = power - ((1 << (from.exponent - 1)) - 1) + ((1 << (to.exponent - 1)) - 1);
  if (field >= (1 << to.exponent) - 1) return sign | infinity;
  int shift = from.fraction - to.fraction;
  if (field < 1) {  // subnormal there
    shift += 1 - field;
    field = 1;
    if (shift > from.fraction + 2) return sign;  // below half of the smallest number
  }
  uint64_t kept = significand >> shift;
  uint64_t rest = significand & ((UINT64_C(1) << shift) - 1), half = UINT64_C(1) << (shift - 1);
  kept += rest > half || (rest == half && (kept & 1));
  // The leading bit of `kept` adds one to the exponent; so does a carry, up to infinity.
  return (uint16_t)(sign | ((uint64_t)(field - 1) << to.fraction) + kept);
}

static inline float widen_binary16(uint16_t bits) {
  uint32_t sign = (uint32_t)(bits & 0x8000) << 16, exponent = bits >> 10 & 0x1f, fraction = bits & 0x3ff;
  uint32_t wide;
  if (exponent == 0) {
    float value = (float)fraction * 0x1p-24f;
    memcpy(&wide, &value, sizeof wide);
  } else {
    wide = (exponent == 0x1f ? 0xffu : exponent + 112) << 23 | fraction << 13;
  }
  wide |= sign;
  float value;
  memcpy(&value, &wide, sizeof value);
  return value;
}

// bfloat16 is the upper half of a float, denormals too: what `narrow` gives, with no step that depends on the number, so
// that the compiler vectorises it.
static inline uint16_t narrow_bfloat16(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  uint32_t undefined = bits >> 16 | (bits & 0x007f0000 ? 0 : 0x40);
  return (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? undefined : rounded);
}

static inline float widen_bfloat16(uint16_t bits) {
  uint32_t wide = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &wide, sizeof value);
  return value;
}

// Denormals too on a thread that takes denormal floats for 0.
static inline double widen_bfloat16_twice(uint16_t bits) {
  double small = (double)(bits & 0x7f) * 0x1p-133;
  return bits & 0x7f80 ? (double)widen_bfloat16(bits) : bits & 0x8000 ? -small : small;
}

// Reading. Elements may lie at any address, so they are copied out: memcpy of a constant size is one load.
#define READ(Stored, Value, EXPRESSION)                              \
  do {                                                               \
    const char *in = stored;                                         \
    Value *out = values;                                             \
    for (size_t i = 0; i < n; i++) {                                 \
      Stored x;                                                      \
      memcpy(&x, in + i * sizeof x, sizeof x);                       \
      out[i] = (Value)(EXPRESSION);                                  \
    }                                                                \
    return 1;                                                        \
  } while (0)

#define READ_INTEGERS(Value)                            \
  case latent_stored_bool: READ(uint8_t, Value, x != 0); \
  case latent_stored_u8: READ(uint8_t, Value, x);       \
  case latent_stored_i8: READ(int8_t, Value, x);        \
  case latent_stored_i16: READ(int16_t, Value, x);      \
  case latent_stored_u16: READ(uint16_t, Value, x);     \
  case latent_stored_i32: READ(int32_t, Value, x);      \
  case latent_stored_u32: READ(uint32_t, Value, x);     \
  case latent_stored_i64: READ(int64_t, Value, x);      \
  case latent_stored_u64: READ(uint64_t, Value, x)

#define READ_NUMBERS(Value, WIDEN_BFLOAT16)                         \
  READ_INTEGERS(Value);                                             \
  case latent_stored_f16: READ(uint16_t, Value, widen_binary16(x)); \
  case latent_stored_bf16: READ(uint16_t, Value, WIDEN_BFLOAT16(x)); \
  case latent_stored_f32: READ(float, Value, x);                    \
  case latent_stored_f64: READ(double, Value, x)

int latent_stored_read(latent_stored_type type, const void *stored, latent_value_type value, void *values, size_t n) {
  switch (value) {
    case latent_value_f32: switch (type) { READ_NUMBERS(float, widen_bfloat16); } break;
    case latent_value_f64: switch (type) { READ_NUMBERS(double, widen_bfloat16_twice); } break;
    case latent_value_i64:
      switch (type) {
        READ_INTEGERS(int64_t);
        default: break;
      }
      break;
  }
  return 0;
}

// Writing. `x` is the value, FITS whether it is a number of the stored type.
#define WRITE(Value, Stored, FITS, EXPRESSION)       \
  do {                                               \
    const Value *in = values;                        \
    Stored *out = stored;                            \
    for (size_t i = 0; i < n; i++) {                 \
      Value x = in[i];                               \
      if (!(FITS)) return i;                         \
      out[i] = (Stored)(EXPRESSION);                 \
    }                                                \
    return n;                                        \
  } while (0)

// The conversion to double is exact; the bounds below and above are powers of two, or 0. A NaN compares with neither.
#define WRITE_WHOLE(Value, Stored, LEAST, BEYOND) \
  WRITE(Value, Stored, (double)x >= (LEAST) && (double)x < (BEYOND) && (double)x == (double)(Stored)x, x)

#define WRITE_FLOATS_AS_INTEGERS(Value)                                           \
  case latent_stored_bool: WRITE(Value, uint8_t, x == 0 || x == 1, x);            \
  case latent_stored_u8: WRITE_WHOLE(Value, uint8_t, 0, 0x1p8);                   \
  case latent_stored_i8: WRITE_WHOLE(Value, int8_t, -0x1p7, 0x1p7);               \
  case latent_stored_i16: WRITE_WHOLE(Value, int16_t, -0x1p15, 0x1p15);           \
  case latent_stored_u16: WRITE_WHOLE(Value, uint16_t, 0, 0x1p16);                \
  case latent_stored_i32: WRITE_WHOLE(Value, int32_t, -0x1p31, 0x1p31);           \
  case latent_stored_u32: WRITE_WHOLE(Value, uint32_t, 0, 0x1p32);                \
  case latent_stored_i64: WRITE_WHOLE(Value, int64_t, -0x1p63, 0x1p63);           \
  case latent_stored_u64: WRITE_WHOLE(Value, uint64_t, 0, 0x1p64)

#define WRITE_IN_RANGE(Stored, LEAST, MOST) WRITE(int64_t, Stored, x >= (LEAST) && x <= (MOST), x)

static inline uint64_t bits_of_float(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline uint64_t bits_of_double(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

// Rounding to odd (Boldo & Melquiond 2008): cut off, and the last bit set where something was lost. 42 bits or more are
// kept, so that rounding the result to nearest in 11 bits or fewer gives what rounding x would.
static inline double odd_double(int64_t x) {
  uint64_t magnitude = x < 0 ? -(uint64_t)x : (uint64_t)x;
  if (magnitude >> 53) magnitude = (magnitude & ~UINT64_C(0x7ff)) | (magnitude & 0x7ff ? 0x800 : 0);
  return x < 0 ? -(double)magnitude : (double)magnitude;
}

size_t latent_stored_write(latent_stored_type type, const void *values, latent_value_type value, void *stored, size_t n) {
  switch (value) {
    case latent_value_f32:
      switch (type) {
        WRITE_FLOATS_AS_INTEGERS(float);
        case latent_stored_f16: WRITE(float, uint16_t, 1, narrow(bits_of_float(x), binary32, binary16));
        case latent_stored_bf16: WRITE(float, uint16_t, 1, narrow_bfloat16(x));
        case latent_stored_f32: memcpy(stored, values, n * sizeof(float)); return n;
        case latent_stored_f64: WRITE(float, double, 1, x);
      }
      break;
    case latent_value_f64:
      switch (type) {
        WRITE_FLOATS_AS_INTEGERS(double);
        case latent_stored_f16: WRITE(double, uint16_t, 1, narrow(bits_of_double(x), binary64, binary16));
        case latent_stored_bf16: WRITE(double, uint16_t, 1, narrow(bits_of_double(x), binary64, bfloat16));
        case latent_stored_f32: WRITE(double, float, 1, x);
        case latent_stored_f64: memcpy(stored, values, n * sizeof(double)); return n;
      }
      break;
    case latent_value_i64:
      switch (type) {
        case latent_stored_bool: WRITE_IN_RANGE(uint8_t, 0, 1);
        case latent_stored_u8: WRITE_IN_RANGE(uint8_t, 0, UINT8_MAX);
        case latent_stored_i8: WRITE_IN_RANGE(int8_t, INT8_MIN, INT8_MAX);
        case latent_stored_i16: WRITE_IN_RANGE(int16_t, INT16_MIN, INT16_MAX);
        case latent_stored_u16: WRITE_IN_RANGE(uint16_t, 0, UINT16_MAX);
        case latent_stored_i32: WRITE_IN_RANGE(int32_t, INT32_MIN, INT32_MAX);
        case latent_stored_u32: WRITE_IN_RANGE(uint32_t, 0, UINT32_MAX);
        case latent_stored_i64:
        case latent_stored_u64: memcpy(stored, values, n * sizeof(int64_t)); return n;
        case latent_stored_f16: WRITE(int64_t, uint16_t, 1, narrow(bits_of_double(odd_double(x)), binary64, binary16));
        case latent_stored_bf16: WRITE(int64_t, uint16_t, 1, narrow(bits_of_double(odd_double(x)), binary64, bfloat16));
        case latent_stored_f32: WRITE(int64_t, float, 1, x);
        case latent_stored_f64: WRITE(int64_t, double, 1, x);
      }
      break;
  }
  return 0;
}

void latent_stored_fill(void *elements, const void *element, size_t size, size_t n) {
  if (n == 0) return;
  char *bytes = elements;
  size_t all = size * n;
  memcpy(bytes, element, size);
  for (size_t done = size; done < all; done *= 2) memcpy(bytes + done, bytes, done < all - done ? done : all - done);
}

void latent_stored_gather_rows(const void *table, const int64_t *rows, size_t count, size_t row_bytes, void *to) {
  for (size_t row = 0; row < count; row++) {
    memcpy((char *)to + row * row_bytes, (const char *)table + (size_t)rows[row] * row_bytes, row_bytes);
  }
}

#define SWAP(Type, FUNCTION)                       \
  for (size_t i = 0; i < n; i++) {                 \
    Type x;                                        \
    memcpy(&x, bytes + i * sizeof x, sizeof x);    \
    x = FUNCTION(x);                               \
    memcpy(bytes + i * sizeof x, &x, sizeof x);    \
  }

void latent_stored_swap(void *elements, size_t size, size_t n) {
  char *bytes = elements;
  switch (size) {
    case 2: SWAP(uint16_t, __builtin_bswap16); break;
    case 4: SWAP(uint32_t, __builtin_bswap32); break;
    case 8: SWAP(uint64_t, __builtin_bswap64); break;
  }
}

// One row of the result: n elements, `step` bytes apart in the source.
#define GATHER(Type)                                            \
  for (size_t i = 0; i < n; i++) {                              \
    memcpy(to + i * sizeof(Type), from + i * step, sizeof(Type)); \
  }

static void gather(const char *from, size_t step, char *to, size_t size, size_t n) {
  switch (size) {
    case 1: GATHER(uint8_t); break;
    case 2: GATHER(uint16_t); break;
    case 4: GATHER(uint32_t); break;
    case 8: GATHER(uint64_t); break;
  }
}

void latent_stored_to_row_major(const void *columns, void *rows, size_t size, const int64_t *shape, size_t rank) {
  size_t count = 1;
  for (size_t d = 0; d < rank; d++) count *= (size_t)shape[d];
  if (count == 0) return;
  size_t last = rank > 0 ? (size_t)shape[rank - 1] : 1;
  size_t step = count / last;  // elements from one of the last dimension to the next, in the source
  const char *in = columns;
  char *out = rows;
  for (size_t row = 0; row < step; row++) {
    // The row's indices, last first, give its place in the source, where the first varies fastest.
    size_t rest = row, place = 0, stride = step;
    for (size_t d = rank > 0 ? rank - 1 : 0; d-- > 0;) {
      size_t length = (size_t)shape[d];
      stride /= length;
      place += rest % length * stride;
      rest /= length;
    }
    gather(in + place * size, step * size, out + row * last * size, size, last);
  }
}
