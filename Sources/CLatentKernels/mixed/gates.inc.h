// The LSTM's gates where its products are of bfloat16: h is rounded to 2^-9, so that functions within 3e-7 of the true ones do, and
// what the way back reads of the gates takes 16 bits each.

// 1 + 2^x, for x in -29...29 or, beyond, as there; NaN for NaN. Adding 1.5 2^23 leaves the whole number next to x in the last bits;
// of what remains, 2^r is a polynomial, minimax for the relative error but that it is 1 at 0: 2.5e-7 with its roundings.
static inline float FN(one_and_power)(float x) {
  x = 29.0f < x ? 29.0f : x;
  x = -29.0f > x ? -29.0f : x;
  float whole = x + 0x1.8p23f;
  float r = x - (whole - 0x1.8p23f), square = r * r;
  float low = 0x1.62e428p-1f * r + 1.0f;
  float middle = 0x1.c6b6e4p-5f * r + 0x1.ebf918p-3f;
  float high = 0x1.5c08e6p-10f * r + 0x1.3d0c52p-7f;
  float power = (high * square + middle) * square + low;
  return 1.0f + latent_float(latent_bits(power) + (latent_bits(whole) << 23));
}

#define LOG2_E 0x1.715476p0f

// tanh(x) = 1 - 2 / (1 + exp(2x))
static inline float FN(quick_tanh)(float x) { return 1.0f - 2.0f / FN(one_and_power)(2 * LOG2_E * x); }

// i, f, o become their sigmoids 1 / (1 + exp(-x)) and g its tanh, by one division: divisions are what takes longest. The product
// of the four, at most 2^120, and its reciprocal are far from where floats end.
static inline void FN(activate_gates)(float *i, float *f, float *g, float *o) {
  float a = FN(one_and_power)(-LOG2_E * *i), b = FN(one_and_power)(-LOG2_E * *f);
  float c = FN(one_and_power)(2 * LOG2_E * *g), d = FN(one_and_power)(-LOG2_E * *o);
  float ab = a * b, cd = c * d, reciprocal = 1.0f / (ab * cd);
  float one_in_ab = reciprocal * cd, one_in_cd = reciprocal * ab;
  *i = b * one_in_ab, *f = a * one_in_ab, *o = c * one_in_cd;
  *g = 1.0f - 2.0f * (d * one_in_cd);
}
#undef LOG2_E

// Whole multiples of 2^-16 where a gate is in 0...1, of 2^-15 in -1...1, to nearest, and 1 as the largest of them. bfloat16 would be
// wrong by 2^-9, and 1 - f by all of itself where f is near 1; these are wrong by 2^-17 and 2^-16 wherever they are. The sum leaves the
// whole number in the last bits again.
static inline uint16_t FN(keep)(float x) {
  float whole = x * 0x1p16f;  // exact
  return (uint16_t)latent_bits((whole < 65535 ? whole : 65535) + 0x1p23f);
}

static inline uint16_t FN(keep_signed)(float x) {
  float whole = x * 0x1p15f;
  return (uint16_t)latent_bits((whole < 32767 ? whole : 32767) + 0x1.8p23f);
}
