// Functions of single numbers, with the same bits on every system and processor.
#ifndef LATENT_SCALARS_H
#define LATENT_SCALARS_H

/// x^y, with the special values of C99's pow.
double latent_scalar_power(double x, double y);
/// cos(pi x) for 0 <= x <= 1.
double latent_scalar_cosine(double x);

#endif
