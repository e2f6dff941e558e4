// Standard normal noise from a counter-based generator.
static void FN(normal_noise)(uint64_t key, const uint64_t *stream, void *noisev, size_t rows, size_t columns) {
  REAL *noise = noisev;
  for (size_t i = 0; i < rows * columns; i++) noise[i] = (REAL)((key + stream[i / columns]) % 7) - 3;
}
