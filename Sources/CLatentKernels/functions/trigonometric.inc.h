// Sine, cosine, tangent and arc tangents in double precision, made as those of math_f64.inc.h are: the same bits everywhere, no
// branches or calls. Floats are computed with them too: 0.5001 ulp.
// Zeros and their signs, infinities and NaN are those of C99. Each comment has the largest error in ulp that
// Tests/LatentKernelsTests allows.

// pi/2 as a sum of three, the first two of 33 bits, so that their products with whole numbers below 2^20 are exact
// (W. Cody and W. Waite, "Software Manual for the Elementary Functions", 1980).
#define HALF_PI_1 0x1.921fb544p+0
#define HALF_PI_2 0x1.0b4611a6p-34
#define HALF_PI_3 0x1.3198a2e037073p-69
// And of two.
#define HALF_PI_HIGH 0x1.921fb54442d18p+0
#define HALF_PI_LOW 0x1.1a62633145c07p-54
// Beyond it, latent_large_angle64 reduces.
#define LARGE_ANGLE 0x1.8p20

// An angle less a whole number of quarter turns: high + low, at most pi/4 and a little, and that number but for multiples of 4.
typedef struct {
  double high, low;
  uint64_t quarter;
} latent_angle64;

static inline __attribute__((always_inline)) latent_angle64 latent_small_angle64(double x) {
  EXACTLY
  double t = x * 0x1.45f306dc9c883p-1 + 0x1.8p52, n = t - 0x1.8p52;
  double first = x - n * HALF_PI_1, w = n * HALF_PI_2, second = first - w;
  w = n * HALF_PI_3 - ((first - second) - w);
  double high = second - w;
  return (latent_angle64){high, (second - high) - w, latent_bits64(t)};
}

// The same of any number, by whole numbers: x = m 2^e is multiplied by those bits of 2/pi which make a difference
// (M. Payne and R. Hanek, "Radian reduction for trigonometric functions", 1983).
static inline latent_angle64 latent_large_angle64(double x) {
  EXACTLY
  static const uint64_t two_by_pi[] = {  // after 64 bits before the point
      0, UINT64_C(0xa2f9836e4e441529), UINT64_C(0xfc2757d1f534ddc0), UINT64_C(0xdb6295993c439041),
      UINT64_C(0xfe5163abdebbc561), UINT64_C(0xb7246e3a424dd2e0), UINT64_C(0x06492eea09d1921c),
      UINT64_C(0xfe1deb1cb129a73e), UINT64_C(0xe88235f52ebb4484), UINT64_C(0xe99c7026b45f7e41),
      UINT64_C(0x3991d639835339f4), UINT64_C(0x9c845f8bbdf9283b), UINT64_C(0x1ff897ffde05980f),
      UINT64_C(0xef2f118b5a0a6d1f), UINT64_C(0x6d367ecf27cb09b7), UINT64_C(0x4f463f669e5fea2d),
      UINT64_C(0x7527bac7ebe5f17b), UINT64_C(0x3d0739f78a5292ea), UINT64_C(0x6bfb5fb11f8d5d08),
      UINT64_C(0x56033046fc7b6bab), UINT64_C(0xf0cfbc209af4361d)};
  if (x - x != 0) return (latent_angle64){__builtin_nan(""), 0, 0};
  uint64_t bits = latent_bits64(x), m = (bits & UINT64_C(0xfffffffffffff)) | UINT64_C(0x10000000000000);
  int start = (int)(bits >> 52 & 0x7ff) - 1075 + 62;  // bits before it give multiples of 4 quarter turns
  const uint64_t *word = two_by_pi + start / 64;
  int shift = start % 64;
  uint64_t window[3];
  for (int k = 0; k < 3; k++) window[k] = shift == 0 ? word[k] : word[k] << shift | word[k + 1] >> (64 - shift);
  unsigned __int128 last = (unsigned __int128)m * window[2];
  unsigned __int128 middle = (unsigned __int128)m * window[1] + (uint64_t)(last >> 64);
  uint64_t top = m * window[0] + (uint64_t)(middle >> 64);
  // The first two bits are whole quarter turns; what follows is taken as a fraction from -1/2 to 1/2.
  unsigned __int128 fraction = ((unsigned __int128)top << 64 | (uint64_t)middle) << 2 | (uint64_t)last >> 62;
  uint64_t half = (uint64_t)(fraction >> 127), quarter = (top >> 62) + half;
  if (half) fraction = -fraction;
  int zeros = 0;
  while (zeros < 127 && !(fraction >> 127)) fraction <<= 1, zeros++;
  double scale = latent_double((uint64_t)(1023 - 64 - zeros) << 52);
  double high = (double)((uint64_t)(fraction >> 64) & ~UINT64_C(0x7ff)) * scale;
  double low = (double)(uint64_t)(fraction << 53 >> 64) * (scale * 0x1p-53);
  double product = high * HALF_PI_HIGH;
  double rest = latent_product_error(high, HALF_PI_HIGH, product) + (high * HALF_PI_LOW + low * HALF_PI_HIGH);
  double sign = (bits >> 63 != 0) != (half != 0) ? -1.0 : 1.0;
  return (latent_angle64){sign * product, sign * rest, bits >> 63 ? 0 - quarter : quarter};
}

// The polynomials are those of latent_sine64 and latent_cosine64, and `low` is added to the first order.
static inline __attribute__((always_inline)) double latent_angle_sine64(latent_angle64 a) {
  EXACTLY
  double z = a.high * a.high;
  double p = POLYNOMIAL(z, 1.0 / 355687428096000, -1.0 / 1307674368000, 1.0 / 6227020800, -1.0 / 39916800, 1.0 / 362880,
                        -1.0 / 5040, 1.0 / 120, -1.0 / 6);
  return a.high + (p * z * a.high + a.low * (1.0 - 0.5 * z));
}

static inline __attribute__((always_inline)) double latent_angle_cosine64(latent_angle64 a) {
  EXACTLY
  double z = a.high * a.high, half = 0.5 * z, most = 1.0 - half;
  double p = POLYNOMIAL(z, 1.0 / 20922789888000, -1.0 / 87178291200, 1.0 / 479001600, -1.0 / 3628800, 1.0 / 40320,
                        -1.0 / 720, 1.0 / 24);
  return most + (((1.0 - most) - half) + (p * (z * z) - a.high * a.low));
}

static inline __attribute__((always_inline)) double latent_negated64(double x, uint64_t is_negative) {
  return latent_double(latent_bits64(x) ^ is_negative << 63);
}

// 0.85 ulp
static inline __attribute__((always_inline)) double latent_sin_of64(double x, latent_angle64 a) {
  double s = latent_angle_sine64(a), c = latent_angle_cosine64(a);
  double y = latent_negated64(a.quarter & 1 ? c : s, a.quarter >> 1 & 1);
  return x == 0 ? x : y;
}

// 0.85 ulp
static inline __attribute__((always_inline)) double latent_cos_of64(double x, latent_angle64 a) {
  (void)x;
  double s = latent_angle_sine64(a), c = latent_angle_cosine64(a);
  return latent_negated64(a.quarter & 1 ? s : c, (a.quarter + 1) >> 1 & 1);
}

// 2.3 ulp
static inline __attribute__((always_inline)) double latent_tan_of64(double x, latent_angle64 a) {
  EXACTLY
  double s = latent_angle_sine64(a), c = latent_angle_cosine64(a);
  int odd = a.quarter & 1;
  double y = (odd ? -c : s) / (odd ? s : c);
  return x == 0 ? x : y;
}

// atan(x) by x + x z P(z) with z = x^2, |x| <= tan(pi/8); P interpolates at Chebyshev's points.
static inline __attribute__((always_inline)) double latent_small_arc64(double x) {
  EXACTLY
  double z = x * x;
  double p = POLYNOMIAL(z,
      0x1.0ac7d30246b40p-6, -0x1.1b2e7e44a9f30p-5, 0x1.74dbcb62cba4bp-5, -0x1.ac7a2164fffd8p-5, 0x1.e19a0439e6834p-5,
      -0x1.110e875de7b46p-4, 0x1.3b1392d04b914p-4, -0x1.745d165d9ee29p-4, 0x1.c71c71c30300bp-4, -0x1.249249248d7cap-3,
      0x1.9999999999953p-3, -0x1.5555555555555p-2);
  return p * z * x;  // without x itself
}

// The angle of the point (x, y) from -pi to pi. Of the smaller of |x| and |y| over the larger one, the arc is taken directly or,
// beyond tan(pi/8), as pi/4 + atan((smaller - larger) / (smaller + larger)). 1.6 ulp; atan(y) is that of (1, y)
static inline __attribute__((always_inline)) double latent_atan2_64(double y, double x) {
  EXACTLY
  const uint64_t sign = UINT64_C(0x8000000000000000);
  double a = latent_double(latent_bits64(x) & ~sign), b = latent_double(latent_bits64(y) & ~sign);
  int is_steep = b > a;
  double larger = is_steep ? b : a, smaller = is_steep ? a : b;
  // Sums stay finite, and infinities become numbers whose ratio is right.
  double scale = larger > 0x1p1000 ? 0x1p-60 : (larger < 0x1p-900 ? 0x1p120 : 1.0);
  double bounded = larger == __builtin_inf() ? 0x1p1000 : larger * scale;
  double other = smaller == __builtin_inf() ? 0x1p1000 : (larger == __builtin_inf() ? 0.0 : smaller * scale);
  int is_wide = other > bounded * 0.41421356237309503;
  double top = is_wide ? other - bounded : other, bottom = is_wide ? other + bounded : bounded;
  double t = top / (bottom == 0 ? 1.0 : bottom);
  // base + t + rest, with its sign turned where the angle is taken from pi/2 or pi
  double high = is_wide ? HALF_PI_HIGH / 2 : 0.0, low = is_wide ? HALF_PI_LOW / 2 : 0.0;
  double rest = latent_small_arc64(t);
  int is_left = latent_bits64(x) >> 63 != 0;
  if (is_steep) high = HALF_PI_HIGH - high, low = HALF_PI_LOW - low, t = -t, rest = -rest;
  if (is_left) high = 2 * HALF_PI_HIGH - high, low = 2 * HALF_PI_LOW - low, t = -t, rest = -rest;
  double sum = high + t, lost = (high - sum) + t;  // |t| is less than high, or high is 0
  double angle = sum + (rest + (high == 0 ? 0.0 : lost + low));
  angle = x != x ? x : (y != y ? y : angle);
  return latent_double(latent_bits64(angle) | (latent_bits64(y) & sign));
}

static inline __attribute__((always_inline)) double latent_atan64(double x) { return latent_atan2_64(x, 1.0); }
