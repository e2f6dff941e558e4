// Optimizers. The first ones run among the elementwise loops, and the others after them, so that the numbers that other loops run on
// stay what they were.
#include "cross.h"

enum { n = 185, first_n = 1003 };
#define X(low, high) cross_numbers(r, n, low, high)
#define FIRST(low, high) cross_numbers(r, first_n, low, high)

void cross_first_optimizers(cross_run *r) {
  void *w, *g, *a, *b, *c;
#define STEP(entry, ...)                                                   \
  w = FIRST(-1, 1), g = FIRST(-1, 1), a = FIRST(0, 0.1), b = FIRST(1, 1.5), c = FIRST(0, 0.1); \
  RUN(optimizers.entry)(w, g, __VA_ARGS__);                                \
  cross_emit(r, #entry, cross_close, w, first_n);                                \
  cross_emit(r, #entry, cross_close, a, first_n);                                \
  cross_emit(r, #entry, cross_close, b, first_n);                                \
  cross_emit(r, #entry, cross_close, c, first_n);
  STEP(sgd_momentum, a, first_n, 0.01, 0.9, 0)
  STEP(sgd_momentum, a, first_n, 0.01, 0.9, 1)
  STEP(rmsprop, b, 0, 0, first_n, 0.01, 0.9, 0, 1e-7)
  STEP(rmsprop, b, a, 0, first_n, 0.01, 0.9, 0, 1e-7)
  STEP(rmsprop, b, a, c, first_n, 0.01, 0.9, 0.5, 1e-7)
  STEP(adam, a, b, first_n, 0.01, 0.9, 0.999, 1e-7, 0.001)
  STEP(adamax, a, b, first_n, 0.01, 0.9, 0.999, 1e-7)
  STEP(lion, a, first_n, 0.01, 0.9, 0.99, 0.001)
#undef STEP
}

void cross_optimizers(cross_run *r) {
  void *w, *g, *a, *b;
#define STEP(entry, ...)                                   \
  w = X(-1, 1), g = X(-1, 1), a = X(0, 0.1), b = X(1, 1.5); \
  RUN(optimizers.entry)(w, g, __VA_ARGS__);                \
  cross_emit(r, #entry, cross_close, w, n);                \
  cross_emit(r, #entry, cross_close, a, n);                \
  cross_emit(r, #entry, cross_close, b, n);
  STEP(adagrad, b, n, 0.01, 0.1, 1e-7)
  STEP(adadelta, b, a, n, 0.01, 0.9, 1e-6)
  STEP(nadam, a, b, n, 0.01, 0.002, 0.9, 0.999, 1e-7, 0.001)
  STEP(radam_warm_up, a, b, n, 0.01, 0.9, 0.999, 0.001)
#undef STEP
  w = X(-1, 1), g = X(-1, 1), a = X(0, 0.1), b = X(1, 1.5);
  double squares = RUN(optimizers.lamb_moments)(w, g, a, b, n, 0.9, 0.999, 1.5, 1e-6, 0.01);
  // Of singles that are rounded otherwise without fused multiply-add, in double.
  cross_emit_doubles(r, "lamb_moments", cross_fused, &squares, 1);
  cross_emit(r, "lamb_moments", cross_close, a, n);
  cross_emit(r, "lamb_moments", cross_close, b, n);
  RUN(optimizers.lamb)(w, a, b, n, 0.01, 1.5, 1e-6, 0.01);
  cross_emit(r, "lamb", cross_close, w, n);
}
