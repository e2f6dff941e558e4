#include "../include/latent_checksums.h"

#include <string.h>

// Each entry is what four shifts of the division by the polynomial 0x1EDC6F41 do, its bits reversed: 0x82F63B78. Records
// are written a few times a minute, so that a byte is worth two look-ups in 64 bytes instead of one in a kilobyte.
static const uint32_t NIBBLES[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

uint32_t latent_crc32c(const void *bytes, size_t n) {
  const uint8_t *x = bytes;
  uint32_t rest = 0xffffffff;
  for (size_t i = 0; i < n; i++) {
    rest ^= x[i];
    rest = rest >> 4 ^ NIBBLES[rest & 15];
    rest = rest >> 4 ^ NIBBLES[rest & 15];
  }
  return ~rest;
}

// XXH64, after "xxHash fast digest algorithm", 0.2.0 (Collet), with its names. Four chains that do not wait for each other
// take 32 bytes in some five cycles.
#define PRIME1 0x9E3779B185EBCA87ull
#define PRIME2 0xC2B2AE3D27D4EB4Full
#define PRIME3 0x165667B19E3779F9ull
#define PRIME4 0x85EBCA77C2B2AE63ull
#define PRIME5 0x27D4EB2F165667C5ull

static inline uint64_t rotate(uint64_t x, int n) { return x << n | x >> (64 - n); }

// The format's numbers are little-endian, as are all machines that this library runs on.
static inline uint64_t word(const uint8_t *x) {
  uint64_t value;
  memcpy(&value, x, sizeof value);
  return value;
}

static inline uint64_t mixed(uint64_t accumulator, uint64_t lane) {
  return rotate(accumulator + lane * PRIME2, 31) * PRIME1;
}

static inline uint64_t merged(uint64_t accumulator, uint64_t lane) {
  return (accumulator ^ mixed(0, lane)) * PRIME1 + PRIME4;
}

uint64_t latent_xxh64(const void *bytes, size_t n) {
  const uint8_t *x = bytes, *end = x + n;
  uint64_t hash = PRIME5;
  if (n >= 32) {
    uint64_t a = PRIME1 + PRIME2, b = PRIME2, c = 0, d = 0 - PRIME1;
    for (; end - x >= 32; x += 32) {
      a = mixed(a, word(x));
      b = mixed(b, word(x + 8));
      c = mixed(c, word(x + 16));
      d = mixed(d, word(x + 24));
    }
    hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
    hash = merged(merged(merged(merged(hash, a), b), c), d);
  }
  hash += n;
  for (; end - x >= 8; x += 8) hash = rotate(hash ^ mixed(0, word(x)), 27) * PRIME1 + PRIME4;
  if (end - x >= 4) {
    uint32_t half;
    memcpy(&half, x, sizeof half);
    hash = rotate(hash ^ half * PRIME1, 23) * PRIME2 + PRIME3;
    x += 4;
  }
  for (; x < end; x++) hash = rotate(hash ^ *x * PRIME5, 11) * PRIME1;
  hash = (hash ^ hash >> 33) * PRIME2;
  hash = (hash ^ hash >> 29) * PRIME3;
  return hash ^ hash >> 32;
}
