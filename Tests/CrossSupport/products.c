// Products with packed weights, through grids, and transposed.
#include "cross.h"

#define X(count, low, high) cross_numbers(r, count, low, high)
#define EMIT(name, x, count) cross_emit(r, name, cross_close, x, count)

static void packed(cross_run *r, size_t m, size_t k, size_t n) {
  void *a = X(m * k, -1, 1), *c = X(m * n, -1, 1);
  void *panels = X(RUN(packed_count)(k, n), 0, 1);
  for (int transposed = 0; transposed < 2; transposed++) {
    RUN(pack)(X(k * n, -1, 1), k, n, transposed ? k : n, transposed, panels, k, 0);
    RUN(multiply_packed)(a, m, k, k, panels, k, 0, c, n, n, transposed);
    EMIT("multiply_packed", c, m * n);
  }
  size_t split = m / 2;
  void *lower = X(m * n, -1, 1);
  RUN(multiply_transposed)(X(k * m, -1, 1), k, m, split, m, X(k * n, -1, 1), n, n, c, 1, lower, 0, X(LATENT_COLUMNS_ROOM, 0, 1));
  EMIT("multiply_transposed", c, split * n);
  EMIT("multiply_transposed", lower, (m - split) * n);
}

// Products of any layout, among them those that a QR factorisation is made of, and its reflections.
static void small(cross_run *r) {
  enum { m = 19, k = 901, n = 41, block = 29 };
  void *a = X(m * k, -1, 1), *b = X(k * n, -1, 1), *c = X(m * n, -1, 1);
  for (int flags = 0; flags < 4; flags++) {
    int flip_a = flags & 1, flip_b = flags >> 1;
    RUN(multiply_strided)(a, m, k, flip_a ? 1 : k, flip_a ? m : 1, b, n, flip_b ? k : n, flip_b, c, n, flags == 3);
    EMIT("multiply_strided", c, m * n);
  }
  void *v = X(k * block, 0, 1), *t = X(block * block, 0, 1), *diagonal = X(block, 0, 1);
  RUN(householder)(b, k, block, n, v, t, diagonal);
  EMIT("householder", v, k * block);
  EMIT("householder", t, block * block);
  EMIT("householder", diagonal, block);
}

// The patches of 3 x 3 pixels of padded images.
static void grids(cross_run *r) {
  enum { images = 2, side = 9, channels = 3, filters = 21, padded = side + 2, kernel = 9 * channels };
  latent_padding padding = {side, side, channels, 1, 1, padded, padded};
  enum { pixels = images * side * side, all = images * padded * padded * channels };
  void *x = X(pixels * channels, -1, 1), *a = X(all, 0, 1);
  for (int activation = latent_linear; activation <= latent_tanh; activation++) {
    RUN(operands.pad_images)(&padding, x, activation ? X(pixels * channels, 0, 1) : NULL, (latent_activation)activation, images, a);
    EMIT("pad_images", a, all);
  }
  latent_grid rows = {{images, side, side}, {padded * padded * channels, padded * channels, channels}};
  latent_grid depth = {{1, 3, 3 * channels}, {0, padded * channels, 1}};
  latent_grid results = {{images, side, side}, {side * side * filters, side * filters, filters}};
  void *panels = X(RUN(packed_count)(kernel, filters), 0, 1), *c = X(pixels * filters, -1, 1);
  RUN(pack)(X(kernel * filters, -1, 1), kernel, filters, filters, 0, panels, kernel, 0);
  RUN(operands.multiply_grid)(a, &rows, &depth, panels, filters, c, &results, 0);
  EMIT("multiply_grid", c, pixels * filters);
  void *gradient = X(kernel * filters, -1, 1);
  RUN(multiply_grid_transposed)(a, &depth, &rows, c, &results, filters, gradient, 1);
  EMIT("multiply_grid_transposed", gradient, kernel * filters);
  latent_grid narrow = {{images, side, side}, {side * side * 2, side * 2, 2}};
  RUN(operands.multiply_grid_narrow)(a, &rows, &depth, X(2 * kernel, -1, 1), 2, c, &narrow, 0);
  EMIT("multiply_grid_narrow", c, pixels * 2);
  latent_grid line = {{1, 5, 75}, {0, 80, 1}};  // more than all lanes, and a rest
  RUN(operands.multiply_grid_narrow)(X(11 * 80, -1, 1), &(latent_grid){{1, 1, 7}, {0, 0, 80}}, &line, X(3 * 375, -1, 1), 3, c,
                            &(latent_grid){{1, 1, 7}, {0, 0, 3}}, 1);
  EMIT("multiply_grid_narrow", c, 7 * 3);
}

void cross_products(cross_run *r) {
  packed(r, 13, 37, 70);
  packed(r, 32, 300, 64);  // more than a panel is deep
  packed(r, 3, 1000, 9);
  small(r);
  grids(r);
  double result;
  if (RUN(multiply_adds)(1000, &result) <= 0) cross_emit(r, "multiply_adds", cross_same, NULL, 0);
}
