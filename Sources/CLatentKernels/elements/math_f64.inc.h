// Double-precision exp, log, log1p, sigmoid, softplus, tanh, erf, sine and cosine. The C library's differ in their last bits
// from system to system, and on one system from processor to processor. These are made of IEEE 754's exactly rounded
// operations alone, in the order written and without contraction, so that they have the same bits everywhere, without
// fused multiply-add too. They have no branches or calls either, so that loops over them vectorise.
//
// Infinities, NaN, zeros and their signs, and denormal arguments and results are those of the C library; threads that
// flush denormals get 0 for them. Each comment has the largest error in ulp that Tests/LatentKernelsTests allows.
#define EXACTLY _Pragma("clang fp contract(off)")

static inline uint64_t latent_bits64(double x) {
  union { double f; uint64_t u; } v = {.f = x};
  return v.u;
}

static inline double latent_double(uint64_t bits) {
  union { uint64_t u; double f; } v = {.u = bits};
  return v.f;
}

// ln 2 in two parts: the first has 33 significant bits, so that its products with exponents are exact.
#define LN2_HIGH 0x1.62e42feep-1
#define LN2_LOW 0x1.a39ef35793c76p-33
#define LOG2_E 0x1.71547652b82fep0
// As in math_f32.inc.h: rounds to an integer, which is left in the low bits with a bias.
#define ROUND_AND_ADD(bias) (0x1.8p52 + (bias))

// The sum of coefficient[i] x^(count - 1 - i).
static inline __attribute__((always_inline)) double latent_polynomial64(const double *coefficients, int count, double x) {
  EXACTLY
  double y = coefficients[0];
#pragma clang loop unroll(full)
  for (int i = 1; i < count; i++) y = y * x + coefficients[i];
  return y;
}
#define POLYNOMIAL(x, ...) \
  latent_polynomial64((const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double), x)

// What a b rounds off (Dekker 1971), to the last bit but one.
static inline double latent_product_error(double a, double b, double product) {
  EXACTLY
  double a_high = latent_double(latent_bits64(a) & ~UINT64_C(0x7ffffff)), a_low = a - a_high;
  double b_high = latent_double(latent_bits64(b) & ~UINT64_C(0x7ffffff)), b_low = b - b_high;
  return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
}

// (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2 by Taylor's series, which is exact to 2^-58 here.
static inline double latent_exp_tail64(double r) {
  return POLYNOMIAL(r, 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
                    1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5);
}

// exp(x + low) for -746 <= x <= 710 or NaN, where low is below 2^-43, such as what x was rounded by. The rounding errors of the
// reduction and of 1 + r are added at the end.
static inline double latent_exp_bounded64(double x, double low) {
  EXACTLY
  double t = x * LOG2_E + ROUND_AND_ADD(2 * 1023);
  double n = t - ROUND_AND_ADD(2 * 1023);
  double reduced = x - n * LN2_HIGH, r = reduced - n * LN2_LOW;
  double rest = ((reduced - r) - n * LN2_LOW) + low;
  double sum = 1.0 + r, lost = r - (sum - 1.0);
  double small = lost + latent_exp_tail64(r) * (r * r);
  double p = sum + (small + rest * (sum + small));
  uint64_t half = (latent_bits64(t) << 51) & UINT64_C(0x7ff0000000000000);  // as in latent_exp_bounded
  return p * latent_double(half) * latent_double((latent_bits64(t) << 52) - half);
}

// 0.7 ulp, and half a one more where the result is denormal
static inline double latent_exp64(double x) {
  x = x > 710.0 ? 710.0 : x;  // in this form a NaN stays
  x = x < -746.0 ? -746.0 : x;
  return latent_exp_bounded64(x, 0);
}

// exp(-|x|)
static inline double latent_exp_decay64(double x) {
  double a = latent_double(latent_bits64(x) | UINT64_C(0x8000000000000000));
  return latent_exp_bounded64(a < -746.0 ? -746.0 : a, 0);
}

// As latent_sigmoidf. 2.5 ulp
static inline double latent_sigmoid64(double x) {
  double e = latent_exp_decay64(x);
  return (x < 0 ? e : 1.0) / (1.0 + e);
}

// As latent_tanhf. From |x| = 19.1 on, the result rounds to 1. 2.7 ulp
static inline double latent_tanh64(double x) {
  EXACTLY
  double a = latent_double(latent_bits64(x + x) | UINT64_C(0x8000000000000000));
  a = a < -42.0 ? -42.0 : a;
  double t = a * LOG2_E + ROUND_AND_ADD(1023);
  double n = t - ROUND_AND_ADD(1023);
  double reduced = a - n * LN2_HIGH, r = reduced - n * LN2_LOW;
  double rest = (reduced - r) - n * LN2_LOW;
  double p = r + (latent_exp_tail64(r) * (r * r) + (rest + rest * r));  // exp(a) / 2^n - 1
  double scale = latent_double(latent_bits64(t) << 52);                 // 2^n
  double u = (1.0 - scale) - scale * p;
  double y = u / (2.0 - u);
  return latent_double(latent_bits64(y) | (latent_bits64(x) & UINT64_C(0x8000000000000000)));
}

// log(1 + f) + rest - minus_n ln 2 for sqrt(1/2) - 1 <= f <= sqrt(2) - 1. With s = f / (2 + f), log(1 + f) = 2 artanh(s), whose
// series is exact to 2^-65 here; written as f - (f^2 / 2 - s (f^2 / 2 + tail)), its largest term is exact.
static inline double latent_log_sum64(double minus_n, double f, double rest) {
  EXACTLY
  double s = f / (2.0 + f), z = s * s, half_square = 0.5 * f * f;
  double tail = z * POLYNOMIAL(z, 2.0 / 23, 2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13, 2.0 / 11, 2.0 / 9,
                               2.0 / 7, 2.0 / 5, 2.0 / 3);
  double small = s * (half_square + tail) + (rest + minus_n * -LN2_LOW);
  return minus_n * -LN2_HIGH + (f - (half_square - small));  // in this form a zero keeps its sign
}

// The exponent k of x = 2^k m with sqrt(1/2) <= m < sqrt(2), m to some bits, of a normal x.
static inline int32_t latent_exponent64(double x) {
  return ((int32_t)(latent_bits64(x) >> 32) - 0x3fe6a09e) >> 20;
}

// 0.9 ulp
static inline double latent_log64(double x) {
  EXACTLY
  int small = x < 0x1p-1022;
  double scaled = small ? x * 0x1p54 : x;
  int32_t k = latent_exponent64(scaled);
  double f = latent_double(latent_bits64(scaled) - ((uint64_t)(int64_t)k << 52)) - 1.0;
  double y = latent_log_sum64((double)-k + (small ? 54.0 : 0.0), f, 0);
  y = x > 0 ? y : (x == 0 ? -__builtin_inf() : __builtin_nan(""));
  return x < __builtin_inf() ? y : x;
}

// As latent_log1p_finite, and the rounding error of f is made good.
static inline double latent_log1p_finite64(double x) {
  EXACTLY
  int32_t k = latent_exponent64(1.0 + x);
  uint64_t shift = (uint64_t)(int64_t)-k << 52;
  double scaled = latent_double(latent_bits64(x) + shift);
  double twice = latent_double(UINT64_C(0x4000000000000000) + shift);  // 2 / 2^k
  double less = 1.0 - twice * 0.5, f = scaled - less;
  double back = f - scaled, lost = (scaled - (f - back)) - (less + back);  // Knuth's two-sum
  return latent_log_sum64((double)-k, f, lost / (1.0 + f));
}

// log(1 + x). 0.9 ulp
static inline double latent_log1p64(double x) {
  double y = latent_log1p_finite64(x);
  y = x > -1.0 ? y : (x == -1.0 ? -__builtin_inf() : __builtin_nan(""));
  return x < __builtin_inf() ? y : x;
}

// log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)). 1.5 ulp
static inline double latent_softplus64(double x) {
  return (x < 0 ? 0.0 : x) + latent_log1p_finite64(latent_exp_decay64(x));
}

// The error function: x + x P(x^2) for |x| <= 1, else 1 - exp(-x^2) Q((26 - 11 |x|) / (5 |x| + 10)), whose argument goes
// from 1 to -1 as |x| goes from 1 to 6, where the result is 1. P and Q interpolate erf(x) / x - 1 and exp(x^2) erfc(x) at
// Chebyshev's points. Both are computed and one is chosen, without branches. 1.5 ulp
static inline double latent_erf64(double x) {
  EXACTLY
  double a = latent_double(latent_bits64(x) & ~UINT64_C(0x8000000000000000)), square = x * x;
  double inner = POLYNOMIAL(square,
      0x1.05ffd737fb32ep-34, -0x1.389d4f2641625p-30, 0x1.f7b4bf3b13964p-27, -0x1.5f1ecb6f0764cp-23,
      0x1.b9df224ca4b97p-20, -0x1.f4d1e3183f7aep-17, 0x1.f9a321d5b8e1ep-14, -0x1.c02db3dac435fp-11,
      0x1.565bcd0dbaa38p-8, -0x1.b82ce31284e00p-6, 0x1.ce2f21a042b30p-4, -0x1.812746b0379e6p-2, 0x1.06eba8214db69p-3);
  double bounded = a < 1.0 ? 1.0 : (a > 6.0 ? 6.0 : a), product = bounded * bounded;
  double u = (26.0 - 11.0 * bounded) / (5.0 * bounded + 10.0);
  double outer = POLYNOMIAL(u,
      -0x1.07ba0bc13c02bp-40, 0x1.0cda2fef0caa2p-41, 0x1.856a7ec37fe58p-36, -0x1.487a382ab6ffap-34,
      -0x1.276fe8c0f5f6fp-32, 0x1.68c73d873f374p-29, -0x1.4396d5f4bf6b5p-31, -0x1.2ce0e09ffa765p-24,
      0x1.5f1cbb3898510p-23, 0x1.09b13b489279dp-19, -0x1.ec9d234ee5232p-18, -0x1.52ddf80316e77p-14,
      0x1.9d6e4a467785ep-13, 0x1.6e44c7276371ap-8, 0x1.3be3609c853abp-5, 0x1.4b8edae15a040p-3, 0x1.c57cd9cd3f3a9p-3);
  double tail = latent_exp_bounded64(-product, -latent_product_error(bounded, bounded, product)) * outer;
  double far = latent_double(latent_bits64(1.0 - tail) | (latent_bits64(x) & UINT64_C(0x8000000000000000)));
  double result = a <= 1.0 ? x + x * inner : far;
  return x == x ? result : x;
}

// log Gamma(x) for x > 0 by Stirling's series at x, or for x < 8 at x + 8, from which log (x (x + 1) ... (x + 7)) is taken away.
// The error is 4 ulp or 2e-14, whichever is more: near 1 and 2 the result comes near 0.
static inline double latent_log_gamma64(double x) {
  EXACTLY
  int is_small = x < 8.0;
  double product = ((x * (x + 1.0)) * ((x + 2.0) * (x + 3.0))) * (((x + 4.0) * (x + 5.0)) * ((x + 6.0) * (x + 7.0)));
  double z = is_small ? x + 8.0 : x, r = 1.0 / z;
  double series = r * POLYNOMIAL(r * r, -3617.0 / 122400, 1.0 / 156, -691.0 / 360360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260,
                                 -1.0 / 360, 1.0 / 12);
  double y = ((z - 0.5) * latent_log64(z) - z) + (0x1.d67f1c864beb5p-1 + series);  // log(2 pi) / 2
  y = y - latent_log64(is_small ? product : 1.0);
  y = x > 0 ? y : (x == 0 ? __builtin_inf() : __builtin_nan(""));
  return x < __builtin_inf() ? y : x;
}

// The derivative of log Gamma(x) for x > 0, likewise; from psi(x + 8) the sum of 1 / x ... 1 / (x + 7) is taken away.
// The error is 4 ulp or 2e-14.
static inline double latent_digamma64(double x) {
  EXACTLY
  int is_small = x < 8.0;
  double sum = ((1.0 / (x + 7.0) + 1.0 / (x + 6.0)) + (1.0 / (x + 5.0) + 1.0 / (x + 4.0)))
      + ((1.0 / (x + 3.0) + 1.0 / (x + 2.0)) + 1.0 / (x + 1.0));
  double z = is_small ? x + 8.0 : x, r = 1.0 / z, s = r * r;
  double series = s * POLYNOMIAL(s, -3617.0 / 8160, 1.0 / 12, -691.0 / 32760, 1.0 / 132, -1.0 / 240, 1.0 / 252,
                                 -1.0 / 120, 1.0 / 12);
  double y = latent_log64(z) - (0.5 * r + series);
  y = is_small ? (y - sum) - 1.0 / x : y;
  return x > 0 ? y : (x == 0 ? -__builtin_inf() : __builtin_nan(""));
}

// sin(r) and cos(r) for |r| <= pi/4 by Taylor's series. 0.8 ulp
static inline double latent_sine64(double r) {
  EXACTLY
  double z = r * r;
  double p = POLYNOMIAL(z, 1.0 / 355687428096000, -1.0 / 1307674368000, 1.0 / 6227020800, -1.0 / 39916800, 1.0 / 362880,
                        -1.0 / 5040, 1.0 / 120, -1.0 / 6);
  return p * z * r + r;
}

static inline double latent_cosine64(double r) {
  EXACTLY
  double z = r * r, half = 0.5 * z, most = 1.0 - half;
  double p = POLYNOMIAL(z, 1.0 / 20922789888000, -1.0 / 87178291200, 1.0 / 479001600, -1.0 / 3628800, 1.0 / 40320,
                        -1.0 / 720, 1.0 / 24);
  return most + (((1.0 - most) - half) + p * (z * z));
}
