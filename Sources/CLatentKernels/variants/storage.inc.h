// Arrays that hold what is computed with. Loops read and write their arrays through these macros, so that an element type
// may be stored in fewer bits than it is computed with:
//
//   STORED                        the type of an array's elements; REAL is that of arithmetic
//   LOAD(place)                   the value of an element
//   STORE(place, value)           puts a value there
//   ADD_TO(place, value)          adds one to what is there
//   LOAD_RUN(to, from, count)     count elements of STORED at `from` become REALs at `to`; they do not overlap
//   LOAD_VECTOR(Vector, place)    the elements at `place` as a vector of REALs
//   STORE_VECTOR(Vector, place, value)
//
// What is added to again and again (gradients of biases, cells, an optimizer's averages), what is small (biases,
// statistics) and the panels of packed products are REAL.
#define STORED REAL
#define LOAD(place) (place)
#define STORE(place, value) ((place) = (value))
#define ADD_TO(place, value) ((place) += (value))
#define LOAD_RUN(to, from, count) memcpy(to, from, (count) * sizeof(REAL))
#define LOAD_VECTOR(Vector, place) (*(const Vector *)(place))
#define STORE_VECTOR(Vector, place, value) (*(Vector *)(place) = (value))
// What products multiply, where the pass before writes it for them: here the same. COPY_IN and ACTIVATION_IN make OPERANDs
// of STOREDs, COPY_OUT the other way.
#define OPERAND STORED
#define STORE_OPERAND(place, value) STORE(place, value)
#define NARROW_ROW(row, count)
#define LOAD_OPERAND(place) LOAD(place)
#define LOAD_OPERAND_VECTOR(Vector, place) LOAD_VECTOR(Vector, place)
#define ACTIVATION_IN(to, y, dy, count, activation) FN(activation_backward)(y, dy, to, count, activation)
#define COPY_IN(to, from, count) memcpy(to, from, (count) * sizeof(STORED))
#define COPY_OUT(to, from, count) memcpy(to, from, (count) * sizeof(STORED))
