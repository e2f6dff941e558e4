// What products multiply, where the pass before writes it for them, is what is STORED, and is read element by element;
// mixed.inc.h has the other way. COPY_IN and ACTIVATION_IN make OPERANDs of STOREDs, COPY_OUT the other way.
#define OPERAND STORED
#define STORE_OPERAND(place, value) STORE(place, value)
#define ACTIVATE_GATES(i, f, g, o) ((i) = SIGMOID(i), (f) = SIGMOID(f), (g) = TANH(g), (o) = SIGMOID(o))
#define CELL_TANH(x) TANH(x)
#define KEEP(place, value) STORE(place, value)
#define KEEP_SIGNED(place, value) STORE(place, value)
#define KEPT(place) LOAD(place)
#define KEPT_SIGNED(place) LOAD(place)
#define LOAD_OPERAND(place) LOAD(place)
#define LOAD_OPERAND_VECTOR(Vector, place) LOAD_VECTOR(Vector, place)
#define ACTIVATION_IN(to, y, dy, count, activation) FN(activation_backward)(y, dy, to, count, activation)
#define COPY_IN(to, from, count) memcpy(to, from, (count) * sizeof(STORED))
#define COPY_OUT(to, from, count) memcpy(to, from, (count) * sizeof(STORED))
#define FACTOR STORED
#define LOAD_FACTOR(place) LOAD(place)
#define LOAD_GRID_FACTOR(place) LOAD(*(place))
#define FACTOR_GRID(depth) (*(depth))
#define MULTIPLY_GRID FN(multiply_grid)
#define PACKED REAL
#define PACKED_VECTOR VECTOR
#define ADD_PRODUCT(sums, value, vector) ((sums) + (value) * (vector))
