/**
 * The C program that runs scripts on the running kernel. It is compiled with the system's compiler at first use.
 *
 * Longer than 350 lines because it is one C program, kept as text so that the published package carries it.
 *
 * It reads scripts from its standard input, runs each in a freshly exec'ed process of its own (no address
 * randomization, 8 MiB stack), and writes after every operation what the call returned and which areas the process
 * then shows in its own smaps. System calls are made raw, and nothing between two operations maps or unmaps memory.
 *
 * Script lines: `case BASE LOW HIGH POLICY` begins a script (BASE `brk` is the program break), then one operation a
 * line, then `end`. Addresses are offsets to the base, in bytes. See record.ts for the operations.
 *
 * Output lines, per case: `b BASE`; per operation `r RESULT`, then `=` for the same areas as before or `v` lines (with
 * `p` lines for policies), an `n` line for each segment with its attachments, and `.`; last `e STATUS`. `f NAME DEV INODE` names the test files,
 * `g SEGMENT ID` a System V segment, `c NAME VALUE` (in answer to `probe`) what the system is like.
 */

/** The program. Changing it changes the name of the compiled file in the cache. */
export const HELPER_SOURCE: string = String.raw`#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define HEAP_PAGES 34
#define SCRIPT_FD 3
#define FILE_PAGES 2048
#define SEGMENTS 16
#ifndef SYS_mseal
#define SYS_mseal 462
#endif
#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif
#ifndef UFFD_FEATURE_SIGBUS
#define UFFD_FEATURE_SIGBUS (1 << 7)
#endif

typedef unsigned long word;

static char script[1 << 20];
static char smaps[1 << 21];
static char out[1 << 16];
static char now[1 << 18], before[1 << 18];
static size_t out_used, now_used, before_used = (size_t)-1;

static void flush(void)
{
	size_t done = 0;
	while (done < out_used) {
		ssize_t n = write(1, out + done, out_used - done);
		if (n <= 0)
			_exit(9);
		done += (size_t)n;
	}
	out_used = 0;
}

static void say(const char *format, ...)
{
	va_list arguments;
	if (sizeof(out) - out_used < 8192)
		flush();
	va_start(arguments, format);
	out_used += (size_t)vsnprintf(out + out_used, sizeof(out) - out_used, format, arguments);
	va_end(arguments);
}

/* ---- what the process shows of itself ---- */

/* The address space has been filled up above the window. */
static int filled;

static size_t read_all(const char *path, char *to, size_t room)
{
	size_t used = 0;
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	for (;;) {
		ssize_t n = read(fd, to + used, room - 1 - used);
		if (n <= 0)
			break;
		used += (size_t)n;
		if (used + 1 == room && filled)
			break; /* the window is below the filling and has been read */
		if (used + 1 == room) {
			say("x the listing is too long\n");
			flush();
			_exit(8);
		}
	}
	close(fd);
	to[used] = 0;
	return used;
}

static void note(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	now_used += (size_t)vsnprintf(now + now_used, sizeof(now) - now_used, format, arguments);
	va_end(arguments);
	if (now_used + 1024 > sizeof(now)) {
		say("x the listing is too long\n");
		flush();
		_exit(8);
	}
}

static char *line_end(char *line)
{
	char *end = strchr(line, '\n');
	if (end)
		*end = 0;
	return end;
}

/* Header lines of smaps begin with a lower-case hexadecimal digit, all other lines with a capital letter. */
static void list_areas(word low, word high)
{
	char *line = smaps, *end;
	char head[600] = "";
	read_all("/proc/self/smaps", smaps, sizeof(smaps));
	for (; *line; line = end + 1) {
		end = line_end(line);
		if (!end)
			break;
		if ((*line >= '0' && *line <= '9') || (*line >= 'a' && *line <= 'f')) {
			word start, last, offset, inode;
			char permissions[8], device[16];
			int at = 0;
			head[0] = 0;
			if (sscanf(line, "%lx-%lx %7s %lx %15s %lu %n", &start, &last, permissions, &offset, device,
				   &inode, &at) < 6)
				continue;
			if (last <= low || start >= high)
				continue;
			snprintf(head, sizeof(head), "v %lx %lx %s %lx %s %lu\t%.400s", start, last, permissions, offset,
				 device, inode, at ? line + at : "");
		} else if (head[0] && !strncmp(line, "VmFlags:", 8)) {
			note("%s\t%s\n", head, line + 8);
			head[0] = 0;
		}
	}
}

static void list_policies(word low, word high)
{
	char *line = smaps, *end;
	read_all("/proc/self/numa_maps", smaps, sizeof(smaps));
	for (; *line; line = end + 1) {
		word start;
		char policy[100];
		end = line_end(line);
		if (!end)
			break;
		if (sscanf(line, "%lx %99s", &start, policy) == 2 && start >= low && start < high)
			note("p %lx %s\n", start, policy);
	}
}

/* ---- the process a script acts in ---- */

static int files[6];
static int uffds[4] = { -1, -1, -1, -1 };
static int segments[SEGMENTS], segment_known[SEGMENTS];
static pid_t sleepers[64];
static int sleeper_count;
static sigjmp_buf landing;
static volatile sig_atomic_t landed;

static void on_signal(int number)
{
	landed = number;
	siglongjmp(landing, 1);
}

static int reopen(int fd, int flags)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, flags);
}

static void name_file(const char *name, int fd)
{
	struct stat about;
	if (fd < 0 || fstat(fd, &about))
		return;
	say("f %s %02x:%02x %lu\n", name, major(about.st_dev), minor(about.st_dev), (word)about.st_ino);
}

static int fresh_file(const char *name)
{
	int fd = (int)syscall(SYS_memfd_create, name, 0);
	if (fd < 0 || ftruncate(fd, FILE_PAGES * PAGE) || fchmod(fd, 0755)) {
		say("x no memory file: %s\n", strerror(errno));
		flush();
		_exit(8);
	}
	return fd;
}

static void open_files(void)
{
	files[0] = fresh_file("A");
	files[1] = reopen(files[0], O_RDWR);
	files[2] = reopen(files[0], O_RDONLY);
	files[3] = fresh_file("B");
	files[4] = reopen(files[3], O_WRONLY);
	files[5] = open("/dev/zero", O_RDWR);
	name_file("A", files[0]);
	name_file("B", files[3]);
	name_file("zero", files[5]);
}

static int uffd_at(word index)
{
	struct uffdio_api api;
	int fd;
	if (index >= 4)
		return -1;
	if (uffds[index] >= 0)
		return uffds[index];
	fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -1;
	memset(&api, 0, sizeof(api));
	api.api = UFFD_API;
	api.features = UFFD_FEATURE_SIGBUS;
	if (ioctl(fd, UFFDIO_API, &api)) {
		close(fd);
		return -1;
	}
	uffds[index] = fd;
	return fd;
}

static long answer(long result)
{
	return result == -1 ? -(long)errno : result;
}

static long touch(word address, int writes)
{
	landed = 0;
	if (sigsetjmp(landing, 1) == 0) {
		volatile char *byte = (volatile char *)address;
		if (writes)
			*byte = 1;
		else
			(void)*byte;
	}
	return landed;
}

static long sleep_in_child(void)
{
	pid_t parent = getpid();
	pid_t child;
	flush();
	child = (pid_t)syscall(SYS_fork);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		for (;;)
			pause();
	}
	if (child < 0)
		return -errno;
	if (sleeper_count < 64)
		sleepers[sleeper_count++] = child;
	return 0;
}

static long go_on_in_child(void)
{
	pid_t child;
	flush();
	child = (pid_t)syscall(SYS_fork);
	if (child < 0)
		return -errno;
	if (child > 0) {
		int status = 0;
		waitpid(child, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 7);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sleeper_count = 0;
	return 0;
}

static void reap(void)
{
	while (sleeper_count > 0) {
		pid_t child = sleepers[--sleeper_count];
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
}

static long uffd_range(word index, word start, word length, word modes, int add)
{
	int fd = uffd_at(index);
	if (fd < 0)
		return -EBADF;
	if (add) {
		struct uffdio_register request;
		memset(&request, 0, sizeof(request));
		request.range.start = start;
		request.range.len = length;
		request.mode = modes;
		return answer(ioctl(fd, UFFDIO_REGISTER, &request));
	} else {
		struct uffdio_range request = { start, length };
		return answer(ioctl(fd, UFFDIO_UNREGISTER, &request));
	}
}

static long close_uffd(word index)
{
	if (index >= 4 || uffds[index] < 0)
		return -EBADF;
	close(uffds[index]);
	uffds[index] = -1;
	return 0;
}

static long make_segment(word index, word length)
{
	int id = shmget(IPC_PRIVATE, length, IPC_CREAT | 0700);
	if (id < 0)
		return -errno;
	if (index >= SEGMENTS || segment_known[index]) {
		shmctl(id, IPC_RMID, NULL);
		return -ENOSPC;
	}
	segments[index] = id;
	segment_known[index] = 1;
	say("g %lu %d\n", index, id);
	return 0;
}

static void list_attachments(void)
{
	int i;
	for (i = 0; i < SEGMENTS; i++) {
		struct shmid_ds about;
		if (segment_known[i])
			say("n %d %ld\n", i, shmctl(segments[i], IPC_STAT, &about) ? -1L : (long)about.shm_nattch);
	}
}

/* ---- running a script ---- */

static word base, low, high;
static int with_policy;

/* Single pages with holes between them, as many as the kernel grants; then some are given back. */
static long fill_up(word keep)
{
	word at = base + (1UL << 44);
	word made = 0;
	while (syscall(SYS_mmap, at + made * 2 * PAGE, PAGE, 0, 0x104022 /* private anonymous noreserve, over nothing */, -1, 0)
	       == (long)(at + made * 2 * PAGE))
		made++;
	/* The kernel grants one more than the limit. */
	for (keep++; keep && made; keep--)
		syscall(SYS_munmap, at + --made * 2 * PAGE, PAGE);
	filled = 1;
	return 0;
}

static long perform(const char *name, const char *text, const word *a, int count)
{
	(void)count;
#define IS(word_) (!strcmp(name, word_))
	if (IS("initial"))
		return 0;
	if (IS("mmap")) {
		int fd = (long)a[4] < 0 ? -1 : files[a[4] % 6];
		return answer(syscall(SYS_mmap, base + a[0], a[1], a[2], a[3], fd, a[5]));
	}
	if (IS("fill"))
		return fill_up(a[0]);
	if (IS("munmap"))
		return answer(syscall(SYS_munmap, base + a[0], a[1]));
	if (IS("mprotect"))
		return answer(syscall(SYS_mprotect, base + a[0], a[1], a[2]));
	if (IS("mremap"))
		return answer(syscall(SYS_mremap, base + a[0], a[1], a[2], a[3], a[3] & 2 ? base + a[4] : 0));
	if (IS("madvise"))
		return answer(syscall(SYS_madvise, base + a[0], a[1], a[2]));
	if (IS("mlock"))
		return answer(syscall(SYS_mlock, base + a[0], a[1]));
	if (IS("mlock2"))
		return answer(syscall(SYS_mlock2, base + a[0], a[1], a[2]));
	if (IS("munlock"))
		return answer(syscall(SYS_munlock, base + a[0], a[1]));
	if (IS("mlockall"))
		return answer(syscall(SYS_mlockall, a[0]));
	if (IS("munlockall"))
		return answer(syscall(SYS_munlockall));
	if (IS("mseal"))
		return answer(syscall(SYS_mseal, base + a[0], a[1], 0));
	if (IS("setname"))
		return answer(prctl(PR_SET_VMA, 0, base + a[0], a[1], strcmp(text, "-") ? text : NULL));
	if (IS("ksm_all"))
		return answer(prctl(PR_SET_MEMORY_MERGE, a[0], 0, 0, 0));
	if (IS("uffd_register"))
		return uffd_range(a[0], base + a[1], a[2], a[3], 1);
	if (IS("uffd_unregister"))
		return uffd_range(a[0], base + a[1], a[2], 0, 0);
	if (IS("uffd_close"))
		return close_uffd(a[0]);
	if (IS("mbind")) {
		word mask = 1;
		int empty = a[2] == 0 || a[2] == 4;
		return answer(syscall(SYS_mbind, base + a[0], a[1], a[2], empty ? NULL : &mask, empty ? 0 : 64, 0));
	}
	if (IS("shmget"))
		return make_segment(a[0], a[1]);
	if (IS("shmat"))
		return answer(syscall(SYS_shmat, segments[a[0] % SEGMENTS], base + a[1], a[2]));
	if (IS("shmdt"))
		return answer(syscall(SYS_shmdt, base + a[0]));
	if (IS("remap_file_pages"))
		return answer(syscall(SYS_remap_file_pages, base + a[0], a[1], 0, a[2], 0));
	if (IS("brk"))
		return (long)syscall(SYS_brk, base + a[0]);
	if (IS("fork"))
		return sleep_in_child();
	if (IS("forkchild"))
		return go_on_in_child();
	if (IS("reap")) {
		reap();
		return 0;
	}
	say("x unknown operation %s\n", name);
	flush();
	_exit(8);
}

static void run_line(char *line)
{
	word a[8] = { 0 };
	char name[32], text[128] = "-";
	int count = 0, at = 0;
	long result;
	if (sscanf(line, "%31s %n", name, &at) < 1)
		return;
	line += at;
	while (count < 8 && *line) {
		char *end;
		if (*line == '@') {
			snprintf(text, sizeof(text), "%s", line + 1);
			break;
		}
		a[count++] = *line == '-' ? (word)strtol(line, &end, 0) : strtoul(line, &end, 0);
		if (end == line)
			break;
		line = end + strspn(end, " ");
	}
	if (!strcmp(name, "read") || !strcmp(name, "write")) {
		result = touch(base + a[0], name[0] == 'w');
		say("r %s\n", result == 0 ? "0" : result == SIGBUS ? "SIGBUS" : "SIGSEGV");
	} else {
		result = perform(name, text, a, count);
		say("r %ld\n", result);
	}
	now_used = 0;
	now[0] = 0;
	list_areas(low, high);
	if (with_policy)
		list_policies(low, high);
	if (now_used == before_used && !memcmp(now, before, now_used)) {
		say("=\n");
	} else {
		size_t done = 0;
		while (done < now_used) {
			size_t part = now_used - done > 4000 ? 4000 : now_used - done;
			say("%.*s", (int)part, now + done);
			done += part;
		}
		memcpy(before, now, now_used);
		before_used = now_used;
	}
	list_attachments();
	say(".\n");
}

static void catch_signals(void)
{
	struct sigaction action;
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	action.sa_flags = SA_NODEFER;
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

/* Everything the loop writes to is written to once, so that no later step changes an area of the program itself. */
static void settle(void)
{
	memset(smaps, 1, sizeof(smaps));
	memset(out, 1, sizeof(out));
	memset(now, 1, sizeof(now));
	memset(before, 1, sizeof(before));
}

static int run_script(void)
{
	char where[64];
	char *line, *end;
	int i;
	size_t used = 0;
	settle();
	for (;;) {
		ssize_t n = read(SCRIPT_FD, script + used, sizeof(script) - 1 - used);
		if (n <= 0)
			break;
		used += (size_t)n;
	}
	close(SCRIPT_FD);
	script[used] = 0;
	line = script;
	end = line_end(line);
	if (!end || sscanf(line, "case %63s %lx %lx %d", where, &low, &high, &with_policy) != 4) {
		say("x a script does not begin with case\n");
		flush();
		return 8;
	}
	open_files();
	catch_signals();
	if (!strcmp(where, "brk")) {
		word top = (word)syscall(SYS_brk, 0);
		base = (top + PAGE - 1) / PAGE * PAGE + HEAP_PAGES * PAGE;
		if ((word)syscall(SYS_brk, base) != base)
			return 8;
		*(volatile char *)(base - HEAP_PAGES * PAGE) = 1;
		low += base;
		high += base;
	} else {
		base = strtoul(where, NULL, 16);
	}
	say("b %lx\n", base);
	for (line = end + 1; *line; line = end + 1) {
		end = line_end(line);
		if (!end)
			break;
		run_line(line);
	}
	reap();
	for (i = 0; i < SEGMENTS; i++)
		if (segment_known[i])
			shmctl(segments[i], IPC_RMID, NULL);
	flush();
	return 0;
}

/* ---- serving scripts ---- */

static char line_buffer[1 << 16];

static int run_in_process(FILE *in, const char *first)
{
	int fd = (int)syscall(SYS_memfd_create, "script", 0);
	int status = 0;
	pid_t child;
	if (fd < 0)
		return -1;
	dprintf(fd, "%s", first);
	while (fgets(line_buffer, sizeof(line_buffer), in) && strcmp(line_buffer, "end\n"))
		if (write(fd, line_buffer, strlen(line_buffer)) < 0)
			return -1;
	lseek(fd, 0, SEEK_SET);
	child = fork();
	if (child == 0) {
		char *arguments[] = { (char *)"runner", (char *)"--script", NULL };
		char *environment[] = { NULL };
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (fd != SCRIPT_FD)
			dup2(fd, SCRIPT_FD);
		execve("/proc/self/exe", arguments, environment);
		_exit(8);
	}
	close(fd);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void probe(void)
{
	word length = 4 * PAGE;
	char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *lowest = mmap((void *)PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct rlimit limit;
	char *dirty;
	int fd, api = 0, shared = 0;
	if (lowest != MAP_FAILED) {
		say("c lowest %lu\n", (word)lowest);
		munmap(lowest, PAGE);
	}
	read_all("/proc/self/smaps", smaps, sizeof(smaps));
	dirty = strstr(smaps, " sd");
	say("c softDirty %d\n", dirty != NULL);
	say("c anonNames %d\n", prctl(PR_SET_VMA, 0, memory, length, "probe") == 0);
	say("c swap %d\n", !(madvise(memory, length, MADV_WILLNEED) && errno == EBADF));
	getrlimit(RLIMIT_MEMLOCK, &limit);
	say("c memlock %ld\n", limit.rlim_cur == RLIM_INFINITY ? -1L : (long)limit.rlim_cur);
	fd = uffd_at(0);
	if (fd >= 0) {
		char *object = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		api = 1;
		shared = uffd_range(0, (word)object, length, UFFDIO_REGISTER_MODE_WP, 1) == 0;
		close_uffd(0);
	}
	say("c userfaultfd %d\n", api);
	say("c userfaultWriteProtectShared %d\n", shared);
	fd = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700);
	say("c sysv %d\n", fd >= 0);
	if (fd >= 0)
		shmctl(fd, IPC_RMID, NULL);
	say("c numaMaps %d\n", access("/proc/self/numa_maps", R_OK) == 0);
	say("c smaps %d\n", dirty != NULL || strstr(smaps, "VmFlags:") != NULL);
	say("e 0\n");
	flush();
}

int main(int count, char **arguments)
{
	if (count > 1 && !strcmp(arguments[1], "--script"))
		return run_script();
	/* Personality and stack limit are inherited by every script's process. */
	struct rlimit stack;
	getrlimit(RLIMIT_STACK, &stack);
	stack.rlim_cur = 8UL << 20;
	setrlimit(RLIMIT_STACK, &stack);
	personality(ADDR_NO_RANDOMIZE);
	signal(SIGPIPE, SIG_DFL);
	while (fgets(line_buffer, sizeof(line_buffer), stdin)) {
		if (!strcmp(line_buffer, "probe\n")) {
			probe();
		} else if (!strncmp(line_buffer, "case ", 5)) {
			char first[256];
			snprintf(first, sizeof(first), "%.250s", line_buffer);
			say("e %d\n", run_in_process(stdin, first));
			flush();
		}
	}
	return 0;
}
`;
