// Discrete Fourier transforms in double precision: the same bits everywhere, nothing is fused.
//
// Lines whose lengths are products of small primes are transformed in passes, one for each factor, from one buffer to another, each
// of which leaves the numbers in their final order (T. Stockham, "High-speed convolution and correlation", 1966). Other lengths are
// convolutions with a chirp, exp(i pi j^2 / n), of a length that is a power of 2 (L. Bluestein, "A linear filtering approach to the
// computation of discrete Fourier transform", 1970).

typedef struct {
  double re, im;
} latent_complex;

// The largest prime factor that has a pass.
#define LARGEST_RADIX 31

static inline __attribute__((always_inline)) latent_complex latent_times(latent_complex a, latent_complex b) {
  EXACTLY
  return (latent_complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

// exp(-2 pi i k / n) for k < n, by the sine and cosine of an angle of at most pi/4, so that it has the symmetries of the circle.
static latent_complex latent_root(size_t k, size_t n) {
  EXACTLY
  size_t part = 4 * k;  // of 4 n
  int is_below = part > 2 * n, is_left, is_steep;
  part = is_below ? 4 * n - part : part;
  is_left = part > n;
  part = is_left ? 2 * n - part : part;
  is_steep = 2 * part > n;
  part = is_steep ? n - part : part;
  double angle = (double)part / (double)n * (0x1.921fb54442d18p+0);  // pi / 2
  latent_angle64 small = {angle, 0, 0};
  double cosine = latent_angle_cosine64(small), sine = latent_angle_sine64(small);
  double x = is_steep ? sine : cosine, y = is_steep ? cosine : sine;
  return (latent_complex){is_left ? -x : x, is_below ? y : -y};
}

// The radix of the next pass over lines of this length.
static inline size_t latent_radix(size_t length) {
  if (length % 4 == 0) return 4;
  if (length % 2 == 0) return 2;
  for (size_t r = 3; r * r <= length; r += 2)
    if (length % r == 0) return r;
  return length;
}

// The length of the passes for lines of n numbers: n, or that of the convolution.
static size_t latent_passes_length(size_t n) {
  size_t largest = 1;
  for (size_t rest = n; rest > 1;) {
    size_t radix = latent_radix(rest);
    largest = radix > largest ? radix : largest;
    rest /= radix;
  }
  if (largest <= LARGEST_RADIX) return n;
  size_t length = 1;
  while (length < 2 * n - 1) length *= 2;
  return length;
}

// The results of an odd radix r for one number of each part. The roots of k and r - k are conjugates, so
// that sums and differences of pairs are multiplied by real numbers.
static inline void latent_odd_radix(size_t r, size_t n, const latent_complex *roots, const latent_complex *x, size_t part,
                                    latent_complex *result) {
  EXACTLY
  enum { pairs = LARGEST_RADIX / 2 };
  latent_complex sums[pairs], differences[pairs], first = x[0], all = first;
  size_t half = r / 2, step = n / r;
  for (size_t k = 1; k <= half; k++) {
    latent_complex a = x[k * part], b = x[(r - k) * part];
    sums[k - 1] = (latent_complex){a.re + b.re, a.im + b.im};
    differences[k - 1] = (latent_complex){a.re - b.re, a.im - b.im};
    all = (latent_complex){all.re + sums[k - 1].re, all.im + sums[k - 1].im};
  }
  result[0] = all;
  for (size_t j = 1; j <= half; j++) {
    latent_complex even = first, odd = {0, 0};
    for (size_t k = 0, place = 0; k < half; k++) {
      place += j * step;
      place = place >= n ? place - n : place;
      double cosine = roots[place].re, sine = -roots[place].im;
      even = (latent_complex){even.re + cosine * sums[k].re, even.im + cosine * sums[k].im};
      odd = (latent_complex){odd.re + sine * differences[k].re, odd.im + sine * differences[k].im};
    }
    result[j] = (latent_complex){even.re + odd.im, even.im - odd.re};
    result[r - j] = (latent_complex){even.re - odd.im, even.im + odd.re};
  }
}

// A pass over `stride` lines of `length` numbers side by side: r times as many lines, of a part of the length.
static void latent_pass(size_t r, size_t length, size_t stride, const latent_complex *roots, const latent_complex *x,
                        latent_complex *y) {
  EXACTLY
  size_t n = length * stride, m = length / r, part = stride * m;
  for (size_t p = 0; p < m; p++, x += stride, y += r * stride) {
    if (r == 4) {
      latent_complex w1 = roots[p * stride], w2 = roots[2 * p * stride], w3 = roots[3 * p * stride];
      for (size_t q = 0; q < stride; q++) {
        latent_complex a = x[q], b = x[q + part], c = x[q + 2 * part], d = x[q + 3 * part];
        latent_complex sum = {a.re + c.re, a.im + c.im}, difference = {a.re - c.re, a.im - c.im};
        latent_complex other = {b.re + d.re, b.im + d.im}, turned = {b.im - d.im, d.re - b.re};  // -i (b - d)
        y[q] = (latent_complex){sum.re + other.re, sum.im + other.im};
        y[q + stride] = latent_times((latent_complex){difference.re + turned.re, difference.im + turned.im}, w1);
        y[q + 2 * stride] = latent_times((latent_complex){sum.re - other.re, sum.im - other.im}, w2);
        y[q + 3 * stride] = latent_times((latent_complex){difference.re - turned.re, difference.im - turned.im}, w3);
      }
      continue;
    }
    if (r == 2) {
      latent_complex w = roots[p * stride];
      for (size_t q = 0; q < stride; q++) {
        latent_complex a = x[q], b = x[q + part];
        y[q] = (latent_complex){a.re + b.re, a.im + b.im};
        y[q + stride] = latent_times((latent_complex){a.re - b.re, a.im - b.im}, w);
      }
      continue;
    }
    for (size_t q = 0; q < stride; q++) {
      latent_complex result[LARGEST_RADIX];
      latent_odd_radix(r, n, roots, x + q, part, result);
      y[q] = result[0];
      for (size_t j = 1; j < r; j++) y[q + j * stride] = latent_times(result[j], roots[j * p * stride]);
    }
  }
}

// All passes; returns which of the two buffers has the transform.
static latent_complex *latent_passes(size_t n, const latent_complex *roots, latent_complex *x, latent_complex *y) {
  for (size_t length = n, stride = 1; length > 1;) {
    size_t r = latent_radix(length);
    latent_pass(r, length, stride, roots, x, y);
    length /= r, stride *= r;
    latent_complex *swap = x;
    x = y, y = swap;
  }
  return x;
}

// The transform of x[0..<n], of which the buffers have room for all passes; returns which of the two has it.
static latent_complex *latent_transformed(size_t n, const latent_complex *table, latent_complex *x, latent_complex *y) {
  EXACTLY
  size_t m = latent_passes_length(n);
  if (m == n) return latent_passes(n, table, x, y);
  const latent_complex *chirp = table + m, *kernel = chirp + n;
  for (size_t j = 0; j < n; j++) x[j] = latent_times(x[j], chirp[j]);
  memset(x + n, 0, (m - n) * sizeof *x);
  latent_complex *spectrum = latent_passes(m, table, x, y), *other = spectrum == x ? y : x;
  for (size_t j = 0; j < m; j++) {  // conjugated, so that the same passes go back
    latent_complex product = latent_times(spectrum[j], kernel[j]);
    spectrum[j] = (latent_complex){product.re, -product.im};
  }
  latent_complex *result = latent_passes(m, table, spectrum, other);
  for (size_t k = 0; k < n; k++) result[k] = latent_times((latent_complex){result[k].re, -result[k].im}, chirp[k]);
  return result;
}

// The roots of the passes; for a convolution then the chirp, exp(-i pi j^2 / n), and the transform of its conjugate over m.
static void latent_fourier_table(size_t n, latent_complex *table, latent_complex *scratch) {
  EXACTLY
  size_t m = latent_passes_length(n);
  for (size_t k = 0; k < m; k++) table[k] = latent_root(k, m);
  if (m == n) return;
  latent_complex *chirp = table + m;
  for (size_t j = 0, square = 0; j < n; square = (square + 2 * j + 1) % (2 * n), j++) chirp[j] = latent_root(square, 2 * n);
  memset(scratch, 0, m * sizeof *scratch);
  for (size_t j = 0; j < n; j++) {
    latent_complex value = {chirp[j].re / (double)m, -chirp[j].im / (double)m};
    scratch[j] = value;
    if (j > 0) scratch[m - j] = value;
  }
  memcpy(chirp + n, latent_passes(m, table, scratch, scratch + m), m * sizeof *scratch);
}
