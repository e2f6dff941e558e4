// exp(x) - 1, the hyperbolic functions and their inverses in double precision, as in trigonometric.inc.h. Floats are computed with
// them too.

// exp(x) - 1 = 2^n (exp(r) - 1) + (2^n - 1), all halved until the end so that 2^n stays finite. 0.9 ulp
static inline __attribute__((always_inline)) double latent_expm1_64(double x) {
  EXACTLY
  double a = x > 710.0 ? 710.0 : x;  // in this form a NaN stays
  a = a < -42.0 ? -42.0 : a;         // the result rounds to -1
  double t = a * LOG2_E + ROUND_AND_ADD(1022);
  double n = t - ROUND_AND_ADD(1022);
  double reduced = a - n * LN2_HIGH, r = reduced - n * LN2_LOW;
  double rest = (reduced - r) - n * LN2_LOW;
  double small = latent_exp_tail64(r) * (r * r) + (rest + rest * r);
  double scale = latent_double(latent_bits64(t) << 52);  // 2^n / 2
  double less = scale - 0.5, less_back = less - scale, less_lost = (scale - (less - less_back)) - (0.5 + less_back);
  double most = scale * r, sum = less + most, back = sum - less;
  double lost = (less - (sum - back)) + (most - back);  // Knuth's two-sum
  double y = 2.0 * (sum + (scale * small + (lost + less_lost)));
  return __builtin_fabs(x) < 0x1p-54 ? x : y;
}

// exp(x) / 2 for x >= 0, as exp(x - ln 2): finite wherever the hyperbolic functions are.
static inline __attribute__((always_inline)) double latent_half_exp64(double x) {
  EXACTLY
  double a = x > 711.0 ? 711.0 : x;
  double less = a - 0x1.62e42fefa39efp-1, back = less - a;
  double lost = (a - (less - back)) - (0x1.62e42fefa39efp-1 + back);
  return latent_exp_bounded64(less, lost - 0x1.abc9e3b39803fp-56);
}

// With u = exp(|x|) - 1: (u + u / (u + 1)) / 2, and exp(|x|) / 2 from 22 on. 2.1 ulp
static inline __attribute__((always_inline)) double latent_sinh64(double x) {
  EXACTLY
  double a = latent_double(latent_bits64(x) & ~UINT64_C(0x8000000000000000));
  double u = latent_expm1_64(a > 22.0 ? 22.0 : a);
  double y = a > 22.0 ? latent_half_exp64(a) : 0.5 * (u + u / (u + 1.0));
  return latent_double(latent_bits64(y) | (latent_bits64(x) & UINT64_C(0x8000000000000000)));
}

// With h = exp(|x|) / 2: h + 1 / 4h. 1.1 ulp
static inline __attribute__((always_inline)) double latent_cosh64(double x) {
  EXACTLY
  double h = latent_half_exp64(latent_double(latent_bits64(x) & ~UINT64_C(0x8000000000000000)));
  return h + 0.25 / h;
}

// log1p(a + a^2 / (1 + sqrt(a^2 + 1))) of a = |x|, and log(2a) where a^2 is as good as a^2 + 1. 1.8 ulp
static inline __attribute__((always_inline)) double latent_asinh64(double x) {
  EXACTLY
  double a = latent_double(latent_bits64(x) & ~UINT64_C(0x8000000000000000));
  double b = a > 0x1p28 ? 0x1p28 : a, square = b * b;
  double near = latent_log1p64(b + square / (1.0 + __builtin_sqrt(square + 1.0)));
  double y = a > 0x1p28 ? latent_log64(a) + 0x1.62e42fefa39efp-1 : near;
  return latent_double(latent_bits64(y) | (latent_bits64(x) & UINT64_C(0x8000000000000000)));
}

// log1p(t + sqrt(2t + t^2)) of t = x - 1, and log(2x) for large x; NaN for x < 1. 2.1 ulp
static inline __attribute__((always_inline)) double latent_acosh64(double x) {
  EXACTLY
  double t = (x > 0x1p28 ? 0x1p28 : x) - 1.0;
  double near = latent_log1p64(t + __builtin_sqrt(2.0 * t + t * t));
  double y = x > 0x1p28 ? latent_log64(x) + 0x1.62e42fefa39efp-1 : near;
  return x >= 1.0 ? y : __builtin_nan("");
}

// log1p(2a / (1 - a)) / 2 of a = |x|; infinite at 1, NaN beyond. 1.7 ulp
static inline __attribute__((always_inline)) double latent_atanh64(double x) {
  EXACTLY
  double a = latent_double(latent_bits64(x) & ~UINT64_C(0x8000000000000000));
  double twice = 2.0 * a, near = twice + twice * a / (1.0 - a), far = twice / (1.0 - a);
  double y = 0.5 * latent_log1p64(a < 0.5 ? near : far);
  y = a > 1.0 ? __builtin_nan("") : y;
  return latent_double(latent_bits64(y) | (latent_bits64(x) & UINT64_C(0x8000000000000000)));
}
