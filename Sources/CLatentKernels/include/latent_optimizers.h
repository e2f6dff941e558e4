#ifndef LATENT_OPTIMIZERS_H
#define LATENT_OPTIMIZERS_H

#include <stddef.h>

#pragma clang assume_nonnull begin

// optimizers/*.inc.h: one step over a block of weights; arrays are disjoint
typedef struct latent_optimizer_ops {
  // optimizer.inc.h
  void (*sgd_momentum)(void *weights, const void *gradient, void *velocity, size_t n, double rate, double momentum,
                       int nesterov);
  void (*rmsprop)(void *weights, const void *gradient, void *square, void *_Nullable mean, void *_Nullable velocity,
                  size_t n, double rate, double rho, double momentum, double epsilon);
  void (*adam)(void *weights, const void *gradient, void *first, void *second, size_t n, double rate, double beta1,
               double beta2, double epsilon, double decay);
  void (*adamax)(void *weights, const void *gradient, void *first, void *norm, size_t n, double rate, double beta1,
                 double beta2, double epsilon);
  void (*lion)(void *weights, const void *gradient, void *first, size_t n, double rate, double beta1, double beta2,
               double decay);
  // adaptive.inc.h
  void (*adagrad)(void *weights, const void *gradient, void *sum, size_t n, double rate, double inside, double outside);
  void (*adadelta)(void *weights, const void *gradient, void *square, void *change, size_t n, double rate, double rho,
                   double epsilon);
  void (*nadam)(void *weights, const void *gradient, void *first, void *second, size_t n, double rate,
                double gradient_rate, double beta1, double beta2, double epsilon, double decay);
  void (*radam_warm_up)(void *weights, const void *gradient, void *first, void *second, size_t n, double rate,
                        double beta1, double beta2, double decay);
  // lamb.inc.h: the moments, and the sum of squares of the direction; then the step along it
  double (*lamb_moments)(const void *weights, const void *gradient, void *first, void *second, size_t n, double beta1,
                         double beta2, double scale, double epsilon, double decay);
  void (*lamb)(void *weights, const void *first, const void *second, size_t n, double rate, double scale, double epsilon,
               double decay);
} latent_optimizer_ops;

#pragma clang assume_nonnull end
#endif
