// A thin layer over MPI, whose handles are macros that Swift can't read. Every call but latent_mpi_start comes after it
// and one at a time (MPI_THREAD_SERIALIZED), and those that return int return 0 or the code of an error.
//
// Built without the trait MPI there is none of this: LatentMPI does not call it then.
#pragma once
#include <stddef.h>

// Messages of training and those of the watch over the processes never meet.
enum latent_mpi_channel { LATENT_MPI_DATA = 0, LATENT_MPI_WATCH = 1 };

// Joins the other processes. `rank` and `size`: this process's number and how many there are.
int latent_mpi_start(int *rank, int *size);
// Leaves them, once all want to.
int latent_mpi_finish(void);
// What an error's code means.
void latent_mpi_error_text(int code, char *text, size_t capacity);
// The name and version of the library, in one line.
void latent_mpi_library(char *text, size_t capacity);

// Messages under way.
typedef struct latent_mpi_messages latent_mpi_messages;
latent_mpi_messages *latent_mpi_messages_make(void);
// All of them must have arrived.
void latent_mpi_messages_free(latent_mpi_messages *messages);
// Begins to send or to receive; the bytes must stay where they are until they have arrived.
int latent_mpi_send(latent_mpi_messages *messages, enum latent_mpi_channel channel, const void *bytes, size_t count,
                    int to, int tag);
int latent_mpi_receive(latent_mpi_messages *messages, enum latent_mpi_channel channel, void *bytes, size_t count,
                       int from, int tag);
// Whether all have arrived.
int latent_mpi_test(latent_mpi_messages *messages, int *have_arrived);
// Whether a message of at most 1 GiB has come from a process (-1: from any), and how long it is.
int latent_mpi_probe(enum latent_mpi_channel channel, int from, int tag, int *has_come, int *source, size_t *count);

// Calls `handler` with the exit status when the process ends by exit() or by returning from main.
void latent_mpi_at_exit(void (*handler)(int status));
