// y[shape] = op(a, b) where each operand has its own stride in every dimension, 0 where it is repeated: NumPy's
// broadcasting. y is contiguous. The caller has merged what can be merged, so that the last dimension is long.
static inline __attribute__((always_inline)) REAL FN(combine)(latent_binary op, REAL a, REAL b) {
  switch (op) {
    case latent_add: return a + b;
    case latent_subtract: return a - b;
    case latent_multiply: return a * b;
    case latent_divide: return a / b;
    // As in NumPy, a NaN in either operand is the result.
    case latent_minimum: return a < b || a != a ? a : b;
    case latent_maximum: return a > b || a != a ? a : b;
    case latent_less: return a < b;
    case latent_less_equal: return a <= b;
    case latent_equal: return a == b;
    case latent_power: return (REAL)latent_power64((double)a, (double)b);
    case latent_select_first: return a != 0 ? b : (REAL)0;
    case latent_select_second: return a != 0 ? (REAL)0 : b;
    case latent_atan2: return (REAL)latent_atan2_64((double)a, (double)b);
  }
  return 0;
}

// One row; a stride is 0, 1, or anything. Inlined for each operator, so that the loops know it.
static inline __attribute__((always_inline)) void FN(combine_row)(latent_binary op, const STORED *a, ptrdiff_t a_stride,
                                                                  const STORED *b, ptrdiff_t b_stride, STORED *y,
                                                                  size_t n) {
  if (a_stride == 1 && b_stride == 1)
    INDEPENDENT
    for (size_t i = 0; i < n; i++) STORE(y[i], FN(combine)(op, LOAD(a[i]), LOAD(b[i])));
  else if (a_stride == 1 && b_stride == 0) {
    REAL second = LOAD(b[0]);
    INDEPENDENT
    for (size_t i = 0; i < n; i++) STORE(y[i], FN(combine)(op, LOAD(a[i]), second));
  } else if (a_stride == 0 && b_stride == 1) {
    REAL first = LOAD(a[0]);
    INDEPENDENT
    for (size_t i = 0; i < n; i++) STORE(y[i], FN(combine)(op, first, LOAD(b[i])));
  } else
    for (size_t i = 0; i < n; i++)
      STORE(y[i], FN(combine)(op, LOAD(a[(ptrdiff_t)i * a_stride]), LOAD(b[(ptrdiff_t)i * b_stride])));
}

// The same for powers, which are too long to vectorise.
static void FN(power_row)(const STORED *a, ptrdiff_t a_stride, const STORED *b, ptrdiff_t b_stride, STORED *y, size_t n) {
  for (size_t i = 0; i < n; i++)
    STORE(y[i], FN(combine)(latent_power, LOAD(a[(ptrdiff_t)i * a_stride]), LOAD(b[(ptrdiff_t)i * b_stride])));
}

// Where a loop over `rank` dimensions stands: the index in each but the last, and the elements left in its row. Begins at
// element `first` of the whole.
typedef struct {
  size_t index[LATENT_MAX_RANK], column;
} FN(odometer);

static inline FN(odometer) FN(start)(const size_t *shape, size_t rank, size_t first) {
  FN(odometer) at = {{0}, 0};
  if (first == 0 || rank == 0) return at;
  at.column = first % shape[rank - 1], first /= shape[rank - 1];
  for (size_t d = rank - 1; d > 0; d--) at.index[d - 1] = first % shape[d - 1], first /= shape[d - 1];
  return at;
}

// The distance of the row from the first one, in elements.
static inline ptrdiff_t FN(offset)(const FN(odometer) * at, const ptrdiff_t *strides, size_t rank) {
  ptrdiff_t offset = 0;
  for (size_t d = 0; d + 1 < rank; d++) offset += (ptrdiff_t)at->index[d] * strides[d];
  return offset;
}

// Goes to the next row: the distances of two operands change.
static inline void FN(advance)(FN(odometer) * at, const size_t *shape, size_t rank, const ptrdiff_t *a_strides,
                               ptrdiff_t *a, const ptrdiff_t *b_strides, ptrdiff_t *b) {
  for (size_t d = rank; d > 1; d--) {
    size_t place = d - 2;
    *a += a_strides[place], *b += b_strides[place];
    if (++at->index[place] < shape[place]) return;
    *a -= (ptrdiff_t)shape[place] * a_strides[place], *b -= (ptrdiff_t)shape[place] * b_strides[place];
    at->index[place] = 0;
  }
}

// Elements first..<first + count of the whole, so that several threads can share it.
static void FN(broadcast)(latent_binary op, const void *av, const ptrdiff_t *a_strides, const void *bv,
                          const ptrdiff_t *b_strides, void *yv, const size_t *shape, size_t rank, size_t first,
                          size_t count) {
  const STORED *a = av, *b = bv;
  STORED *y = (STORED *)yv + first;
  size_t n = rank ? shape[rank - 1] : 1;
  ptrdiff_t a_step = rank ? a_strides[rank - 1] : 0, b_step = rank ? b_strides[rank - 1] : 0;
  FN(odometer) at = FN(start)(shape, rank, first);
  ptrdiff_t a_row = FN(offset)(&at, a_strides, rank), b_row = FN(offset)(&at, b_strides, rank);
  while (count > 0) {
    size_t length = n - at.column < count ? n - at.column : count;
    const STORED *left = a + a_row + (ptrdiff_t)at.column * a_step, *right = b + b_row + (ptrdiff_t)at.column * b_step;
#define ROW(op) \
  case op: FN(combine_row)(op, left, a_step, right, b_step, y, length); break;
    switch (op) {
      ROW(latent_add)
      ROW(latent_subtract)
      ROW(latent_multiply)
      ROW(latent_divide)
      ROW(latent_minimum)
      ROW(latent_maximum)
      ROW(latent_less)
      ROW(latent_less_equal)
      ROW(latent_equal)
      case latent_power: FN(power_row)(left, a_step, right, b_step, y, length); break;
      ROW(latent_select_first)
      ROW(latent_select_second)
      ROW(latent_atan2)
    }
#undef ROW
    y += length, count -= length, at.column = 0;
    FN(advance)(&at, shape, rank, a_strides, &a_row, b_strides, &b_row);
  }
}

// A tile of a transpose, small enough for the first-level cache whichever way it is read and written.
#define TILE 16
static inline void FN(copy_tile)(const STORED *x, ptrdiff_t x_row, ptrdiff_t x_step, STORED *y, ptrdiff_t y_row,
                                 ptrdiff_t y_step, size_t columns, int accumulate) {
  for (size_t r = 0; r < TILE; r++)
    for (size_t c = 0; c < columns; c++) {
      REAL value = LOAD(x[(ptrdiff_t)r * x_row + (ptrdiff_t)c * x_step]);
      STORED *target = y + (ptrdiff_t)r * y_row + (ptrdiff_t)c * y_step;
      STORE(*target, accumulate ? LOAD(*target) + value : value);
    }
}

// y (+)= x, both with strides of their own: transposes, slices, padding, joining and repeating. Elements
// first..<first + count of the whole.
static void FN(strided_copy)(const void *xv, const ptrdiff_t *x_strides, void *yv, const ptrdiff_t *y_strides,
                             const size_t *shape, size_t rank, int accumulate, size_t first, size_t count) {
  size_t n = rank ? shape[rank - 1] : 1;
  ptrdiff_t x_step = rank ? x_strides[rank - 1] : 1, y_step = rank ? y_strides[rank - 1] : 1;
  FN(odometer) at = FN(start)(shape, rank, first);
  ptrdiff_t x_row = FN(offset)(&at, x_strides, rank), y_row = FN(offset)(&at, y_strides, rank);
  // A transpose: neighbours in one operand's last dimension are those of the other's last but one.
  int is_transpose = rank > 1 && (x_step != 1 || y_step != 1) && (x_strides[rank - 2] == 1 || y_strides[rank - 2] == 1);
  while (count > 0) {
    if (is_transpose && at.column == 0 && shape[rank - 2] - at.index[rank - 2] >= TILE && count >= TILE * n) {
      ptrdiff_t x_next = x_strides[rank - 2], y_next = y_strides[rank - 2];
      for (size_t c = 0; c < n; c += TILE)
        FN(copy_tile)((const STORED *)xv + x_row + (ptrdiff_t)c * x_step, x_next, x_step,
                      (STORED *)yv + y_row + (ptrdiff_t)c * y_step, y_next, y_step, n - c < TILE ? n - c : TILE,
                      accumulate);
      count -= TILE * n, at.index[rank - 2] += TILE - 1, x_row += (TILE - 1) * x_next, y_row += (TILE - 1) * y_next;
      FN(advance)(&at, shape, rank, x_strides, &x_row, y_strides, &y_row);
      continue;
    }
    size_t length = n - at.column < count ? n - at.column : count;
    const STORED *x = (const STORED *)xv + x_row + (ptrdiff_t)at.column * x_step;
    STORED *y = (STORED *)yv + y_row + (ptrdiff_t)at.column * y_step;
    if (accumulate) {
      if (x_step == 1 && y_step == 1)
        INDEPENDENT
        for (size_t i = 0; i < length; i++) ADD_TO(y[i], LOAD(x[i]));
      else
        for (size_t i = 0; i < length; i++) ADD_TO(y[(ptrdiff_t)i * y_step], LOAD(x[(ptrdiff_t)i * x_step]));
    } else if (x_step == 1 && y_step == 1)
      memcpy(y, x, length * sizeof(STORED));
    else
      for (size_t i = 0; i < length; i++) y[(ptrdiff_t)i * y_step] = x[(ptrdiff_t)i * x_step];
    count -= length, at.column = 0;
    FN(advance)(&at, shape, rank, x_strides, &x_row, y_strides, &y_row);
  }
}
#undef TILE
