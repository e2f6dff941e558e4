#include "../include/latent_scalars.h"

#include <stdint.h>

#include "math_f64.inc.h"
#include "power.inc.h"

double latent_scalar_power(double x, double y) { return latent_power64(x, y); }

// Of the differences none is rounded.
double latent_scalar_cosine(double x) {
  EXACTLY
  const double pi = 0x1.921fb54442d18p1;
  if (x <= 0.25) return latent_cosine64(pi * x);
  if (x < 0.75) return latent_sine64(pi * (0.5 - x));
  return -latent_cosine64(pi * (1.0 - x));
}
