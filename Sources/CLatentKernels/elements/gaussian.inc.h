// Diagonal Gaussians N(mean, exp(log variance)) of a variational auto-encoder (Kingma & Welling 2014).

// The reparameterised sample: z = mean + exp(log_variance / 2) noise
static void FN(gaussian_sample)(const void *meanv, const void *log_variancev, const void *noisev, void *zv, size_t n) {
  const REAL *mean = meanv, *log_variance = log_variancev, *noise = noisev;
  REAL *z = zv;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) z[i] = mean[i] + EXP(log_variance[i] * (REAL)0.5) * noise[i];
}

// d(log variance) = dz noise exp(log_variance / 2) / 2; the mean's gradient is dz itself
static void FN(gaussian_sample_backward)(const void *log_variancev, const void *noisev, const void *dzv,
                                         void *d_log_variancev, size_t n) {
  const REAL *log_variance = log_variancev, *noise = noisev, *dz = dzv;
  REAL *d_log_variance = d_log_variancev;
  INDEPENDENT
  for (size_t i = 0; i < n; i++)
    d_log_variance[i] = dz[i] * noise[i] * (REAL)0.5 * EXP(log_variance[i] * (REAL)0.5);
}

// KL(N(mean, exp(log variance)) || N(0, 1)), summed: -1/2 sum(1 + log_variance - mean^2 - exp(log_variance))
static double FN(kl_standard_normal)(const void *meanv, const void *log_variancev, size_t n) {
  const REAL *mean = meanv, *log_variance = log_variancev;
  double total = 0;
  for (size_t start = 0; start < n; start += 1024) {
    size_t count = n - start < 1024 ? n - start : 1024;
    REAL terms[1024];
    INDEPENDENT
    for (size_t i = 0; i < count; i++) {
      REAL m = mean[start + i], v = log_variance[start + i];
      terms[i] = (m * m + EXP(v)) - (1 + v);
    }
    for (size_t i = 0; i < count; i++) total += terms[i];
  }
  return total / 2;
}

// d(mean) = scale mean;  d(log variance) = scale (exp(log_variance) - 1) / 2
static void FN(kl_standard_normal_backward)(const void *meanv, const void *log_variancev, double scale, void *d_meanv,
                                            void *d_log_variancev, size_t n) {
  const REAL *mean = meanv, *log_variance = log_variancev, s = (REAL)scale, half = (REAL)(scale / 2);
  REAL *d_mean = d_meanv, *d_log_variance = d_log_variancev;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    d_mean[i] = s * mean[i];
    d_log_variance[i] = half * (EXP(log_variance[i]) - 1);
  }
}
