// Elements picked along the middle one of three dimensions by whole numbers of the element type, and put back.

// Whether a number is a whole one in 0..<n, which a NaN is not; the place that it names, else 0.
static inline int FN(names_place)(REAL number, size_t n, size_t *place) {
  int inside = number >= 0 && number < (REAL)n;
  *place = (size_t)(inside ? number : 0);
  return inside && (REAL)*place == number;
}

// What is done with each pair of x[outer, index[outer, k, inner], inner] and y[outer, k, inner], in order, of which the first is read
// and the second written; returns how many numbers are none in 0..<n.
#define ALONG(name, READ, WRITTEN, X, Y, action)                                                                        \
  static size_t FN(name)(const void *READ, size_t outer, size_t n, size_t k, size_t inner, const void *indexv,          \
                         void *WRITTEN) {                                                                               \
    X *x = xv;                                                                                                          \
    Y *y = yv;                                                                                                          \
    const STORED *index = indexv;                                                                                       \
    size_t faults = 0;                                                                                                  \
    for (size_t o = 0; o < outer; o++, x += n * inner)                                                                  \
      for (size_t j = 0; j < k; j++, index += inner, y += inner)                                                        \
        for (size_t c = 0; c < inner; c++) {                                                                            \
          size_t place;                                                                                                 \
          int inside = FN(names_place)(LOAD(index[c]), n, &place);                                                      \
          faults += (size_t)!inside;                                                                                    \
          action;                                                                                                       \
        }                                                                                                               \
    return faults;                                                                                                      \
  }
// y = x, 0 where a number is none
ALONG(take_along, xv, yv, const STORED, STORED, STORE(y[c], inside ? LOAD(x[place * inner + c]) : (REAL)0))
// x += y; numbers that are none are left out
ALONG(add_along, yv, xv, STORED, const STORED, if (inside) ADD_TO(x[place * inner + c], LOAD(y[c])))
// x = y, so that the last of several stays; numbers that are none are left out
ALONG(put_along, yv, xv, STORED, const STORED, if (inside) x[place * inner + c] = y[c])
#undef ALONG

// The way back of put_along: y[outer, k, inner] = x[outer, index[outer, k, inner], inner] and 0 in its place, from the last one on,
// so that of several the last one gets all. What is left in x is the gradient of what stood there before.
static void FN(take_back_along)(void *xv, size_t outer, size_t n, size_t k, size_t inner, const void *indexv,
                                void *yv) {
  for (size_t o = 0; o < outer; o++) {
    STORED *x = (STORED *)xv + o * n * inner;
    for (size_t j = k; j-- > 0;) {
      const STORED *index = (const STORED *)indexv + (o * k + j) * inner;
      STORED *y = (STORED *)yv + (o * k + j) * inner;
      for (size_t c = 0; c < inner; c++) {
        size_t place;
        int inside = FN(names_place)(LOAD(index[c]), n, &place);
        STORE(y[c], inside ? LOAD(x[place * inner + c]) : (REAL)0);
        if (inside) STORE(x[place * inner + c], (REAL)0);
      }
    }
  }
}

// mask[row, c] = 1 where x[row, c] is the first largest of its segment's rows, or the first smallest, and 0 elsewhere; a NaN
// wins. `best` is room for a row's number for each of segments * columns.
static void FN(segment_extremes)(const void *xv, const int64_t *segment, size_t rows, size_t columns, size_t segments,
                                 int smallest, int64_t *best, void *maskv) {
  const STORED *x = xv;
  STORED *mask = maskv;
  const REAL sign = smallest ? (REAL)-1 : (REAL)1;
  for (size_t i = 0; i < segments * columns; i++) best[i] = -1;
  for (size_t row = 0; row < rows; row++) {
    int64_t *held = best + (size_t)segment[row] * columns;
    for (size_t c = 0; c < columns; c++) {
      REAL value = LOAD(x[row * columns + c]);
      REAL other = LOAD(x[(size_t)(held[c] < 0 ? 0 : held[c]) * columns + c]);
      int wins = held[c] < 0 || (other == other && (value != value || sign * value > sign * other));
      held[c] = wins ? (int64_t)row : held[c];
      STORE(mask[row * columns + c], (REAL)0);
    }
  }
  for (size_t s = 0; s < segments; s++)
    for (size_t c = 0; c < columns; c++) {
      int64_t row = best[s * columns + c];
      if (row >= 0) STORE(mask[(size_t)row * columns + c], (REAL)1);
    }
}
