// Checksums that find accidents, not forgeries: CRC-32C of records in files, XXH64 of weights.
#ifndef LATENT_CHECKSUMS_H
#define LATENT_CHECKSUMS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// The CRC-32C (Castagnoli) of n bytes, as RFC 3720, appendix B.4, gives examples of it.
uint32_t latent_crc32c(const void *bytes, size_t n);

/// The XXH64 of n bytes with the seed 0.
uint64_t latent_xxh64(const void *bytes, size_t n);

#pragma clang assume_nonnull end
#endif
