// The forces between points in the plane of t-SNE (van der Maaten & Hinton 2008, section 3), for some of N points:
//
//   w_ij = 1 / (1 + |y_i - y_j|^2)
//   attraction_i = sum_j p_ij w_ij (y_i - y_j),   repulsion_i = sum_j w_ij^2 (y_i - y_j),   weights_i = sum_{j /= i} w_ij
//
// p_ij is 0 but for some neighbours j of each i: affinities[k] is that of i and neighbours[k] for k in starts[i]..<starts[i + 1].
// points [2, N], all x and then all y, of which the first..<first + rows are computed; attraction and repulsion [2, N] too, weights
// [N]. The lanes are added in an order that depends on N and the numbers of neighbours alone.
static void FN(student_forces)(const void *affinitiesv, const uint32_t *neighbours, const size_t *starts, const void *pointsv,
                               size_t n, size_t first, size_t rows, void *attractionv, void *repulsionv, void *weightsv) {
  enum { lanes = 16 };
  const REAL *x = pointsv, *y = x + n;
  REAL *attraction = attractionv, *repulsion = repulsionv, *weights = weightsv;
  for (size_t i = first; i < first + rows; i++) {
    REAL sums[5][lanes] = {{0}};
    REAL xi = x[i], yi = y[i];
#define FORCE(j, factor, x_sum, y_sum)       \
  REAL dx = xi - x[j], dy = yi - y[j];       \
  REAL w = 1 / (1 + (dx * dx + dy * dy));    \
  REAL f = (factor) * w;                     \
  x_sum = FUSED(f, dx, x_sum);               \
  y_sum = FUSED(f, dy, y_sum);
#define REPULSION(j, lane)                                \
  {                                                       \
    FORCE(j, w, sums[2][lane], sums[3][lane])             \
    sums[4][lane] += w;                                   \
  }
#define ATTRACTION(k, lane)                               \
  {                                                       \
    FORCE(neighbours[k], p[k], sums[0][lane], sums[1][lane]) \
  }
    size_t j = 0;
    for (; j + lanes <= n; j += lanes)
      for (size_t lane = 0; lane < lanes; lane++) REPULSION(j + lane, lane)
    for (; j < n; j++) REPULSION(j, 0)
    const REAL *p = affinitiesv;
    size_t k = starts[i];
    for (; k + lanes <= starts[i + 1]; k += lanes)
      for (size_t lane = 0; lane < lanes; lane++) ATTRACTION(k + lane, lane)
    for (; k < starts[i + 1]; k++) ATTRACTION(k, 0)
#undef FORCE
#undef REPULSION
#undef ATTRACTION
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
