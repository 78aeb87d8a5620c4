/*
 * Runs a stream of memory calls on the running kernel and times them. Reads the stream from the file it is given:
 * 32-bit numbers in the machine's order. First the number of stretches; for each stretch whether it is timed (the
 * first, the setup, never is) and its number of calls; then the calls of all stretches, four numbers each: call, page,
 * pages, argument (src/kernel/call-list.ts says what they mean).
 *
 * Then, for each line on standard input, runs every stretch but the setup and prints one line: calls, CPU time and
 * wall time of the timed ones in nanoseconds, checksum.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096L
#define ARENA (1UL << 40)
#define ARENA_END (1UL << 44)

enum { MMAP_FIXED, MUNMAP, MPROTECT, BRK, MREMAP, FORK };

struct call {
    int32_t kind, page, pages, argument;
};

static unsigned long heap;

static int64_t now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* Pages from the arena's start, or a negative errno. */
static int32_t outcome(long result)
{
    if (result < 0)
        return -errno;
    return result > 0 ? (int32_t)(((unsigned long)result - ARENA) / PAGE) : 0;
}

static int32_t perform(const struct call *call)
{
    unsigned long at = ARENA + call->page * (unsigned long)PAGE;
    unsigned long length = call->pages * (unsigned long)PAGE;
    const int fixed = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    switch (call->kind) {
    case MMAP_FIXED:
        return outcome(syscall(SYS_mmap, at, length, call->argument, fixed, -1, 0L));
    case MUNMAP:
        return outcome(syscall(SYS_munmap, at, length));
    case MPROTECT:
        return outcome(syscall(SYS_mprotect, at, length, call->argument));
    case BRK:
        return (int32_t)(((unsigned long)syscall(SYS_brk, heap + call->page * (unsigned long)PAGE) - heap) / PAGE);
    case MREMAP:
        return outcome(syscall(SYS_mremap, at, length, call->argument * PAGE, 0, 0));
    case FORK: {
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        return child > 0 ? 0 : -errno;
    }
    }
    return -ENOSYS;
}

/* Multiplication wraps: unsigned. */
static uint32_t run(const struct call *calls, int32_t count)
{
    uint32_t sum = 0;
    for (int32_t i = 0; i < count; i++)
        sum = sum * 31 + (uint32_t)perform(&calls[i]);
    return sum;
}

/* Children are waited for outside of the measured time. */
static void reap(void)
{
    while (waitpid(-1, NULL, 0) > 0)
        ;
}

static int32_t areas_in_arena(void)
{
    char line[4096];
    int32_t count = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    if (!maps)
        fail("/proc/self/maps");
    while (fgets(line, sizeof line, maps)) {
        unsigned long start = strtoul(line, NULL, 16);
        count += start >= ARENA && start < ARENA_END;
    }
    fclose(maps);
    return count;
}

/* As mix() in src/run/random.ts for numbers of 32 bits. */
static uint32_t mix(uint32_t sum, uint32_t value)
{
    return sum * 31 + value;
}

int main(int argc, char **argv)
{
    char order[64];
    int32_t stretches;
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file || fread(&stretches, 4, 1, file) != 1)
        fail("stream");
    int32_t(*heads)[2] = calloc(stretches, sizeof *heads);
    struct call **calls = calloc(stretches, sizeof *calls);
    if (fread(heads, sizeof *heads, stretches, file) != (size_t)stretches)
        fail("stream");
    for (int32_t i = 0; i < stretches; i++) {
        calls[i] = malloc((heads[i][1] + 1) * sizeof **calls);
        if (fread(calls[i], sizeof **calls, heads[i][1], file) != (size_t)heads[i][1])
            fail("stream");
    }
    fclose(file);
    /* From here on nothing may move the break but the stream. */
    setvbuf(stdin, NULL, _IONBF, 0);
    setvbuf(stdout, NULL, _IONBF, 0);
    uint32_t start = run(calls[0], heads[0][1]);
    start = mix(start, (uint32_t)areas_in_arena());
    heap = ((unsigned long)syscall(SYS_brk, 0) + PAGE - 1) / PAGE * PAGE;
    syscall(SYS_brk, heap);
    if (write(1, "ready\n", 6) != 6)
        return 1;
    while (read(0, order, sizeof order) > 0) {
        uint32_t sum = start;
        int64_t cpu = 0, wall = 0, timed = 0;
        for (int32_t i = 1; i < stretches; i++) {
            int64_t cpu_from = now(CLOCK_PROCESS_CPUTIME_ID), wall_from = now(CLOCK_MONOTONIC);
            uint32_t result = run(calls[i], heads[i][1]);
            if (heads[i][0]) {
                cpu += now(CLOCK_PROCESS_CPUTIME_ID) - cpu_from;
                wall += now(CLOCK_MONOTONIC) - wall_from;
                timed += heads[i][1];
            }
            reap();
            sum = mix(sum, result);
        }
        int length = snprintf(order, sizeof order, "%ld %ld %ld %d\n", (long)timed, (long)cpu, (long)wall, (int32_t)sum);
        if (write(1, order, length) != length)
            return 1;
    }
    return 0;
}
