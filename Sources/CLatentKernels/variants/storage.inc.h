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
