#include <math.h>

#include "ctest_support.h"

static double softplus(double x) { return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)); }

// By Newton's iteration from Winitzki's approximation (2008), as in ulp64.c: exact to some 1e-15 here.
static double erfinv(double x) {
  double a = fabs(x), pi = 3.14159265358979323846;
  if (!(a < 1)) return a == 1 ? copysign(INFINITY, x) : NAN;
  if (a < 1e-8) return x * sqrt(pi) / 2;
  double l = log1p(-a * a), u = 2 / (pi * 0.147) + l / 2, y = sqrt(sqrt(u * u - l / 0.147) - u);
  for (int i = 0; i < 3; i++) y -= (a < 0.5 ? erf(y) - a : (1 - a) - erfc(y)) * sqrt(pi) / 2 * exp(y * y);
  return copysign(y, x);
}

double ulp_reference(ulp_function function, float x) {
  switch (function) {
    case ulp_exp: return exp(x);
    case ulp_log: return log(x);
    case ulp_log1p: return log1p(x);
    case ulp_sigmoid: return 1 / (1 + exp(-(double)x));  // exp stays finite wherever the result is a float
    case ulp_softplus: return softplus(x);
    case ulp_tanh: return tanh(x);
    case ulp_erf: return erf(x);
    case ulp_sin: return sin(x);
    case ulp_cos: return cos(x);
    case ulp_tan: return tan(x);
    case ulp_atan: return atan(x);
    case ulp_expm1: return expm1(x);
    case ulp_sinh: return sinh(x);
    case ulp_cosh: return cosh(x);
    case ulp_asinh: return asinh(x);
    case ulp_acosh: return acosh(x);
    case ulp_atanh: return atanh(x);
    case ulp_erfinv: return erfinv(x);
    default: return NAN;
  }
}

double ulp_bound(ulp_function function) {
  switch (function) {
    case ulp_exp: return 1.23;
    case ulp_log: return 0.92;
    case ulp_log1p: return 1.48;
    case ulp_sigmoid: return 2.41;
    case ulp_softplus: return 1.8;
    case ulp_tanh: return 2.5;
    case ulp_erf: return 2.5;
    default: return 0.5001;  // those that are computed in double
  }
}

double ulp_distance(float got, double expected) {
  if (isnan(expected)) return isnan(got) ? 0 : INFINITY;
  if (isnan(got)) return INFINITY;
  if (expected == 0) return got == 0 && !signbit(got) == !signbit(expected) ? 0 : INFINITY;
  // An infinity stands for 2^128, the first magnitude that a float cannot hold: FLT_MAX is one ulp away from it.
  double g = isinf(got) ? copysign(0x1p128, got) : got;
  double e = fabs(expected) > 0x1p128 ? copysign(0x1p128, expected) : expected;
  // The exponent by its bits, not by frexp, for speed. Denormals have the spacing of the smallest normal numbers.
  union { double f; uint64_t u; } v = {.f = e};
  int64_t exponent = (int64_t)(v.u >> 52 & 0x7ff) - 1023;
  if (exponent > 127) exponent = 127;
  if (exponent < -126) exponent = -126;
  union { uint64_t u; double f; } scale = {.u = (uint64_t)(1023 + 23 - exponent) << 52};
  return fabs(g - e) * scale.f;
}

#define CHUNK 4096

void ulp_sweep(ulp_function function, const ulp_loop _Nonnull *_Nonnull loops, size_t loop_count, uint32_t first,
               uint32_t stride, uint64_t count, ulp_report *reports) {
  static _Thread_local float x[CHUNK], y[CHUNK];
  static _Thread_local double expected[CHUNK];
  uint32_t bits = first;
  for (uint64_t done = 0; done < count; done += CHUNK) {
    size_t n = count - done < CHUNK ? (size_t)(count - done) : CHUNK;
    for (size_t i = 0; i < n; i++, bits += stride) {
      union { uint32_t u; float f; } v = {.u = bits};
      x[i] = v.f;
      expected[i] = ulp_reference(function, v.f);
    }
    for (size_t k = 0; k < loop_count; k++) {
      loops[k](x, y, n);
      ulp_report *report = reports + k;
      for (size_t i = 0; i < n; i++) {
        if ((double)y[i] == expected[i] && y[i] != 0) continue;
        double distance = ulp_distance(y[i], expected[i]);
        if (distance <= report->max_ulp) continue;
        union { float f; uint32_t u; } v = {.f = x[i]};
        *report = (ulp_report){distance, v.u, y[i], expected[i]};
      }
    }
  }
}
