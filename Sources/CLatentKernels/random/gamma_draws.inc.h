// Draws from Gamma(alpha, 1) as logarithms, so that those of a small alpha do not vanish, and their derivatives. In double for every
// element type, and nothing is fused: the same bits with every instruction set.

// Word j of four: as philox.inc.h, with the counter (block, attempt, stream).
static inline void latent_philox_attempt(uint64_t key, uint64_t stream, uint32_t block, uint32_t attempt, uint32_t out[4]) {
  uint32_t c0 = block, c1 = attempt, c2 = (uint32_t)stream, c3 = (uint32_t)(stream >> 32);
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    uint64_t a = (uint64_t)0xd2511f53 * c0, b = (uint64_t)0xcd9e8d57 * c2;
    c0 = (uint32_t)(b >> 32) ^ c1 ^ k0, c1 = (uint32_t)b;
    c2 = (uint32_t)(a >> 32) ^ c3 ^ k1, c3 = (uint32_t)a;
    k0 += 0x9e3779b9, k1 += 0xbb67ae85;
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

// log z of z from Gamma(alpha, 1), alpha > 0: by a cube of a normal number, rejected at most one time in twenty (G. Marsaglia and
// W. Tsang, "A simple method for generating gamma variables", 2000); for alpha < 1 one of alpha + 1, times a uniform number to
// 1 / alpha.
static inline double latent_log_gamma_draw(double alpha, uint64_t key, uint64_t stream, uint32_t column) {
  EXACTLY
  if (!(alpha > 0 && alpha < __builtin_inf())) return __builtin_nan("");
  double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3, c = 1 / __builtin_sqrt(9 * d);
  for (uint32_t attempt = 0;; attempt++) {
    uint32_t words[4];
    double x, other;
    latent_philox_attempt(key, stream, column, attempt, words);
    latent_box_muller_f64(words[0], words[1], &x, &other);
    double root = 1 + c * x, v = root * root * root, log_u = latent_log64(((double)words[2] + 0.5) * 0x1p-32);
    if (root <= 0) continue;
    double log_v = 3 * latent_log64(root);
    if (log_u >= 0.5 * (x * x) + d * (1 - v + log_v)) continue;
    double boost = alpha < 1 ? latent_log64(((double)words[3] + 0.5) * 0x1p-32) / alpha : 0;
    return latent_log64(d) + log_v + boost;
  }
}

// exp(-log of what is integrated at v = 0) times what is integrated, without its factor that has a logarithm: see below.
static inline double latent_gamma_decay(double alpha, double z, double v, int is_upper) {
  EXACTLY
  double grown = latent_expm1_64(is_upper ? v : -v);
  return latent_exp64((is_upper ? alpha * v : -(alpha * v)) - z * grown);
}

// d log z / d alpha where the draw keeps its place in the distribution: with F the distribution function and f the density,
// -(dF / d alpha) / (z f(z)) (M. Figurnov, S. Mohamed and A. Mnih, "Implicit reparameterization gradients", 2018).
//
// For z below its logarithm's mean, dF / d alpha follows from F = z^alpha e^-z / Gamma(alpha + 1) S with S the sum of
// z^n / ((alpha + 1) ... (alpha + n)); it becomes (S (psi(alpha + 1) - log z) - dS / d alpha) / alpha, all of whose terms are
// positive. Above, and for a large alpha, dF / d alpha is the integral of (log t - psi(alpha)) f(t) from 0 to z, or less that from z
// on; with t = z e^v or z e^-v and divided by z f(z), it is smooth, and Gauss and Legendre's rule of 16 points on four pieces of
// where it is not negligible gives it. Good to 2e-14.
static inline double latent_log_gamma_slope(double alpha, double log_z) {
  EXACTLY
  if (!(alpha > 0 && alpha < __builtin_inf()) || log_z != log_z) return __builtin_nan("");
  double z = latent_exp64(log_z), psi = latent_digamma64(alpha);
  int is_upper = log_z >= latent_digamma64(alpha + 1);
  if (!is_upper && alpha <= 100) {
    double term = 1, sum = 1, term_slope = 0, slope = 0;
    for (int n = 1; n < 2000 && term > 0x1p-60 * sum; n++) {
      double a = alpha + n;
      term_slope = (term_slope - term / a) * (z / a);
      term = term * (z / a);
      sum += term, slope += term_slope;
    }
    return (sum * (latent_digamma64(alpha + 1) - log_z) - slope) / alpha;
  }
  static const double points[] = {
      0x1.852bd6676a9f9p-4, 0x1.205cae642337cp-2, 0x1.d50259a43a772p-2, 0x1.3c5a466d5e8b8p-1, 0x1.82c45dda4726bp-1,
      0x1.bb3403514e483p-1, 0x1.e39f56616f9b0p-1, 0x1.fa92c264d787ep-1};
  static const double weights[] = {
      0x1.83feae80e4dfcp-3, 0x1.75f8c77e0c00fp-3, 0x1.5a6ebbb5a75fcp-3, 0x1.325f61bca3cbfp-3, 0x1.fe7af2bad386ap-4,
      0x1.85c4ee79cc258p-4, 0x1.fdfb1a2c1265dp-5, 0x1.bcddab4b7c211p-6};
  double low = 0, high = 0.25 / __builtin_sqrt(1 + alpha);
  while (latent_gamma_decay(alpha, z, high, is_upper) > 0x1p-58 && high < 0x1p20) low = high, high *= 2;
  for (int i = 0; i < 6; i++) {
    double middle = 0.5 * (low + high);
    if (latent_gamma_decay(alpha, z, middle, is_upper) > 0x1p-58) low = middle;
    else high = middle;
  }
  double sum = 0, half = high / 8;
  for (int piece = 0; piece < 4; piece++)
    for (int i = 0; i < 16; i++) {
      double point = i < 8 ? points[i] : -points[i - 8], v = half * (2 * piece + 1 + point);
      double distance = is_upper ? (log_z - psi) + v : (psi - log_z) + v;
      sum += weights[i & 7] * (distance * latent_gamma_decay(alpha, z, v, is_upper));
    }
  return sum * half;
}
