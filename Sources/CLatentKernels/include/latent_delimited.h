// Tables as text: records of cells with a separator between them (RFC 4180), and the numbers in them.
#ifndef LATENT_DELIMITED_H
#define LATENT_DELIMITED_H

#include <stdint.h>

#pragma clang assume_nonnull begin

enum {
  /// The record goes on behind the bytes that are there.
  latent_record_unfinished = 0,
  /// Something other than a separator follows a quote that ends a cell.
  latent_record_behind_quote = -1,
  /// The text ends inside quotes.
  latent_record_open_quote = -2,
};

/// Finds the cells of the record at the beginning of `count` bytes, the last ones of the text where `is_end`. Cell i is
/// bounds[2 i] ..< bounds[2 i + 1], without its quotes; quotes inside are still doubled. As many bounds are written as
/// `capacity` cells have; *cells is how many there are, *lines how many line breaks were passed.
///
/// Returns the bytes of the record with its line break, or one of the numbers above.
int64_t latent_record(const uint8_t *bytes, int64_t count, int is_end, uint8_t separator, int64_t *bounds,
                      int64_t capacity, int64_t *cells, int64_t *lines);

typedef enum latent_number {
  /// *value is the double that is nearest to the decimal.
  latent_number_exact,
  /// A decimal whose nearest double takes more than one operation.
  latent_number_long,
  /// Empty, or a word for nothing: NaN, NA, N/A, #N/A, null, none, ?
  latent_number_missing,
  latent_number_none,
} latent_number;

/// Reads a decimal number with blanks around it, in which `mark` stands before the fraction. No locale is asked.
latent_number latent_read_number(const uint8_t *text, int64_t count, uint8_t mark, double *value);

/// How many of the bytes are this one.
int64_t latent_count_byte(const uint8_t *bytes, int64_t count, uint8_t byte);

/// How many bytes there are before the first that JSON (RFC 8259) has an escape for: quotes, backslashes, control characters.
int64_t latent_count_unescaped(const uint8_t *bytes, int64_t count);

#pragma clang assume_nonnull end
#endif
