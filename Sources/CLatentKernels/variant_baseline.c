// The loops for any processor of the target architecture (x86-64: SSE2; arm64: NEON).
#define VARIANT baseline
#include "variant.inc.h"
