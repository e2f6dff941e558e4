// SHA-256, after FIPS 180-4 (NIST, 2015): sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2.
#include "../include/latent_sha256.h"

#include <string.h>

// Section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#include "sha256_instructions.inc.h"

static inline uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

// Section 4.1.2, in forms with fewer operations: SUM0(x) is x rotated by 2, by 13 and by 22, SUM1(x) by 6, 11 and 25.
#define CHOOSE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define MAJORITY(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))
#define SUM0(x) rotate(rotate(rotate(x, 9) ^ (x), 11) ^ (x), 2)
#define SUM1(x) rotate(rotate(rotate(x, 14) ^ (x), 5) ^ (x), 6)
#define SIGMA0(x) (rotate(x, 7) ^ rotate(x, 18) ^ ((x) >> 3))
#define SIGMA1(x) (rotate(x, 17) ^ rotate(x, 19) ^ ((x) >> 10))

// One round. The caller rotates the names of the working variables instead of their values.
#define ROUND(a, b, c, d, e, f, g, h, t)                                     \
  do {                                                                      \
    uint32_t t1 = h + SUM1(e) + CHOOSE(e, f, g) + K[t] + w[(t) & 15];       \
    d += t1;                                                                \
    h = t1 + SUM0(a) + MAJORITY(a, b, c);                                   \
  } while (0)

// The message schedule keeps its last 16 words: w[t] = sigma1(w[t-2]) + w[t-7] + sigma0(w[t-15]) + w[t-16].
#define EXPAND(t) \
  (w[(t) & 15] += SIGMA1(w[((t) + 14) & 15]) + w[((t) + 9) & 15] + SIGMA0(w[((t) + 1) & 15]))

#define EIGHT_ROUNDS(t)                       \
  ROUND(a, b, c, d, e, f, g, h, (t) + 0);     \
  ROUND(h, a, b, c, d, e, f, g, (t) + 1);     \
  ROUND(g, h, a, b, c, d, e, f, (t) + 2);     \
  ROUND(f, g, h, a, b, c, d, e, (t) + 3);     \
  ROUND(e, f, g, h, a, b, c, d, (t) + 4);     \
  ROUND(d, e, f, g, h, a, b, c, (t) + 5);     \
  ROUND(c, d, e, f, g, h, a, b, (t) + 6);     \
  ROUND(b, c, d, e, f, g, h, a, (t) + 7)

// Section 6.2.2, for each of `blocks` blocks of 64 bytes.
static void compress_plainly(uint32_t *state, const uint8_t *bytes, size_t blocks) {
  for (; blocks > 0; blocks--, bytes += 64) {
    uint32_t w[16];
    for (int i = 0; i < 16; i++) {
      const uint8_t *p = bytes + 4 * i;
      w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    EIGHT_ROUNDS(0);
    EIGHT_ROUNDS(8);
    for (int t = 16; t < 64; t += 16) {
      for (int i = 0; i < 16; i++) EXPAND(i);
      EIGHT_ROUNDS(t);
      EIGHT_ROUNDS(t + 8);
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
  }
}

static void compress(latent_sha256 *hash, const uint8_t *bytes, size_t blocks) {
  if (hash->uses_instructions) compress_quickly(hash->state, bytes, blocks);
  else compress_plainly(hash->state, bytes, blocks);
}

void latent_sha256_init(latent_sha256 *hash) {
  // Section 5.3.3: the fractional parts of the square roots of the first eight primes.
  static const uint32_t initial[8] = {
      0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  };
  memset(hash, 0, sizeof *hash);
  memcpy(hash->state, initial, sizeof initial);
  hash->uses_instructions = has_instructions();
}

void latent_sha256_update(latent_sha256 *hash, const void *bytes, size_t count) {
  if (count == 0) return;
  const uint8_t *next = bytes;
  size_t held = hash->length % 64;
  hash->length += count;
  if (held > 0) {
    size_t taken = count < 64 - held ? count : 64 - held;
    memcpy(hash->buffer + held, next, taken);
    if (held + taken < 64) return;
    compress(hash, hash->buffer, 1);
    next += taken;
    count -= taken;
  }
  compress(hash, next, count / 64);
  memcpy(hash->buffer, next + count / 64 * 64, count % 64);
}

void latent_sha256_final(latent_sha256 *hash, uint8_t *digest) {
  // Section 5.1.1: a one bit, zeros up to 56 modulo 64, and the length in bits as a big-endian 64-bit number.
  uint64_t bits = hash->length * 8;
  uint8_t tail[72] = {0x80};
  size_t zeros = (119 - hash->length % 64) % 64;
  for (int i = 0; i < 8; i++) tail[1 + zeros + (size_t)i] = (uint8_t)(bits >> (56 - 8 * i));
  latent_sha256_update(hash, tail, 1 + zeros + 8);
  for (int i = 0; i < 32; i++) digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}
