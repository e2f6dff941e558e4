// A dense layer's bias and activation, and the way back.
static void FN(bias_activation)(void *yv, const void *biasv, size_t rows, size_t columns, latent_activation activation) {
  const REAL *bias = biasv;
  for (size_t row = 0; row < rows; row++) {
    STORED *y = (STORED *)yv + row * columns;
    switch (activation) {
      case latent_linear:
        for (size_t c = 0; c < columns; c++) ADD_TO(y[c], bias[c]);
        break;
      case latent_relu:
        for (size_t c = 0; c < columns; c++) {
          REAL z = LOAD(y[c]) + bias[c];
          STORE(y[c], z < 0 ? (REAL)0 : z);  // NaN stays NaN
        }
        break;
      case latent_sigmoid:
        for (size_t c = 0; c < columns; c++) STORE(y[c], SIGMOID(LOAD(y[c]) + bias[c]));
        break;
      case latent_tanh:
        for (size_t c = 0; c < columns; c++) STORE(y[c], TANH(LOAD(y[c]) + bias[c]));
        break;
    }
  }
}

static void FN(activation_backward)(const void *yv, const void *dyv, void *dxv, size_t n, latent_activation activation) {
  const STORED *y = yv, *dy = dyv;
  STORED *dx = dxv;
  switch (activation) {
    case latent_linear:
      if (dx != dy) memcpy(dx, dy, n * sizeof(STORED));
      break;
    case latent_relu:
      INDEPENDENT
      for (size_t i = 0; i < n; i++) STORE(dx[i], LOAD(y[i]) > 0 ? LOAD(dy[i]) : (REAL)0);
      break;
    case latent_sigmoid:
      INDEPENDENT
      for (size_t i = 0; i < n; i++) STORE(dx[i], LOAD(dy[i]) * LOAD(y[i]) * (1 - LOAD(y[i])));
      break;
    case latent_tanh:
      INDEPENDENT
      for (size_t i = 0; i < n; i++) STORE(dx[i], LOAD(dy[i]) * (1 - LOAD(y[i]) * LOAD(y[i])));
      break;
  }
}
