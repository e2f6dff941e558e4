// x^y = exp(y log|x|), with the logarithm as a sum of two doubles, some 2^-66 exact: y log|x| may be as large as 745, and
// its error becomes the result's. The logarithm is that of latent_log_sum64, its first two terms with their rounding errors.
// Special values are those of C99's pow. 0.7 ulp, the same bits everywhere (math_f64.inc.h).

static inline double latent_power_of_positive(double x, double y) {
  EXACTLY
  int small = x < 0x1p-1022;
  double scaled = small ? x * 0x1p54 : x;
  int32_t exponent = latent_exponent64(scaled);
  double f = latent_double(latent_bits64(scaled) - ((uint64_t)(int64_t)exponent << 52)) - 1.0;
  double n = (double)exponent - (small ? 54.0 : 0.0);
  // s = f / (2 + f), z = s^2
  double sum = 2.0 + f, sum_low = f - (sum - 2.0);
  double s = f / sum, product = s * sum;
  double s_low = ((f - product) - latent_product_error(s, sum, product) - s * sum_low) / sum;
  double z = s * s, z_low = latent_product_error(s, s, z) + 2.0 * s * s_low;
  // w = s^3 (2/3 + 2/5 z + ...)
  double tail = z * POLYNOMIAL(z, 2.0 / 27, 2.0 / 25, 2.0 / 23, 2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13,
                               2.0 / 11, 2.0 / 9, 2.0 / 7, 2.0 / 5);
  double factor = 2.0 / 3 + tail, factor_low = (tail - (factor - 2.0 / 3)) + 0x1.5555555555555p-55;
  double cube = z * s, cube_low = latent_product_error(z, s, cube) + (z * s_low + z_low * s);
  double w = cube * factor;
  double w_low = latent_product_error(cube, factor, w) + (cube * factor_low + cube_low * factor);
  // log x = n ln 2 + 2 s + w, whose terms become smaller
  double high = n * LN2_HIGH, twice = 2.0 * s;
  double first = high + twice, first_back = first - high;
  double first_low = (high - (first - first_back)) + (twice - first_back);
  double second = first + w, second_back = second - first;
  double second_low = (first - (second - second_back)) + (w - second_back);
  double rest = (first_low + second_low) + (n * LN2_LOW + (2.0 * s_low + w_low));
  double log = second + rest, log_low = rest - (log - second);
  double power = y * log;
  double power_low = latent_product_error(y, log, power) + y * log_low;
  int is_inside = power > -746.0 && power < 710.0;
  double bounded = is_inside ? power : (power > 0 ? 710.0 : -746.0);
  return latent_exp_bounded64(bounded, is_inside ? power_low : 0.0);
}

static inline double latent_power64(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return x + y;
  double a = x < 0 ? -x : x;
  // A double of 2^53 or more is even.
  int is_whole = __builtin_fabs(y) >= 0x1p53 || (double)(int64_t)y == y;
  int is_odd = is_whole && __builtin_fabs(y) < 0x1p53 && ((int64_t)y & 1);
  int is_negative = is_odd && latent_bits64(x) >> 63;
  double result;
  if (y - y != 0)
    return a == 1 ? 1 : (a > 1) == (y > 0) ? __builtin_inf() : 0;
  else if (a == 0 || a - a != 0)
    result = (a == 0) == (y > 0) ? 0 : __builtin_inf();
  else if (x < 0 && !is_whole)
    return __builtin_nan("");
  else
    result = latent_power_of_positive(a, y);
  return is_negative ? -result : result;
}

#undef LN2_HIGH
#undef LN2_LOW
#undef LOG2_E
#undef ROUND_AND_ADD
#undef POLYNOMIAL
