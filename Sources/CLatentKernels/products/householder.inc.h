// One block of the QR factorisation by Householder's reflections (Householder 1958; Golub & Van Loan 2013, sections 5.2.2
// and 5.1.7): for A [rows, columns] in place, its first columns being those to reduce, V [rows, columns] and the upper
// triangle T [columns, columns] with
//
//   H_1 H_2 ... H_columns = 1 - V T V^T,   H_j = 1 - tau_j v_j v_j^T,   R = (H_1 ... H_columns)^T A
//
// v_j is 0 above element j, where it is 1. diagonal [columns] gets R's. Sums run over the rows one after the other, so
// that their order is the same on all processors. columns is at most HOUSEHOLDER_COLUMNS.
#define HOUSEHOLDER_COLUMNS 32
static void FN(householder)(void *av, size_t rows, size_t columns, size_t stride, void *vv, void *tv, void *diagonalv) {
  REAL *a = av, *v = vv, *t = tv, *diagonal = diagonalv;
  memset(v, 0, rows * columns * sizeof(REAL));
  memset(t, 0, columns * columns * sizeof(REAL));
  for (size_t j = 0; j < columns; j++) {
    REAL squares = 0, first = a[j * stride + j];
    for (size_t i = j + 1; i < rows; i++) squares = FUSED(a[i * stride + j], a[i * stride + j], squares);
    REAL size = SQRT(FUSED(first, first, squares)), length = first < 0 ? size : -size;
    diagonal[j] = squares == 0 ? first : length;
    v[j * columns + j] = 1;
    if (squares == 0) continue;  // H_j = 1: tau is 0, and so is its column of T
    REAL tau = (length - first) / length, scale = 1 / (first - length);
    for (size_t i = j + 1; i < rows; i++) v[i * columns + j] = a[i * stride + j] * scale;
    // What the columns after it have along v, and what the reflections before it have.
    REAL along[HOUSEHOLDER_COLUMNS] = {0}, before[HOUSEHOLDER_COLUMNS] = {0};
    for (size_t i = j; i < rows; i++) {
      const REAL value = v[i * columns + j];
      for (size_t c = j + 1; c < columns; c++) along[c] = FUSED(value, a[i * stride + c], along[c]);
      for (size_t c = 0; c < j; c++) before[c] = FUSED(value, v[i * columns + c], before[c]);
    }
    for (size_t i = j; i < rows; i++) {
      const REAL value = -tau * v[i * columns + j];
      for (size_t c = j + 1; c < columns; c++) a[i * stride + c] = FUSED(value, along[c], a[i * stride + c]);
    }
    for (size_t r = 0; r < j; r++) {
      REAL sum = 0;
      for (size_t c = r; c < j; c++) sum = FUSED(t[r * columns + c], before[c], sum);
      t[r * columns + j] = -tau * sum;
    }
    t[j * columns + j] = tau;
  }
}
#undef HOUSEHOLDER_COLUMNS
