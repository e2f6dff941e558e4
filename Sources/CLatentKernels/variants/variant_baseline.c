// The loops for any processor of the target architecture (x86-64: SSE2; arm64: NEON).
#define VARIANT baseline
#define VECTOR_BYTES 16
#define MICRO_ROWS 4
#include "variant.inc.h"
