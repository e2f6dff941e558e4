// Products in tiles for any processor of the target architecture.
#define VARIANT baseline
#define VECTOR_BYTES 16
#define MICRO_ROWS 2
#include "tiles.inc.h"
