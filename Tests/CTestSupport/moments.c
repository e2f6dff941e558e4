#include <math.h>
#include <stdlib.h>

#include "ctest_support.h"

static int compare(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

sample_moments standard_normal_moments(float *x, size_t n) {
  double sum = 0, m2 = 0, m3 = 0, m4 = 0, distance = 0;
  for (size_t i = 0; i < n; i++) sum += x[i];
  double mean = sum / n;
  for (size_t i = 0; i < n; i++) {
    double d = x[i] - mean;
    m2 += d * d;
    m3 += d * d * d;
    m4 += d * d * d * d;
  }
  m2 /= n;
  qsort(x, n, sizeof(float), compare);
  for (size_t i = 0; i < n; i++) {
    double cdf = 0.5 * erfc(-x[i] * M_SQRT1_2);
    distance = fmax(distance, fmax(cdf - (double)i / n, (double)(i + 1) / n - cdf));
  }
  return (sample_moments){mean, m2, m3 / n / pow(m2, 1.5), m4 / n / (m2 * m2), distance};
}
