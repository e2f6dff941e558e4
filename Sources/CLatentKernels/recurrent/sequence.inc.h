// Sequences in other orders. Time-major with gaps between rows is what a recurrent layer's operands are made of: rows become
// OPERANDs by COPY_IN, and come back by COPY_OUT.

// y[t, b, 0..<columns] = x[b, t, 0..<columns], rows of y being y_stride elements long: batch-major to time-major.
static void FN(to_time_major)(const void *xv, void *yv, size_t batch, size_t time, size_t columns, size_t y_stride) {
  const STORED *x = xv;
  OPERAND *y = yv;
  for (size_t t = 0; t < time; t++)
    for (size_t b = 0; b < batch; b++)
      COPY_IN(y + (t * batch + b) * y_stride, x + (b * time + t) * columns, columns);
}

// y[b, t, 0..<columns] = x[t, b, 0..<columns], rows of x being x_stride elements long: time-major to batch-major.
static void FN(to_batch_major)(const void *xv, void *yv, size_t batch, size_t time, size_t columns, size_t x_stride) {
  const OPERAND *x = xv;
  STORED *y = yv;
  for (size_t b = 0; b < batch; b++)
    for (size_t t = 0; t < time; t++)
      COPY_OUT(y + (b * time + t) * columns, x + (t * batch + b) * x_stride, columns);
}

// Sequences of unequal length, time-major without gaps (the packed sequences of cuDNN and PyTorch). They are sorted by
// length, the longest first: row r of each step is sequence order[r], and those that reach step t are the rows
// start[t]..<start[t + 1] of all, t = 0...time. lengths[r] is that of row r, from 1 to time.

// y[start[t] + r, 0..<columns] = x[order[r], t, 0..<columns], rows of y being y_stride elements long. What lies beyond a
// sequence's length is not read.
static void FN(to_step_rows)(const void *xv, void *yv, const size_t *order, const size_t *start, size_t time,
                             size_t columns, size_t y_stride) {
  const STORED *x = xv;
  OPERAND *y = yv;
  for (size_t t = 0; t < time; t++)
    for (size_t r = 0; r < start[t + 1] - start[t]; r++)
      COPY_IN(y + (start[t] + r) * y_stride, x + (order[r] * time + t) * columns, columns);
}

// The way back: y[order[r], t, 0..<columns] = x[start[t] + r, 0..<columns], and zero beyond a sequence's length. Where
// the rows are states, x holds at each step those from before it: that after step t lies with step t + 1, or after all
// steps, in row start[time] + r, for the last one of a sequence.
static void FN(from_step_rows)(const void *xv, void *yv, const size_t *order, const size_t *lengths,
                               const size_t *start, size_t batch, size_t time, size_t columns, size_t x_stride,
                               int states) {
  const OPERAND *x = xv;
  for (size_t r = 0; r < batch; r++) {
    STORED *y = (STORED *)yv + order[r] * time * columns;
    for (size_t t = 0; t < lengths[r]; t++) {
      size_t step = !states ? t : t + 1 < lengths[r] ? t + 1 : time;
      COPY_OUT(y + t * columns, x + (start[step] + r) * x_stride, columns);
    }
    memset(y + lengths[r] * columns, 0, (time - lengths[r]) * columns * sizeof(STORED));
  }
}

// y[b, n - 1 - t, 0..<columns] = x[b, t, 0..<columns]: the first n = lengths[b] steps of each sequence backwards, and the
// others as they are. lengths may be null: n = time. x and y are disjoint.
static void FN(reverse_time)(const void *xv, void *yv, const size_t *lengths, size_t batch, size_t time,
                             size_t columns) {
  for (size_t b = 0; b < batch; b++) {
    const STORED *x = (const STORED *)xv + b * time * columns;
    STORED *y = (STORED *)yv + b * time * columns;
    size_t n = lengths ? lengths[b] : time;
    for (size_t t = 0; t < n; t++) memcpy(y + (n - 1 - t) * columns, x + t * columns, columns * sizeof(STORED));
    memcpy(y + n * columns, x + n * columns, (time - n) * columns * sizeof(STORED));
  }
}
