// A vector of what is computed with, its elements, and the columns of a packed panel.
typedef REAL FN(vector) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(REAL))));
#define VECTOR FN(vector)
#define LANES (VECTOR_BYTES / sizeof(REAL))
#define PANEL (2 * LANES)
