// Numbers as binary files store them, to and from the types that programs compute with. Those in text are read by
// latent_delimited.h, and bytes of pictures are in latent_pictures.h.
#ifndef LATENT_STORED_H
#define LATENT_STORED_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef enum latent_stored_type {
  latent_stored_bool,
  latent_stored_u8,
  latent_stored_i8,
  latent_stored_i16,
  latent_stored_u16,
  latent_stored_f16,
  latent_stored_bf16,
  latent_stored_i32,
  latent_stored_u32,
  latent_stored_f32,
  latent_stored_f64,
  latent_stored_i64,
  latent_stored_u64,
} latent_stored_type;

/// What a program's values are.
typedef enum latent_value_type { latent_value_f32, latent_value_f64, latent_value_i64 } latent_value_type;

/// Converts n stored elements, in this machine's byte order and at any address, to values. Every floating-point value is
/// rounded to nearest, ties to even; a NaN stays one. Floating-point numbers do not convert to integers: 0 is returned.
int latent_stored_read(latent_stored_type type, const void *stored, latent_value_type value, void *values, size_t n);

/// Converts n values to stored elements. Floating-point types round to nearest, ties to even, beyond the largest number
/// to infinity. Returns how many were converted: fewer than n where the next one is not a number of an integer type.
/// Integers that go to u64 are bit patterns.
size_t latent_stored_write(latent_stored_type type, const void *values, latent_value_type value, void *stored, size_t n);

/// Copies an element of `size` bytes to n places.
void latent_stored_fill(void *elements, const void *element, size_t size, size_t n);

/// to[r] = table[rows[r]], rows of row_bytes bytes.
void latent_stored_gather_rows(const void *table, const int64_t *rows, size_t count, size_t row_bytes, void *to);

/// Reverses the bytes of each of n elements of 1, 2, 4 or 8 bytes.
void latent_stored_swap(void *elements, size_t size, size_t n);

/// Copies an array of `rank` dimensions of this shape whose first index varies fastest (Fortran's order) to one whose last
/// index does (C's). With the shape reversed it is the way back. `size` bytes each: 1, 2, 4 or 8.
void latent_stored_to_row_major(const void *columns, void *rows, size_t size, const int64_t *shape, size_t rank);

#pragma clang assume_nonnull end
#endif
