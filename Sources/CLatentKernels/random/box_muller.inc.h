// Two standard normals from two random words, as noise.inc.h says.
//
// Nothing here is contracted to a fused multiply-add, so that every processor gives the same bits.

// log(u), with u = t for t > 0 and u = 1 + t for t < 0, for 2^-33 <= |t| <= 1/2: near u = 1 no digit is lost.
static inline float latent_log_wrapped(float t) {
#pragma clang fp contract(off)
  uint32_t bits = latent_bits(t < 0 ? 1.0f + t : t);
  int32_t k = (int32_t)(bits - 0x3f3504f3) >> 23;  // u = 2^k m with sqrt(1/2) <= m < sqrt(2), as in latent_logf
  float f = latent_float(bits - ((uint32_t)k << 23)) - 1.0f;
  f = k == 0 ? t : f;
  float square = f * f;
  float p = -0x1.38c522p-4f;
  p = p * f + 0x1.055e4ap-3f;
  p = p * f + -0x1.0d82e2p-3f;
  p = p * f + 0x1.22d954p-3f;
  p = p * f + -0x1.547282p-3f;
  p = p * f + 0x1.99a01ap-3f;
  p = p * f + -0x1.000226p-2f;
  p = p * f + 0x1.555554p-2f;
  float y = p * (f * square) - 0.5f * square;
  y = y + (float)k * 0x1.0bfbe8p-15f;
  return (f + y) + (float)k * 0x1.62ep-1f;
}

static inline void latent_box_muller_f32(uint32_t a, uint32_t b, float *first, float *second) {
#pragma clang fp contract(off)
  float radius = __builtin_sqrtf(-2.0f * latent_log_wrapped((float)(int32_t)a * 0x1p-32f + 0x1p-33f));
  // The angle in quarter turns: the nearest integer is in the top two bits of `turned`, and the rest, from -1/2 to 1/2,
  // in the low 30 bits of b as a signed number. Polynomials: minimax for |r| <= pi/4, relative errors 3.7e-9 and 1e-10.
  uint32_t turned = b + 0x20000000;
  float r = (float)(int32_t)(b << 2) * 0x1.921fb6p-32f;
  float square = r * r;
  float s = -0x1.9956b6p-13f * square + 0x1.11077ep-7f;
  s = s * square + -0x1.555546p-3f;
  s = s * square * r + r;
  float c = 0x1.99e80cp-16f * square + -0x1.6c0c28p-10f;
  c = c * square + 0x1.55554ap-5f;
  c = c * (square * square) - 0.5f * square;
  c = c + 1.0f;
  int odd = (turned & 0x40000000) != 0;
  uint32_t cosine = latent_bits(odd ? s : c) ^ ((turned ^ (turned << 1)) & 0x80000000);
  uint32_t sine = latent_bits(odd ? c : s) ^ (turned & 0x80000000);
  *first = radius * latent_float(cosine);
  *second = radius * latent_float(sine);
}

static inline void latent_box_muller_f64(uint32_t a, uint32_t b, double *first, double *second) {
#pragma clang fp contract(off)
  double t = (double)(int32_t)a * 0x1p-32 + 0x1p-33;
  double logarithm = t < 0 ? latent_log1p_finite64(t) : latent_log64(t);
  double radius = __builtin_sqrt(-2.0 * logarithm);
  // The angle as above.
  uint32_t turned = b + 0x20000000;
  double r = (double)(int32_t)(b << 2) * 0x1.921fb54442d18p-32;
  double s = latent_sine64(r), c = latent_cosine64(r);
  int odd = (turned & 0x40000000) != 0;
  uint64_t cosine = latent_bits64(odd ? s : c) ^ ((uint64_t)((turned ^ (turned << 1)) & 0x80000000) << 32);
  uint64_t sine = latent_bits64(odd ? c : s) ^ ((uint64_t)(turned & 0x80000000) << 32);
  *first = radius * latent_double(cosine);
  *second = radius * latent_double(sine);
}
