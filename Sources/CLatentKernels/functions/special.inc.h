// Special functions in double precision, as in trigonometric.inc.h.

// The inverse of the error function by the quantile of the normal distribution at (1 + x) / 2 (M. Wichura, "Algorithm AS 241: the
// percentage points of the normal distribution", 1988): of q = x / 2 where |q| <= 0.425, else of r = sqrt(-log((1 - |x|) / 2))
// below 5 and above. All three are computed and one is chosen, without branches. 7.5 ulp, of floats 0.5001
static inline __attribute__((always_inline)) double latent_erfinv64(double x) {
  EXACTLY
  double a = latent_double(latent_bits64(x) & ~UINT64_C(0x8000000000000000)), q = 0.5 * a;
  double s = 0.180625 - q * q;
  double inner = q
      * POLYNOMIAL(s, 2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
                   1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0)
      / POLYNOMIAL(s, 5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
                   5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0);
  double tail = 0.5 * (1.0 - a);
  double r = __builtin_sqrt(-latent_log64(tail > 0 ? tail : 0x1p-55)), near = r - 1.6, far = r - 5.0;
  double middle = POLYNOMIAL(near, 7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                             1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
                             4.63033784615654529590e0, 1.42343711074968357734e0)
      / POLYNOMIAL(near, 1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
                   1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
                   2.05319162663775882187e0, 1.0);
  double outer = POLYNOMIAL(far, 2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
                            2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
                            5.46378491116411436990e0, 6.65790464350110377720e0)
      / POLYNOMIAL(far, 2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
                   7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
                   5.99832206555887937690e-1, 1.0);
  double quantile = q <= 0.425 ? inner : (r <= 5.0 ? middle : outer);
  double y = quantile * 0x1.6a09e667f3bcdp-1;  // sqrt(1/2)
  y = a < 1.0 ? y : (a == 1.0 ? __builtin_inf() : __builtin_nan(""));
  return latent_double(latent_bits64(y) | (latent_bits64(x) & UINT64_C(0x8000000000000000)));
}

// The derivative of digamma for x > 0 by its asymptotic series at x, or for x < 8 at x + 8, to which the sum of 1 / x^2 ...
// 1 / (x + 7)^2 is added. 3 ulp
static inline __attribute__((always_inline)) double latent_trigamma64(double x) {
  EXACTLY
  int is_small = x < 8.0;
  double a = 1.0 / (x + 7.0), b = 1.0 / (x + 6.0), c = 1.0 / (x + 5.0), d = 1.0 / (x + 4.0), e = 1.0 / (x + 3.0);
  double f = 1.0 / (x + 2.0), g = 1.0 / (x + 1.0), h = 1.0 / x;
  double sum = ((((a * a + b * b) + (c * c + d * d)) + (e * e + f * f)) + g * g) + h * h;
  double z = is_small ? x + 8.0 : x, r = 1.0 / z, s = r * r;
  double series = POLYNOMIAL(s, 43867.0 / 798, -3617.0 / 510, 7.0 / 6, -691.0 / 2730, 5.0 / 66, -1.0 / 30, 1.0 / 42, -1.0 / 30, 1.0 / 6);
  double y = r + (0.5 * s + series * s * r);
  y = is_small ? y + sum : y;
  return x > 0 ? y : (x == 0 ? __builtin_inf() : __builtin_nan(""));
}
