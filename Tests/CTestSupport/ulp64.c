#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ctest_support.h"

// By Newton's iteration from Winitzki's approximation (2008).
static long double erfinvl(long double x) {
  long double a = fabsl(x), pi = 3.14159265358979323846264338327950288L;
  if (!(a < 1)) return a == 1 ? copysignl(INFINITY, x) : NAN;
  if (x == 0) return x;
  long double l = log1pl(-a * a), u = 2 / (pi * 0.147L) + l / 2, y = sqrtl(sqrtl(u * u - l / 0.147L) - u);
  if (a < 1e-6L) y = a * sqrtl(pi) / 2;
  for (int i = 0; i < 6; i++)
    y -= (a < 0.5L ? erfl(y) - a : (1 - a) - erfcl(y)) * sqrtl(pi) / 2 * expl(y * y);
  return copysignl(y, x);
}

static long double reference(ulp_function function, long double x) {
  switch (function) {
    case ulp_exp: return expl(x);
    case ulp_log: return logl(x);
    case ulp_log1p: return log1pl(x);
    case ulp_sigmoid: return 1 / (1 + expl(-x));
    case ulp_softplus: return x > 0 ? x + log1pl(expl(-x)) : log1pl(expl(x));
    case ulp_tanh: return tanhl(x);
    case ulp_erf: return erfl(x);
    case ulp_sin: return sinl(x);
    case ulp_cos: return cosl(x);
    case ulp_tan: return tanl(x);
    case ulp_atan: return atanl(x);
    case ulp_expm1: return expm1l(x);
    case ulp_sinh: return sinhl(x);
    case ulp_cosh: return coshl(x);
    case ulp_asinh: return asinhl(x);
    case ulp_acosh: return acoshl(x);
    case ulp_atanh: return atanhl(x);
    case ulp_erfinv: return erfinvl(x);
    default: return NAN;
  }
}

static double ulp64_distance(double got, long double expected) {
  if (isnan(expected)) return isnan(got) ? 0 : INFINITY;
  if (isnan(got)) return INFINITY;
  if (expected == 0) return got == 0 && !signbit(got) == !signbit(expected) ? 0 : INFINITY;
  // An infinity stands for 2^1024.
  long double g = isinf(got) ? copysignl(0x1p1024L, got) : got;
  long double e = fabsl(expected) > 0x1p1024L ? copysignl(0x1p1024L, expected) : expected;
  int exponent;
  frexpl(e, &exponent);
  if (exponent > 1024) exponent = 1024;
  if (exponent < -1021) exponent = -1021;  // denormals have the spacing of the smallest normal numbers
  return (double)(fabsl(g - e) / ldexpl(1, exponent - 53));
}

ulp64_report ulp64_sweep(ulp_function function, ulp_loop loop, double low, double high, size_t count) {
  double *x = malloc(count * sizeof(double)), *y = malloc(count * sizeof(double));
  uint64_t state = 88172645463325252u;
  for (size_t i = 0; i < count; i++) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;  // xorshift (Marsaglia 2003)
    if (low < high)
      x[i] = low + (high - low) * (double)(state >> 11) * 0x1p-53;
    else
      memcpy(&x[i], &state, sizeof state);  // any bits
  }
  loop(x, y, count);
  ulp64_report report = {0, 0, 0};
  for (size_t i = 0; i < count; i++) {
    double distance = ulp64_distance(y[i], reference(function, x[i]));
    if (distance > report.max_ulp) report = (ulp64_report){distance, x[i], y[i]};
  }
  free(x), free(y);
  return report;
}

ulp64_report ulp64_sweep_powers(double (*power)(double, double), double low, double high, double most, size_t count) {
  uint64_t state = 88172645463325252u;
  ulp64_report report = {0, 0, 0};
  for (size_t i = 0; i < count; i++) {
    double numbers[2];
    for (int j = 0; j < 2; j++) {
      state ^= state << 13, state ^= state >> 7, state ^= state << 17;
      numbers[j] = (double)(state >> 11) * 0x1p-53;
    }
    double x = low + (high - low) * numbers[0], y = most * (2 * numbers[1] - 1), got = power(x, y);
    double distance = ulp64_distance(got, powl(x, y));
    if (distance > report.max_ulp) report = (ulp64_report){distance, x, got};
  }
  return report;
}

double ulp64_of_cosine(double x, double got) { return ulp64_distance(got, cosl(3.14159265358979323846264338327950288L * x)); }

double ulp64_of_angle(double y, double x, double got) { return ulp64_distance(got, atan2l(y, x)); }

double ctest_power(double x, double y) { return pow(x, y); }
