// How loops of other folders write and read operands of bfloat16.

// The gradient dy of y = activation(.), taken back through it.
static void FN(activation_in)(uint16_t *to, const float *y, const float *dy, size_t count,
                              latent_activation activation) {
  float part[512];
  for (size_t first = 0; first < count; first += 512) {
    size_t size = count - first < 512 ? count - first : 512;
    FN(activation_backward)(y + first, dy + first, part, size, activation);
    FN(narrow_run)(part, to + first, size);
  }
}

static inline VECTOR FN(widen_vector)(const uint16_t *place) {
  typedef uint16_t halves __attribute__((vector_size(VECTOR_BYTES / 2), aligned(2)));
  return (VECTOR)(__builtin_convertvector(*(const halves *)place, FN(pairs)) << 16);
}

typedef uint32_t FN(pair_in_place) __attribute__((aligned(2), may_alias));

// The places of pairs that lie side by side: every second one of a run.
static inline latent_grid FN(pair_grid)(const latent_grid *depth) {
  latent_grid pairs = *depth;
  pairs.counts[2] /= 2;
  pairs.steps[2] *= 2;
  return pairs;
}
