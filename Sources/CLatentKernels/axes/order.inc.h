// Places of extremes, and sorting, along the middle one of three dimensions. Places are whole numbers of the element type. A NaN
// is the extreme and, sorted, larger than every number, as in NumPy.

// Whether `value` at `place` comes before the best so far: it is more extreme, or as extreme and before it.
#define IS_BETTER(value, place, best, best_place)                                                                 \
  ((sign * (value) > sign * (best) && (best) == (best)) || ((value) != (value) && (best) == (best)) ||            \
   (((value) == (best) || ((value) != (value) && (best) != (best))) && (place) < (best_place)))
#define COLUMNS 64

// index[outer, inner] = the place of the first largest of x[outer, n, inner], or of the first smallest. n > 0.
static void FN(extreme_index)(const void *xv, size_t outer, size_t n, size_t inner, int smallest, void *indexv) {
  const STORED *x = xv;
  STORED *index = indexv;
  const REAL sign = smallest ? (REAL)-1 : (REAL)1;
  for (size_t o = 0; o < outer; o++, x += n * inner, index += inner) {
    REAL best[COLUMNS], place[COLUMNS];
    if (inner == 1) {
      enum { lanes = 16 };  // of which each sees every 16th element
      for (size_t j = 0; j < lanes; j++) best[j] = LOAD(x[j < n ? j : 0]), place[j] = (REAL)(j < n ? j : 0);
      for (size_t i = lanes; i < n; i += lanes) {
        size_t count = n - i < lanes ? n - i : lanes;
        for (size_t j = 0; j < count; j++) {
          REAL value = LOAD(x[i + j]), here = (REAL)(i + j);
          int better = IS_BETTER(value, here, best[j], place[j]);
          best[j] = better ? value : best[j], place[j] = better ? here : place[j];
        }
      }
      for (size_t j = 1; j < lanes; j++)
        if (IS_BETTER(best[j], place[j], best[0], place[0])) best[0] = best[j], place[0] = place[j];
      STORE(index[0], place[0]);
      continue;
    }
    for (size_t first = 0; first < inner; first += COLUMNS) {
      size_t count = inner - first < COLUMNS ? inner - first : COLUMNS;
      for (size_t c = 0; c < count; c++) best[c] = LOAD(x[first + c]), place[c] = 0;
      for (size_t i = 1; i < n; i++) {
        const STORED *row = x + i * inner + first;
        const REAL here = (REAL)i;
        for (size_t c = 0; c < count; c++) {
          REAL value = LOAD(row[c]);
          int better = IS_BETTER(value, here, best[c], place[c]);
          best[c] = better ? value : best[c], place[c] = better ? here : place[c];
        }
      }
      for (size_t c = 0; c < count; c++) STORE(index[first + c], place[c]);
    }
  }
}
#undef IS_BETTER
#undef COLUMNS

// What is sorted: numbers whose order is that of the keys, all NaN alike, and where they stood.
typedef struct {
  uint64_t key;
  uint64_t place;
} FN(record);

static inline uint64_t FN(sort_key)(REAL x, int descending) {
  double wide = (double)x;  // exact, and in the same order
  wide = wide == 0 ? 0 : wide;
  uint64_t bits = latent_bits64(wide);
  uint64_t key = bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
  key = wide != wide ? ~UINT64_C(0) : key;
  return descending ? ~key : key;
}

// Sorts by the keys, stably: short runs by insertion, long ones by their digits of 8 bits, from the lowest on (radix sort), where
// digits that all keys share are left out. `other` is as long; returns where the result is.
static FN(record) * FN(sort_records)(FN(record) * records, FN(record) * other, size_t n) {
  if (n <= 48) {
    for (size_t i = 1; i < n; i++) {
      FN(record) moved = records[i];
      size_t j = i;
      for (; j > 0 && records[j - 1].key > moved.key; j--) records[j] = records[j - 1];
      records[j] = moved;
    }
    return records;
  }
  uint64_t any = 0, all = ~UINT64_C(0);
  for (size_t i = 0; i < n; i++) any |= records[i].key, all &= records[i].key;
  for (int shift = 0; shift < 64; shift += 8) {
    if (((any ^ all) >> shift & 0xff) == 0) continue;
    size_t start[256] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++) start[records[i].key >> shift & 0xff]++;
    for (size_t digit = 0; digit < 256; digit++) {
      size_t count = start[digit];
      start[digit] = sum, sum += count;
    }
    for (size_t i = 0; i < n; i++) other[start[records[i].key >> shift & 0xff]++] = records[i];
    FN(record) *swap = records;
    records = other, other = swap;
  }
  return records;
}

// The first `keep` of x[outer, n, inner] sorted along n, rising or falling, equal ones in their order: values and their places
// [outer, keep, inner]. Of the outer * inner lines, those from `first` on; `scratch` holds 2 n records of 16 bytes.
static void FN(sort)(const void *xv, size_t n, size_t inner, int descending, size_t keep, size_t first, size_t lines,
                     void *scratch, void *valuesv, void *indexv) {
  FN(record) *records = scratch;
  for (size_t line = first; line < first + lines; line++) {
    const STORED *x = (const STORED *)xv + line / inner * n * inner + line % inner;
    size_t target = line / inner * keep * inner + line % inner;
    STORED *values = (STORED *)valuesv + target, *index = (STORED *)indexv + target;
    for (size_t i = 0; i < n; i++) records[i] = (FN(record)){FN(sort_key)(LOAD(x[i * inner]), descending), i};
    const FN(record) *sorted = FN(sort_records)(records, records + n, n);
    for (size_t i = 0; i < keep; i++) {
      values[i * inner] = x[sorted[i].place * inner];
      STORE(index[i * inner], (REAL)sorted[i].place);
    }
  }
}
