/* Written under the C library's file calls (LD_PRELOAD): everything that a process does to the files of one folder goes into a journal too,
   in the order in which it happened, so that a test can work out what a power cut would have left (test_power_cut.py).

   BALISE_DISK: the folder. BALISE_JOURNAL: the journal. A record is 8 native integers (what, name number, offset, length, 0, 0, 0, 0) and
   `length` bytes. What: 1 name (a new file's path), 2 write, 3 truncate (to offset), 4 fsync, 5 gone, 6 a mark of the test's own. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 1024
#define NAMES 256
static int number_of[FILES]; /* descriptor -> number of its name, 0 for none */
static char *names[NAMES];
static int journal = -1, known;
static char folder[4096];
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static int (*real_truncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_unlink)(const char *);

static void note(int64_t what, int64_t number, int64_t offset, int64_t length, const void *bytes) {
  int64_t head[8] = {what, number, offset, length, 0, 0, 0, 0};
  if (journal < 0) return;
  if (real_write(journal, head, sizeof head) != sizeof head) abort();
  if (bytes && length && real_write(journal, bytes, (size_t)length) != length) abort();
}

__attribute__((constructor)) static void begin(void) {
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_open = dlsym(RTLD_NEXT, "open64");
  real_close = dlsym(RTLD_NEXT, "close");
  real_truncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  const char *place = getenv("BALISE_DISK"), *file = getenv("BALISE_JOURNAL");
  if (!place || !file) return;
  strncpy(folder, place, sizeof folder - 1);
  journal = real_open(file, O_WRONLY | O_CREAT | O_APPEND, 0600);
}

static int number(const char *path) {
  for (int i = 0; i < known; i++)
    if (!strcmp(names[i], path)) return i + 1;
  if (known == NAMES) abort();
  names[known++] = strdup(path);
  note(1, known, 0, (int64_t)strlen(path), path);
  return known;
}

static int ours(const char *path) {
  size_t length = strlen(path);
  return journal >= 0 && !strncmp(path, folder, strlen(folder)) && !(length > 4 && !strcmp(path + length - 4, "-shm"));
}

static int opened(int descriptor, const char *path) {
  if (descriptor >= 0 && descriptor < FILES) {
    pthread_mutex_lock(&turn);
    number_of[descriptor] = ours(path) ? number(path) : 0;
    pthread_mutex_unlock(&turn);
  }
  return descriptor;
}

#define OPEN(name)                                                   \
  int name(const char *path, int flags, ...) {                       \
    mode_t mode = 0;                                                 \
    if (flags & O_CREAT) {                                           \
      va_list more;                                                  \
      va_start(more, flags);                                         \
      mode = va_arg(more, mode_t);                                   \
      va_end(more);                                                  \
    }                                                                \
    return opened(real_open(path, flags, mode), path);               \
  }
OPEN(open)
OPEN(open64)

int close(int descriptor) {
  if (descriptor >= 0 && descriptor < FILES) number_of[descriptor] = 0;
  return real_close(descriptor);
}

static int of(int descriptor) { return descriptor >= 0 && descriptor < FILES ? number_of[descriptor] : 0; }

/* One at a time, so that the journal has the order of the disk. */
ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off_t offset) {
  if (!of(descriptor)) return real_pwrite(descriptor, bytes, length, offset);
  pthread_mutex_lock(&turn);
  ssize_t done = real_pwrite(descriptor, bytes, length, offset);
  if (done > 0) note(2, of(descriptor), offset, done, bytes);
  pthread_mutex_unlock(&turn);
  return done;
}
ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) { return pwrite64(descriptor, bytes, length, offset); }

ssize_t write(int descriptor, const void *bytes, size_t length) {
  if (!of(descriptor)) return real_write(descriptor, bytes, length);
  pthread_mutex_lock(&turn);
  off_t offset = lseek(descriptor, 0, SEEK_CUR);
  ssize_t done = real_write(descriptor, bytes, length);
  const char *name = names[of(descriptor) - 1];
  size_t end = strlen(name);
  if (done > 0) note(end > 5 && !strcmp(name + end - 5, "marks") ? 6 : 2, of(descriptor), offset, done, bytes);
  pthread_mutex_unlock(&turn);
  return done;
}

int ftruncate64(int descriptor, off_t length) {
  if (!of(descriptor)) return real_truncate(descriptor, length);
  pthread_mutex_lock(&turn);
  int done = real_truncate(descriptor, length);
  if (!done) note(3, of(descriptor), length, 0, NULL);
  pthread_mutex_unlock(&turn);
  return done;
}
int ftruncate(int descriptor, off_t length) { return ftruncate64(descriptor, length); }

static int synced(int descriptor, int (*real)(int)) {
  if (!of(descriptor)) return real(descriptor);
  pthread_mutex_lock(&turn);
  int done = real(descriptor);
  if (!done) note(4, of(descriptor), 0, 0, NULL);
  pthread_mutex_unlock(&turn);
  return done;
}
int fsync(int descriptor) { return synced(descriptor, real_fsync); }
int fdatasync(int descriptor) { return synced(descriptor, real_fdatasync); }

int unlink(const char *path) {
  int done = real_unlink(path);
  if (!done && ours(path)) {
    pthread_mutex_lock(&turn);
    note(5, number(path), 0, 0, NULL);
    pthread_mutex_unlock(&turn);
  }
  return done;
}
