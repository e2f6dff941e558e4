// y[outer, inner] = the sum of x[outer, n, inner] over its middle dimension, added in double: pairwise where the elements
// lie together.
static void FN(reduce_sum)(const void *xv, size_t outer, size_t n, size_t inner, void *yv) {
  const STORED *x = xv;
  STORED *y = yv;
  for (size_t o = 0; o < outer; o++, x += n * inner, y += inner)
    if (inner == 1)
      STORE(y[0], (REAL)FN(sum)(x, n));
    else
      FN(column_sums)(x, n, inner, inner, 0, y);
}

// The more extreme of two, the first where they are equal, and the second where it is NaN: a NaN stays, since nothing is
// larger than it is.
#define EXTREME(best, value) (sign * (value) > sign * (best) || (value) != (value) ? (value) : (best))

// The largest of the elements, or the smallest (sign -1); a NaN among them is the result, as in NumPy. n > 0.
static void FN(reduce_extreme)(const void *xv, size_t outer, size_t n, size_t inner, int smallest, void *yv) {
  const STORED *x = xv;
  STORED *y = yv;
  const REAL sign = smallest ? (REAL)-1 : (REAL)1;
  for (size_t o = 0; o < outer; o++, x += n * inner, y += inner) {
    if (inner == 1) {
      REAL lanes[16];  // of which each sees every 16th element
      for (size_t j = 0; j < 16; j++) lanes[j] = LOAD(x[j < n ? j : 0]);
      size_t i = 16;
      for (; i + 16 <= n; i += 16)
        for (size_t j = 0; j < 16; j++) lanes[j] = EXTREME(lanes[j], LOAD(x[i + j]));
      for (; i < n; i++) lanes[0] = EXTREME(lanes[0], LOAD(x[i]));
      for (size_t j = 1; j < 16; j++) lanes[0] = EXTREME(lanes[0], lanes[j]);
      STORE(y[0], lanes[0]);
      continue;
    }
    memcpy(y, x, inner * sizeof(STORED));
    for (size_t i = 1; i < n; i++) {
      const STORED *row = x + i * inner;
      INDEPENDENT
      for (size_t c = 0; c < inner; c++) STORE(y[c], EXTREME(LOAD(y[c]), LOAD(row[c])));
    }
  }
}
#undef EXTREME

// The place of the first largest element of each of `rows` rows.
static void FN(largest_index)(const void *xv, size_t rows, size_t columns, int64_t *index) {
  const STORED *x = xv;
  for (size_t row = 0; row < rows; row++, x += columns) {
    size_t best = 0;
    for (size_t c = 1; c < columns; c++)
      if (LOAD(x[c]) > LOAD(x[best])) best = c;
    index[row] = (int64_t)best;
  }
}

// counts[b] += how many of n elements are in bucket b: from limits[b] up to, but not at, limits[b + 1], and in the last one
// at its limit too, as in NumPy. The limits are equally wide apart but for rounding, no element is outside of them, and
// one product finds the bucket or its neighbour.
static void FN(count_in_buckets)(const void *xv, size_t n, const double *limits, size_t buckets, int64_t *counts) {
  const STORED *x = xv;
  const double low = limits[0], scale = (double)buckets / (limits[buckets] - low);
  for (size_t i = 0; i < n; i++) {
    const double value = (double)LOAD(x[i]);
    size_t b = (size_t)((value - low) * scale);
    if (b > buckets - 1) b = buckets - 1;
    b -= value < limits[b];
    b += b + 1 < buckets && value >= limits[b + 1];
    counts[b]++;
  }
}

// Numbers as indices of rows below `limit`; returns how many are none, which become -1.
static size_t FN(row_numbers)(const void *xv, size_t n, size_t limit, int64_t *index) {
  const STORED *x = xv;
  size_t faults = 0;
  for (size_t i = 0; i < n; i++) {
    REAL number = LOAD(x[i]);
    int inside = number >= 0 && number < (REAL)limit;  // not for NaN
    int64_t row = (int64_t)(inside ? number : 0);
    int whole = inside && (REAL)row == number;
    index[i] = whole ? row : -1;
    faults += (size_t)!whole;
  }
  return faults;
}

// y[row] = x[index[row]], rows of `columns` elements; and the way back, dx[index[row]] += dy[row].
static void FN(scatter_add_rows)(const void *dyv, const int64_t *index, size_t rows, size_t columns, void *dxv) {
  const STORED *dy = dyv;
  STORED *dx = dxv;
  for (size_t row = 0; row < rows; row++) {
    STORED *target = dx + (size_t)index[row] * columns;
    const STORED *source = dy + row * columns;
    INDEPENDENT
    for (size_t c = 0; c < columns; c++) ADD_TO(target[c], LOAD(source[c]));
  }
}
