// Single-precision exp, log, log1p, sigmoid, softplus and tanh, without branches or calls, so that loops over them
// vectorise with any instruction set. The method is that of Cephes (Moshier 1992): reduce the argument by a multiple
// of ln 2, evaluate a minimax polynomial, put the exponent back with integer arithmetic.
//
// Infinities, NaN, zeros and their signs, and denormal arguments and results are those of the C library; on a thread
// that flushes denormals, such results are 0 and such arguments count as 0. Each comment has the largest error over
// all 2^32 floats in ulp, as scripts/exhaustive-ulp measures it: without and with fused multiply-add.
#include <stdint.h>

static inline uint32_t latent_bits(float x) {
  union { float f; uint32_t u; } v = {.f = x};
  return v.u;
}

static inline float latent_float(uint32_t bits) {
  union { uint32_t u; float f; } v = {.u = bits};
  return v.f;
}

// ln 2 in two parts, both positive: the first has 12 significant bits, so that its products with exponents are exact.
#define LN2_HIGH 0x1.62ep-1f
#define LN2_LOW 0x1.0bfbe8p-15f
#define LOG2_E 1.44269504f

// Adding 1.5 * 2^23 rounds a float to an integer, and leaves that integer in the low bits of the sum. What is added
// to the constant is added to the integer: the bias of an exponent, for example.
#define ROUND_AND_ADD(bias) (0x1.8p23f + (bias))

// (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2: minimax for the relative error of exp(r) - 1, which is 1.4e-8.
static inline float latent_exp_tail(float r) {
  float square = r * r;
  float low = 0x1.5554b4p-3f * r + 0x1.fffffep-2f;
  float high = 0x1.122542p-7f * r + 0x1.5556f4p-5f;
  high = 0x1.6b9a2ap-10f * square + high;
  return high * square + low;
}

// exp(x) for -104 <= x <= 89 or NaN. The power of two is applied as two factors, so that neither leaves the range of
// normal numbers where the result is denormal (rounded once, then) or infinite.
static inline float latent_exp_bounded(float x) {
  float t = x * LOG2_E + ROUND_AND_ADD(2 * 127);
  float n = t - ROUND_AND_ADD(2 * 127);
  float r = x - n * LN2_HIGH;
  r = r - n * LN2_LOW;
  float p = latent_exp_tail(r) * r + 1.0f;
  uint32_t low = (latent_bits(t) << 22) & 0x7f800000;  // the exponent n / 2 rounded down, with its bias
  uint32_t high = (latent_bits(t) << 23) - low;        // n / 2 rounded up
  p = p * (r * latent_float(low)) + latent_float(low);
  return p * latent_float(high);
}

// 1.23 ulp, with fused multiply-add 0.92
static inline float latent_expf(float x) {
  x = x > 89.0f ? 89.0f : x;  // in this form a NaN stays
  x = x < -104.0f ? -104.0f : x;
  return latent_exp_bounded(x);
}

// exp(-|x|)
static inline float latent_exp_decay(float x) {
  float a = latent_float(latent_bits(x) | 0x80000000);
  return latent_exp_bounded(a < -104.0f ? -104.0f : a);
}

// 1 / (1 + exp(-x)), as exp(x) / (1 + exp(x)) where x < 0: nothing overflows, and small results keep their precision.
// 2.41 ulp in all variants
static inline float latent_sigmoidf(float x) {
  float e = latent_exp_decay(x);
  return (x < 0 ? e : 1.0f) / (1.0f + e);
}

// With u = 1 - exp(-2|x|): tanh |x| = u / (2 - u), which never exceeds 1. From |x| = 9.02 on, the result rounds to 1.
// 2.50 ulp in all variants
static inline float latent_tanhf(float x) {
  float a = latent_float(latent_bits(x + x) | 0x80000000);
  a = a < -20.0f ? -20.0f : a;
  float t = a * LOG2_E + ROUND_AND_ADD(127);
  float n = t - ROUND_AND_ADD(127);
  float r = a - n * LN2_HIGH;
  r = r - n * LN2_LOW;
  float p = latent_exp_tail(r) * (r * r) + r;         // exp(r) - 1
  float scale = latent_float(latent_bits(t) << 23);  // 2^n
  float u = (1.0f - scale) - scale * p;
  float y = u / (2.0f - u);
  return latent_float(latent_bits(y) | (latent_bits(x) & 0x80000000));
}

// log(1 + f) - f for sqrt(1/2) - 1 <= f <= sqrt(2) - 1, given f: -f^2 / 2 + f^3 P(f), with P minimax for the relative
// error of log(1 + f), which is 5.9e-9.
static inline float latent_log_tail(float f) {
  float square = f * f, fourth = square * square;
  float a = -0x1.000226p-2f * f + 0x1.555554p-2f;
  float b = -0x1.547282p-3f * f + 0x1.99a01ap-3f;
  float c = -0x1.0d82e2p-3f * f + 0x1.22d954p-3f;
  float d = -0x1.38c522p-4f * f + 0x1.055e4ap-3f;
  a = b * square + a;
  c = d * square + c;
  float p = c * fourth + a;
  return p * (f * square) - 0.5f * square;
}

// 0.92 ulp, with fused multiply-add 0.90
static inline float latent_logf(float x) {
  int small = x < 0x1p-126f;
  uint32_t bits = latent_bits(small ? x * 0x1p23f : x);
  int32_t k = (int32_t)(bits - 0x3f3504f3) >> 23;  // x = 2^k m with sqrt(1/2) <= m < sqrt(2)
  float f = latent_float(bits - ((uint32_t)k << 23)) - 1.0f;
  float n = (float)k - (small ? 23.0f : 0.0f);
  float y = latent_log_tail(f) + n * LN2_LOW;
  y = (f + y) + n * LN2_HIGH;
  y = x > 0 ? y : (x == 0 ? -__builtin_inff() : __builtin_nanf(""));
  return x < __builtin_inff() ? y : x;
}

// log(1 + x) for finite x > -1. The exponent k is that of the rounded sum 1 + x, but f = (1 + x) / 2^k - 1 is computed
// from x without that rounding, as x / 2^k + (1 / 2^k - 1). Where k = 0, f is x itself, down to denormals and -0.
static inline float latent_log1p_finite(float x) {
  int32_t minus_k = (int32_t)(0x3fb504f3 - latent_bits(1.0f + x)) >> 23;
  uint32_t shift = (uint32_t)minus_k << 23;
  float scaled = latent_float(latent_bits(x) + shift);
  float twice = latent_float(0x40000000 + shift);  // 2 / 2^k: 0 at k = 128, where 1 / 2^k would leave the format
  float f = scaled - (1.0f - twice * 0.5f);  // in this form, and with -LN2 below, a zero keeps its sign
  float n = (float)minus_k;
  float y = latent_log_tail(f) + n * -LN2_LOW;
  return (f + y) + n * -LN2_HIGH;
}

// log(1 + x): 1.46 ulp, with fused multiply-add 1.48
static inline float latent_log1pf(float x) {
  float y = latent_log1p_finite(x);
  y = x > -1.0f ? y : (x == -1.0f ? -__builtin_inff() : __builtin_nanf(""));
  return x < __builtin_inff() ? y : x;
}

// log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)). 1.62 ulp among 4.2 million floats spread evenly over all patterns
static inline float latent_softplusf(float x) {
  return (x < 0 ? 0.0f : x) + latent_log1p_finite(latent_exp_decay(x));
}

// The error function (Moshier 1992): an odd polynomial for |x| <= 1, else 1 - exp(-x^2) / |x| times a polynomial in 1 / x^2
// of its own below 2 and above. Both are computed and one is chosen, without branches.
// 2.47 ulp with fused multiply-add, below 2.5 in all variants
static inline float latent_erff(float x) {
  float a = latent_float(latent_bits(x) & 0x7fffffff), square = x * x;
  float inner = 7.853861353153693e-5f;
  inner = inner * square + -8.010193625184903e-4f;
  inner = inner * square + 5.188327685732524e-3f;
  inner = inner * square + -2.685381193529856e-2f;
  inner = inner * square + 1.128358514861418e-1f;
  inner = inner * square + -3.761262582423300e-1f;
  inner = inner * square + 1.128379165726710e+0f;
  float bounded = a < 1.0f ? 1.0f : (a > 10.0f ? 10.0f : a);  // erf is 1 from 4 on
  float q = 1.0f / bounded, y = q * q;
  float near = 2.326819970068386e-2f;
  near = near * y + -1.387039388740657e-1f;
  near = near * y + 3.687424674597105e-1f;
  near = near * y + -5.824733027278666e-1f;
  near = near * y + 6.210004621745983e-1f;
  near = near * y + -4.944515323274145e-1f;
  near = near * y + 3.404879937665872e-1f;
  near = near * y + -2.741127028184656e-1f;
  near = near * y + 5.638259427386472e-1f;
  float far = -1.047766399936249e+1f;
  far = far * y + 1.297719955372516e+1f;
  far = far * y + -7.495518717768503e+0f;
  far = far * y + 2.921019019210786e+0f;
  far = far * y + -1.015265279202700e+0f;
  far = far * y + 4.218463358204948e-1f;
  far = far * y + -2.820767439740514e-1f;
  far = far * y + 5.641895067754075e-1f;
  float tail = latent_expf(-bounded * bounded) * q * (bounded < 2.0f ? near : far);
  float outer = latent_float(latent_bits(1.0f - tail) | (latent_bits(x) & 0x80000000));
  float result = a <= 1.0f ? x * inner : outer;
  return x == x ? result : x;
}

#undef LN2_HIGH
#undef LN2_LOW
#undef LOG2_E
#undef ROUND_AND_ADD
