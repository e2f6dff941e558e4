#include "../include/latent_delimited.h"

#include <string.h>

int64_t latent_record(const uint8_t *bytes, int64_t count, int is_end, uint8_t separator, int64_t *bounds,
                      int64_t capacity, int64_t *cells, int64_t *lines) {
  int64_t place = 0, found = 0, breaks = 0;
  for (;;) {
    int64_t start = place, end;
    *lines = breaks;
    if (place < count && bytes[place] == '"') {
      start = ++place;
      for (;; place += 2) {
        while (place < count && bytes[place] != '"') breaks += bytes[place++] == '\n';
        if (place == count) return is_end ? latent_record_open_quote : latent_record_unfinished;
        if (place + 1 == count && !is_end) return latent_record_unfinished;
        if (place + 1 == count || bytes[place + 1] != '"') break;
      }
      end = place++;
    } else {
      while (place < count && bytes[place] != separator && bytes[place] != '\n' && bytes[place] != '\r') place++;
      end = place;
    }
    if (place == count && !is_end) return latent_record_unfinished;
    if (found < capacity) {
      bounds[2 * found] = start;
      bounds[2 * found + 1] = end;
    }
    *cells = ++found;
    if (place < count && bytes[place] == separator) {
      place++;
      continue;
    }
    if (place < count && bytes[place] == '\r') {
      if (place + 1 == count && !is_end) return latent_record_unfinished;
      place += place + 1 < count && bytes[place + 1] == '\n';
    } else if (place < count && bytes[place] != '\n') {
      *lines = breaks;
      return latent_record_behind_quote;
    }
    *lines = breaks + (place < count);
    return place + (place < count);
  }
}

static int is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

// Powers of ten that are doubles. A product or quotient of two doubles is the one nearest to the true number (Clinger 1990:
// How to read floating point numbers accurately).
static const double TENS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static int is_missing(const uint8_t *text, int64_t count) {
  static const char *const words[] = {"?", "na", "nan", "n/a", "#n/a", "null", "none"};
  for (int word = 0; word < 7; word++) {
    if ((int64_t)strlen(words[word]) != count) continue;
    int64_t same = 0;
    while (same < count) {
      uint8_t byte = text[same];
      if (byte >= 'A' && byte <= 'Z') byte += 'a' - 'A';
      if (byte != (uint8_t)words[word][same]) break;
      same++;
    }
    if (same == count) return 1;
  }
  return 0;
}

latent_number latent_read_number(const uint8_t *text, int64_t count, uint8_t mark, double *value) {
  const uint8_t *x = text, *end = text + count;
  while (x < end && (*x == ' ' || *x == '\t')) x++;
  while (end > x && (end[-1] == ' ' || end[-1] == '\t')) end--;
  if (x == end) return latent_number_missing;
  const uint8_t *whole = x;

  int negative = *x == '-';
  if (*x == '-' || *x == '+') x++;
  // Digits beyond the 19th may not fit.
  uint64_t mantissa = 0;
  int64_t digits = 0, significant = 0, exponent = 0;
  for (int fraction = 0; x < end; x++) {
    if (*x == mark && !fraction) {
      fraction = 1;
      continue;
    }
    if (!is_digit(*x)) break;
    digits++;
    significant += significant > 0 || *x != '0';
    if (significant <= 19) mantissa = 10 * mantissa + (uint64_t)(*x - '0');
    exponent -= fraction;
  }
  if (digits == 0) return is_missing(whole, end - whole) ? latent_number_missing : latent_number_none;
  if (x < end && (*x == 'e' || *x == 'E')) {
    x++;
    int down = x < end && *x == '-';
    if (x < end && (*x == '-' || *x == '+')) x++;
    if (x == end) return latent_number_none;
    int64_t power = 0;
    for (; x < end && is_digit(*x); x++) {
      if (power < 100000) power = 10 * power + (*x - '0');
    }
    exponent += down ? -power : power;
  }
  if (x < end) return latent_number_none;
  if (significant > 19 || mantissa > (uint64_t)1 << 53 || exponent < -22 || exponent > 22) {
    if (significant > 0) return latent_number_long;
    exponent = 0;
  }
  double magnitude = (double)mantissa;
  magnitude = exponent < 0 ? magnitude / TENS[-exponent] : magnitude * TENS[exponent];
  *value = negative ? -magnitude : magnitude;
  return latent_number_exact;
}

int64_t latent_count_byte(const uint8_t *bytes, int64_t count, uint8_t byte) {
  int64_t found = 0;
  for (int64_t i = 0; i < count; i++) found += bytes[i] == byte;
  return found;
}

int64_t latent_count_unescaped(const uint8_t *bytes, int64_t count) {
  int64_t plain = 0;
  while (plain < count && bytes[plain] >= ' ' && bytes[plain] != '"' && bytes[plain] != '\\') plain++;
  return plain;
}
