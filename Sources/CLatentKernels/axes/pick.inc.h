// Elements picked along the middle one of three dimensions by whole numbers of the element type, and put back.

// Whether a number is a whole one in 0..<n, which a NaN is not; the place that it names, else 0.
static inline int FN(names_place)(REAL number, size_t n, size_t *place) {
  int inside = number >= 0 && number < (REAL)n;
  *place = (size_t)(inside ? number : 0);
  return inside && (REAL)*place == number;
}

// y[outer, k, inner] = x[outer, index[outer, k, inner], inner], 0 where that is no number in 0..<n; returns how many are none.
static size_t FN(take_along)(const void *xv, size_t outer, size_t n, size_t k, size_t inner, const void *indexv,
                             void *yv) {
  const STORED *x = xv, *index = indexv;
  STORED *y = yv;
  size_t faults = 0;
  for (size_t o = 0; o < outer; o++, x += n * inner)
    for (size_t j = 0; j < k; j++, index += inner, y += inner)
      for (size_t c = 0; c < inner; c++) {
        size_t place;
        int inside = FN(names_place)(LOAD(index[c]), n, &place);
        faults += (size_t)!inside;
        STORE(y[c], inside ? LOAD(x[place * inner + c]) : (REAL)0);
      }
  return faults;
}

// x[outer, index[outer, k, inner], inner] += y[outer, k, inner], in order; numbers that are none are left out and counted.
static size_t FN(add_along)(const void *yv, size_t outer, size_t n, size_t k, size_t inner, const void *indexv,
                            void *xv) {
  const STORED *y = yv, *index = indexv;
  STORED *x = xv;
  size_t faults = 0;
  for (size_t o = 0; o < outer; o++, x += n * inner)
    for (size_t j = 0; j < k; j++, index += inner, y += inner)
      for (size_t c = 0; c < inner; c++) {
        size_t place;
        int inside = FN(names_place)(LOAD(index[c]), n, &place);
        faults += (size_t)!inside;
        if (inside) ADD_TO(x[place * inner + c], LOAD(y[c]));
      }
  return faults;
}
