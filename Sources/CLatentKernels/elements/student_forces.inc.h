// The forces between points in the plane of t-SNE (van der Maaten & Hinton 2008, section 3), for some of N points:
//
//   w_ij = 1 / (1 + |y_i - y_j|^2)
//   attraction_i = sum_j p_ij w_ij (y_i - y_j),   repulsion_i = sum_j w_ij^2 (y_i - y_j),   weights_i = sum_{j /= i} w_ij
//
// affinities: p [rows, N], of the points first..<first + rows; points [2, N], all x and then all y; attraction and
// repulsion [2, N] too, weights [N]. The lanes are added in an order that depends on N alone.
static void FN(student_forces)(const void *affinitiesv, const void *pointsv, size_t n, size_t first, size_t rows,
                               void *attractionv, void *repulsionv, void *weightsv) {
  enum { lanes = 16 };
  const REAL *x = pointsv, *y = x + n;
  REAL *attraction = attractionv, *repulsion = repulsionv, *weights = weightsv;
  for (size_t i = first; i < first + rows; i++) {
    const REAL *p = (const REAL *)affinitiesv + (i - first) * n;
    REAL sums[5][lanes] = {{0}};
    REAL xi = x[i], yi = y[i];
#define FORCE(j, lane)                            \
  {                                               \
    REAL dx = xi - x[j], dy = yi - y[j];          \
    REAL w = 1 / (1 + (dx * dx + dy * dy));       \
    REAL pw = p[j] * w, ww = w * w;               \
    sums[0][lane] = FUSED(pw, dx, sums[0][lane]); \
    sums[1][lane] = FUSED(pw, dy, sums[1][lane]); \
    sums[2][lane] = FUSED(ww, dx, sums[2][lane]); \
    sums[3][lane] = FUSED(ww, dy, sums[3][lane]); \
    sums[4][lane] += w;                           \
  }
    size_t j = 0;
    for (; j + lanes <= n; j += lanes)
      for (size_t lane = 0; lane < lanes; lane++) FORCE(j + lane, lane)
    for (; j < n; j++) FORCE(j, 0)
#undef FORCE
    for (size_t step = lanes / 2; step > 0; step /= 2)
      for (size_t k = 0; k < 5; k++)
        for (size_t lane = 0; lane < step; lane++) sums[k][lane] += sums[k][lane + step];
    attraction[i] = sums[0][0];
    attraction[n + i] = sums[1][0];
    repulsion[i] = sums[2][0];
    repulsion[n + i] = sums[3][0];
    weights[i] = sums[4][0] - 1;  // without the point itself, whose differences are 0
  }
}
