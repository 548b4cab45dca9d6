/* A disk that fails on command: LD_PRELOAD this, with DISK_FAULTS naming a folder of commands.
 *
 * A command is a file there whose first line is a path: it holds for every file below that path.
 *   full    writing fails with ENOSPC
 *   broken  fsync and fdatasync fail with EIO
 *   sealed  opening for writing fails with EACCES, of the very file and of its companions ("-wal")
 *   synced  second line a folder: what fsync has made durable of a file is copied there
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int command(const char *name, const char *path, char *target)
{
    const char *folder = getenv("DISK_FAULTS");
    char text[2 * PATH_MAX], place[PATH_MAX];
    char *second;
    long file, size;
    if (!folder)
        return 0;
    snprintf(place, sizeof place, "%s/%s", folder, name);
    file = syscall(SYS_openat, AT_FDCWD, place, O_RDONLY);
    if (file < 0)
        return 0;
    size = syscall(SYS_read, file, text, sizeof text - 1);
    syscall(SYS_close, file);
    text[size > 0 ? size : 0] = 0;
    second = strchr(text, '\n');
    if (second) {
        *second++ = 0;
        if (target)
            snprintf(target, PATH_MAX, "%s", second);
    }
    return text[0] && strncmp(path, text, strlen(text)) == 0;
}

static int holds(const char *name, int file, char *target, char *path)
{
    char link[64];
    int kept = errno, found;
    ssize_t size;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    size = readlink(link, path, PATH_MAX - 1);
    path[size > 0 ? size : 0] = 0;
    found = command(name, path, target);
    errno = kept;
    return found;
}

static int fails(const char *name, int file, int error)
{
    char path[PATH_MAX];
    if (!holds(name, file, NULL, path))
        return 0;
    errno = error;
    return 1;
}

static void remember(int file)
{
    char path[PATH_MAX], target[PATH_MAX], copy[2 * PATH_MAX], draft[2 * PATH_MAX + 8];
    char block[65536];
    ssize_t size;
    off_t at = 0;
    long out;
    if (!holds("synced", file, target, path))
        return;
    snprintf(copy, sizeof copy, "%s%s", target, strrchr(path, '/'));
    snprintf(draft, sizeof draft, "%s.draft", copy);
    out = syscall(SYS_openat, AT_FDCWD, draft, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    while ((size = pread(file, block, sizeof block, at)) > 0) {
        syscall(SYS_write, out, block, size);
        at += size;
    }
    syscall(SYS_close, out);
    rename(draft, copy);
}

#define NEXT(type, name, ...) \
    static type (*next)(__VA_ARGS__); \
    if (!next) \
        next = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int file, const void *data, size_t size)
{
    NEXT(ssize_t, "write", int, const void *, size_t);
    return fails("full", file, ENOSPC) ? -1 : next(file, data, size);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t at)
{
    NEXT(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return fails("full", file, ENOSPC) ? -1 : next(file, data, size, at);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at)
{
    NEXT(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return fails("full", file, ENOSPC) ? -1 : next(file, data, size, at);
}

int fsync(int file)
{
    NEXT(int, "fsync", int);
    if (fails("broken", file, EIO))
        return -1;
    remember(file);
    return next(file);
}

int fdatasync(int file)
{
    NEXT(int, "fdatasync", int);
    if (fails("broken", file, EIO))
        return -1;
    remember(file);
    return next(file);
}

static int sealed(const char *path, int flags)
{
    if ((flags & O_ACCMODE) == O_RDONLY || strstr(path, ".lock") || !command("sealed", path, NULL))
        return 0;
    errno = EACCES;
    return 1;
}

static mode_t mode_of(int flags, va_list rest)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) \
    { \
        va_list rest; \
        mode_t mode; \
        NEXT(int, #name, const char *, int, ...); \
        va_start(rest, flags); \
        mode = mode_of(flags, rest); \
        va_end(rest); \
        return sealed(path, flags) ? -1 : next(path, flags, mode); \
    }

OPEN(open)
OPEN(open64)
