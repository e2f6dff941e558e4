// The system's MPI: there with the trait MPI only, and only CLatentMPI uses it.
#if __has_include(<mpi.h>)
#include <mpi.h>
#endif
