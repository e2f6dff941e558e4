// FUSED(a, b, c): a b + c with one rounding, of numbers or vectors of one type. With SSE2, which has no such instruction, two.
//
// Sums of products are written so. Of `sum += a * b` the compiler also makes one operation, but not where it vectorises the
// sum: then, on arm64, it adds products that were rounded before.
#if defined(__x86_64__) && VECTOR_BYTES == 16
#define FUSED(a, b, c) ((a) * (b) + (c))
#else
#define FUSED(a, b, c) __builtin_elementwise_fma(a, b, c)
#endif
