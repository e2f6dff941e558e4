#ifdef LATENT_MPI
#if !__has_include(<mpi.h>)
#error "the trait MPI needs an MPI library: install Debian's libopenmpi-dev or libmpich-dev, or set PKG_CONFIG_PATH to where another one has its mpi.pc"
#endif

#define _DEFAULT_SOURCE
#include "latent_mpi.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A message of more bytes travels in several, since MPI counts in int.
static const size_t most_bytes = (size_t)1 << 30;

static MPI_Comm channels[2];

struct latent_mpi_messages {
  MPI_Request *requests;
  int count, capacity;
};

int latent_mpi_start(int *rank, int *size) {
  int provided, code = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
  if (code) return code;
  for (int i = 0; i < 2; i++) {
    if ((code = MPI_Comm_dup(MPI_COMM_WORLD, &channels[i]))) return code;
    // Whoever calls says what went wrong.
    if ((code = MPI_Comm_set_errhandler(channels[i], MPI_ERRORS_RETURN))) return code;
  }
  if (provided < MPI_THREAD_SERIALIZED) return MPI_ERR_OTHER;
  if ((code = MPI_Comm_rank(channels[0], rank))) return code;
  return MPI_Comm_size(channels[0], size);
}

int latent_mpi_finish(void) { return MPI_Finalize(); }

// The first line of what MPI writes.
static void copy_line(const char *from, int length, char *text, size_t capacity) {
  int count = length < 0 ? 0 : length;
  snprintf(text, capacity, "%.*s", count, from);
  text[strcspn(text, "\r\n")] = 0;
}

void latent_mpi_error_text(int code, char *text, size_t capacity) {
  char full[MPI_MAX_ERROR_STRING];
  int length = 0;
  if (MPI_Error_string(code, full, &length)) length = snprintf(full, sizeof full, "error %d", code);
  copy_line(full, length, text, capacity);
}

void latent_mpi_library(char *text, size_t capacity) {
  char full[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  if (MPI_Get_library_version(full, &length)) length = 0;
  copy_line(full, length, text, capacity);
}

latent_mpi_messages *latent_mpi_messages_make(void) { return calloc(1, sizeof(latent_mpi_messages)); }

void latent_mpi_messages_free(latent_mpi_messages *messages) {
  if (messages) free(messages->requests);
  free(messages);
}

static MPI_Request *next_request(latent_mpi_messages *messages) {
  if (messages->count == messages->capacity) {
    int capacity = messages->capacity ? 2 * messages->capacity : 16;
    MPI_Request *grown = realloc(messages->requests, (size_t)capacity * sizeof *grown);
    if (!grown) return NULL;
    messages->requests = grown;
    messages->capacity = capacity;
  }
  return &messages->requests[messages->count];
}

// Begins to send to a process, or to receive from it.
static int begin(latent_mpi_messages *messages, enum latent_mpi_channel channel, int sends, void *bytes, size_t count,
                 int other, int tag) {
  char *start = bytes;
  do {
    size_t part = count < most_bytes ? count : most_bytes;
    MPI_Request *request = next_request(messages);
    if (!request) return MPI_ERR_NO_MEM;
    int code = sends ? MPI_Isend(start, (int)part, MPI_BYTE, other, tag, channels[channel], request)
                     : MPI_Irecv(start, (int)part, MPI_BYTE, other, tag, channels[channel], request);
    if (code) return code;
    messages->count++;
    start += part;
    count -= part;
  } while (count > 0);
  return 0;
}

int latent_mpi_send(latent_mpi_messages *messages, enum latent_mpi_channel channel, const void *bytes, size_t count,
                    int to, int tag) {
  return begin(messages, channel, 1, (void *)bytes, count, to, tag);  // MPI_Isend only reads them
}

int latent_mpi_receive(latent_mpi_messages *messages, enum latent_mpi_channel channel, void *bytes, size_t count,
                       int from, int tag) {
  return begin(messages, channel, 0, bytes, count, from, tag);
}

int latent_mpi_test(latent_mpi_messages *messages, int *have_arrived) {
  int code = MPI_Testall(messages->count, messages->requests, have_arrived, MPI_STATUSES_IGNORE);
  if (!code && *have_arrived) messages->count = 0;
  return code;
}

int latent_mpi_probe(enum latent_mpi_channel channel, int from, int tag, int *has_come, int *source, size_t *count) {
  MPI_Status status;
  int code = MPI_Iprobe(from < 0 ? MPI_ANY_SOURCE : from, tag, channels[channel], has_come, &status);
  if (code || !*has_come) return code;
  int bytes = 0;
  if ((code = MPI_Get_count(&status, MPI_BYTE, &bytes))) return code;
  *source = status.MPI_SOURCE;
  *count = (size_t)bytes;
  return 0;
}

static void (*exit_handler)(int);

static void at_exit(int status, void *unused) {
  (void)unused;
  exit_handler(status);
}

void latent_mpi_at_exit(void (*handler)(int status)) {
  exit_handler = handler;
  on_exit(at_exit, NULL);
}
#else
// Without the trait there is nothing to wrap.
typedef int latent_mpi_is_off;
#endif
