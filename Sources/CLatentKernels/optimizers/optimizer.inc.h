// One optimizer step over a block of parameters. Running averages are written m += (1 - beta)(g - m), which rounds less
// than beta m + (1 - beta) g; powers of the betas are already inside the rate. Decay is decoupled: the learning rate times
// the weight decay, a part of each weight that it loses (Loshchilov & Hutter 2019).

// Momentum (Polyak 1964) as Keras writes it: v = momentum v - rate g, w += v; Nesterov's: w += momentum v - rate g.
static void FN(sgd_momentum)(void *weightsv, const void *gradientv, void *velocityv, size_t n, double rate,
                             double momentum, int nesterov) {
  REAL *restrict w = weightsv, *restrict v = velocityv;
  const REAL *restrict g = gradientv;
  REAL r = (REAL)rate, mu = (REAL)momentum;
  if (nesterov) {
    INDEPENDENT
    for (size_t i = 0; i < n; i++) {
      REAL velocity = mu * v[i] - r * g[i];
      v[i] = velocity;
      w[i] += mu * velocity - r * g[i];
    }
  } else {
    INDEPENDENT
    for (size_t i = 0; i < n; i++) {
      REAL velocity = mu * v[i] - r * g[i];
      v[i] = velocity;
      w[i] += velocity;
    }
  }
}

// Inlined with constant flags, so that each combination is a loop of its own without branches.
__attribute__((always_inline)) static inline void FN(rmsprop_loop)(
    REAL *restrict w, const REAL *restrict g, REAL *restrict s, REAL *restrict mean, REAL *restrict v, size_t n, REAL r,
    REAL a, REAL mu, REAL e, int centered, int moving) {
  INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    REAL square = s[i] + (g[i] * g[i] - s[i]) * a, variance = square;
    s[i] = square;
    if (centered) {
      REAL average = mean[i] + (g[i] - mean[i]) * a;
      mean[i] = average;
      variance = square - average * average;
      variance = variance < 0 ? 0 : variance;  // by rounding only
    }
    REAL change = r * g[i] / SQRT(variance + e);
    if (moving) {
      change += mu * v[i];
      v[i] = change;
    }
    w[i] -= change;
  }
}

// RMSprop (Hinton 2012) in Keras's form: s += (g^2 - s)(1 - rho), w -= rate g / sqrt(s + epsilon). Centered (with `mean`):
// s less the squared running mean of g. With `velocity`: v = momentum v + the change, w -= v.
static void FN(rmsprop)(void *w, const void *g, void *square, void *mean, void *velocity, size_t n, double rate,
                        double rho, double momentum, double epsilon) {
  REAL r = (REAL)rate, a = (REAL)(1 - rho), mu = (REAL)momentum, e = (REAL)epsilon;
  if (mean && velocity)
    FN(rmsprop_loop)(w, g, square, mean, velocity, n, r, a, mu, e, 1, 1);
  else if (mean)
    FN(rmsprop_loop)(w, g, square, mean, 0, n, r, a, mu, e, 1, 0);
  else if (velocity)
    FN(rmsprop_loop)(w, g, square, 0, velocity, n, r, a, mu, e, 0, 1);
  else
    FN(rmsprop_loop)(w, g, square, 0, 0, n, r, a, mu, e, 0, 0);
}

// Adam (Kingma & Ba 2015) in Keras's form: m += (g - m)(1 - beta1), v += (g^2 - v)(1 - beta2),
// w -= decay w + rate m / (sqrt(v) + epsilon), with the bias corrections already inside rate:
// lr sqrt(1 - beta2^t) / (1 - beta1^t).
static void FN(adam)(void *weightsv, const void *gradientv, void *firstv, void *secondv, size_t n, double rate,
                     double beta1, double beta2, double epsilon, double decay) {
  REAL *restrict w = weightsv, *restrict m = firstv, *restrict v = secondv;
  const REAL *restrict g = gradientv;
  REAL a = (REAL)(1 - beta1), b = (REAL)(1 - beta2), r = (REAL)rate, e = (REAL)epsilon, d = (REAL)decay;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    REAL first = m[i] + (g[i] - m[i]) * a, second = v[i] + (g[i] * g[i] - v[i]) * b;
    m[i] = first, v[i] = second;
    w[i] = w[i] - d * w[i] - r * first / (SQRT(second) + e);
  }
}

// AdaMax (Kingma & Ba 2015, section 7.1): m as Adam's, u = max(beta2 u, |g|), w -= rate m / (u + epsilon), with the
// bias correction inside rate: lr / (1 - beta1^t).
static void FN(adamax)(void *weightsv, const void *gradientv, void *firstv, void *normv, size_t n, double rate,
                       double beta1, double beta2, double epsilon) {
  REAL *restrict w = weightsv, *restrict m = firstv, *restrict u = normv;
  const REAL *restrict g = gradientv;
  REAL a = (REAL)(1 - beta1), b = (REAL)beta2, r = (REAL)rate, e = (REAL)epsilon;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    REAL first = m[i] + (g[i] - m[i]) * a, size = g[i] < 0 ? -g[i] : g[i], old = b * u[i];
    REAL norm = size > old ? size : old;
    m[i] = first, u[i] = norm;
    w[i] -= r * first / (norm + e);
  }
}

// Lion (Chen et al. 2023): w -= decay w + rate sign(beta1 m + (1 - beta1) g), then m = beta2 m + (1 - beta2) g.
static void FN(lion)(void *weightsv, const void *gradientv, void *firstv, size_t n, double rate, double beta1,
                     double beta2, double decay) {
  REAL *restrict w = weightsv, *restrict m = firstv;
  const REAL *restrict g = gradientv;
  REAL a = (REAL)(1 - beta1), b = (REAL)(1 - beta2), r = (REAL)rate, d = (REAL)decay;
  INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    REAL c = m[i] + (g[i] - m[i]) * a;
    REAL sign = c > 0 ? (REAL)1 : c < 0 ? (REAL)-1 : c;  // 0 and NaN stay what they are
    w[i] = w[i] - d * w[i] - r * sign;
    m[i] += (g[i] - m[i]) * b;
  }
}
