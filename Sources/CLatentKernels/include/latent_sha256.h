// SHA-256 as FIPS 180-4 defines it, streaming: the identity of a data file.
#ifndef LATENT_SHA256_H
#define LATENT_SHA256_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct latent_sha256 {
  uint32_t state[8];
  uint64_t length;     // bytes seen so far
  uint8_t buffer[64];  // the last length % 64 bytes, not yet hashed
  int uses_instructions;  // the processor's for SHA-256, which give the same; after init, those that it has
} latent_sha256;

void latent_sha256_init(latent_sha256 *hash);
void latent_sha256_update(latent_sha256 *hash, const void *bytes, size_t count);
/// Writes the 32 bytes of the digest. The state is used up: init it before the next message.
void latent_sha256_final(latent_sha256 *hash, uint8_t *digest);

#pragma clang assume_nonnull end
#endif
