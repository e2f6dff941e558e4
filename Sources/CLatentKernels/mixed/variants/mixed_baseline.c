// The loops of mixed precision for any processor of the target architecture.
#define VARIANT baseline
#define VECTOR_BYTES 16
#define MICRO_ROWS 4
#include "mixed.inc.h"
