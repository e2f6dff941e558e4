// The sums with the products of a pair that all lanes share and of a vector of pairs.
static inline __attribute__((always_inline)) FN(vector) FN(add_pairs)(FN(vector) sums, uint32_t value,
                                                                      FN(pairs) vector) {
  FN(pairs) values = (FN(pairs)){0} + value;
#ifdef PAIR_INSTRUCTION
  typedef __bf16 halves __attribute__((vector_size(VECTOR_BYTES)));
  return PAIR_INSTRUCTION(sums, (halves)values, (halves)vector);
#else
  sums = FUSED((FN(vector))(values & 0xffff0000), (FN(vector))(vector & 0xffff0000), sums);
  return FUSED((FN(vector))(values << 16), (FN(vector))(vector << 16), sums);
#endif
}
