// A dense layer's bias and activation, and the way back.
static void FN(bias_activation)(void *yv, const void *biasv, size_t rows, size_t columns, latent_activation activation) {
  const REAL *bias = biasv;
  for (size_t row = 0; row < rows; row++) {
    REAL *y = (REAL *)yv + row * columns;
    switch (activation) {
      case latent_linear:
        for (size_t c = 0; c < columns; c++) y[c] += bias[c];
        break;
      case latent_relu:
        for (size_t c = 0; c < columns; c++) {
          REAL z = y[c] + bias[c];
          y[c] = z < 0 ? (REAL)0 : z;  // NaN stays NaN
        }
        break;
      case latent_sigmoid:
        for (size_t c = 0; c < columns; c++) y[c] = SIGMOID(y[c] + bias[c]);
        break;
      case latent_tanh:
        for (size_t c = 0; c < columns; c++) y[c] = TANH(y[c] + bias[c]);
        break;
    }
  }
}

static void FN(activation_backward)(const void *yv, const void *dyv, void *dxv, size_t n, latent_activation activation) {
  const REAL *y = yv, *dy = dyv;
  REAL *dx = dxv;
  switch (activation) {
    case latent_linear:
      if (dx != dy) memcpy(dx, dy, n * sizeof(REAL));
      break;
    case latent_relu:
      INDEPENDENT
      for (size_t i = 0; i < n; i++) dx[i] = y[i] > 0 ? dy[i] : (REAL)0;
      break;
    case latent_sigmoid:
      INDEPENDENT
      for (size_t i = 0; i < n; i++) dx[i] = dy[i] * y[i] * (1 - y[i]);
      break;
    case latent_tanh:
      INDEPENDENT
      for (size_t i = 0; i < n; i++) dx[i] = dy[i] * (1 - y[i] * y[i]);
      break;
  }
}
