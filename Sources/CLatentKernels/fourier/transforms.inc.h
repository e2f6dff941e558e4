// Fourier transforms of lines along the middle one of three dimensions, computed in double (passes.inc.h).

static size_t FN(fourier_table_count)(size_t n) {
  size_t m = latent_passes_length(n);
  return 2 * (m == n ? n : 2 * m + n);
}

static size_t FN(fourier_scratch_count)(size_t n) { return 4 * latent_passes_length(n); }

static void FN(make_fourier_table)(size_t n, double *table, double *scratch) {
  latent_fourier_table(n, (latent_complex *)table, (latent_complex *)scratch);
}

// A line's numbers, `stride` of them apart, conjugated where the transform is the inverse.
static void FN(load_line)(const latent_transform *t, const STORED *x, size_t stride, latent_complex *line) {
  size_t n = t->n, half = n / 2 + 1;
  double sign = t->inverse ? -1.0 : 1.0;
  if (t->input == latent_real_line) {
    for (size_t k = 0; k < n; k++) line[k] = (latent_complex){(double)LOAD(x[k * stride]), 0.0};
    return;
  }
  size_t count = t->input == latent_half_line ? half : n;
  for (size_t k = 0; k < count; k++) {
    const STORED *pair = x + 2 * k * stride;
    line[k] = (latent_complex){(double)LOAD(pair[0]), sign * (double)LOAD(pair[1])};
  }
  if (t->input == latent_complex_line) return;
  line[0].im = 0;
  if (n % 2 == 0) line[n / 2].im = 0;
  for (size_t k = half; k < n; k++)
    line[k] = t->both ? (latent_complex){line[n - k].re, -line[n - k].im} : (latent_complex){0, 0};
}

static void FN(store_line)(const latent_transform *t, const latent_complex *line, STORED *y, size_t stride) {
  size_t n = t->n;
  double sign = t->inverse ? -1.0 : 1.0;
  if (t->output == latent_real_line) {
    for (size_t k = 0; k < n; k++) STORE(y[k * stride], (REAL)(t->scale * line[k].re));
    return;
  }
  int is_half = t->output == latent_half_line;
  for (size_t k = 0; k < (is_half ? n / 2 + 1 : n); k++) {
    int is_own = is_half && (k == 0 || 2 * k == n);  // conjugate
    double scale = is_half && t->both && !is_own ? 2 * t->scale : t->scale;
    STORED *pair = y + 2 * k * stride;
    STORE(pair[0], (REAL)(scale * line[k].re));
    STORE(pair[1], (REAL)(is_own ? 0.0 : sign * scale * line[k].im));
  }
}

// Numbers of a line of this kind.
static inline size_t FN(line_count)(const latent_transform *t, latent_line line) {
  return line == latent_half_line ? t->n / 2 + 1 : t->n;
}

static void FN(fourier_transform)(const latent_transform *t, const double *table, const void *xv, size_t inner,
                                  size_t first, size_t lines, double *scratch, void *yv) {
  size_t from = FN(line_count)(t, t->input), to = FN(line_count)(t, t->output);
  size_t from_width = t->input == latent_real_line ? 1 : 2, to_width = t->output == latent_real_line ? 1 : 2;
  latent_complex *buffer = (latent_complex *)scratch, *other = buffer + latent_passes_length(t->n);
  for (size_t line = first; line < first + lines; line++) {
    size_t outer = line / inner, place = line % inner;
    FN(load_line)(t, (const STORED *)xv + from_width * (outer * from * inner + place), inner, buffer);
    const latent_complex *result = latent_transformed(t->n, (const latent_complex *)table, buffer, other);
    FN(store_line)(t, result, (STORED *)yv + to_width * (outer * to * inner + place), inner);
  }
}
