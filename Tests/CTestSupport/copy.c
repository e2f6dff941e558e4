// A copy of the process, for what stops it.
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "include/ctest_support.h"

int ctest_run_copy(void (*body)(void *), void *context, char *text, size_t capacity) {
  int ends[2], status;
  if (pipe(ends) != 0) return -1;
  pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) {
    close(ends[0]);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    // What waits for ever is ended, and has not stopped as it was to.
    alarm(60);
    body(context);
    _exit(0);
  }
  close(ends[1]);
  size_t length = 0;
  for (;;) {
    char rest[256];
    ssize_t count = length + 1 < capacity ? read(ends[0], text + length, capacity - 1 - length)
                                          : read(ends[0], rest, sizeof rest);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    if (length + 1 < capacity) length += (size_t)count;
  }
  text[length] = 0;
  close(ends[0]);
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
