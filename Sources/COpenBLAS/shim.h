// The C interfaces of BLAS and LAPACK as OpenBLAS ships them.
#include <cblas.h>
#include <lapacke.h>
