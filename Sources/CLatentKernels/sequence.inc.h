// y[b, T - 1 - t, 0..<columns] = x[b, t, 0..<columns]: each sequence backwards. x and y are disjoint.
static void FN(reverse_time)(const void *xv, void *yv, size_t batch, size_t time, size_t columns) {
  const REAL *x = xv;
  REAL *y = yv;
  for (size_t b = 0; b < batch; b++)
    for (size_t t = 0; t < time; t++)
      memcpy(y + ((b + 1) * time - 1 - t) * columns, x + (b * time + t) * columns, columns * sizeof(REAL));
}
