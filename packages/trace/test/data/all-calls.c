// Makes every call that the strace reader knows, once or twice, many of them wrongly. The traces beside this file are of
// one run each:
//   all-calls.{abbrev,verbose,raw}.strace   strace -f -y -ttt -T -s 64 -X MODE -e trace=<the memory, file and process calls>
//   all-calls.terminal.strace               strace -f, as it prints to a terminal
//   all-calls.everything.strace             strace -f -yy -tt -n -i -r -C, all calls
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <unistd.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/resource.h>
#define MPOL_BIND 2
#define MPOL_INTERLEAVE 3
#define MPOL_F_STATIC_NODES (1<<15)
#define MPOL_MF_STRICT 1
#define MPOL_MF_MOVE 2
#include <stdio.h>
#include <sys/wait.h>
#include <sys/socket.h>
#include <sys/personality.h>
void* th(void*a){ mmap(0,8192,PROT_READ|PROT_WRITE,MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK,-1,0); return 0;}
int main(){
 mmap(0,8192,PROT_NONE,MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE,-1,0);
 mmap(0,8192,PROT_READ,MAP_SHARED|MAP_ANONYMOUS|MAP_POPULATE|MAP_LOCKED,-1,0);
 mmap(0,8192,PROT_READ,8|MAP_ANONYMOUS,-1,0);
 mmap(0,2<<20,PROT_READ,MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|(21<<26),-1,0);
 mmap(0,8192,PROT_READ,MAP_SHARED_VALIDATE|MAP_SYNC,0,0);
 mmap((void*)0x10000000,8192,0x1000007,MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE|MAP_GROWSDOWN|0x8000000,-1,0);
 mmap((void*)0xfffffffffffff000,8192,7,MAP_PRIVATE|MAP_ANONYMOUS,-1,0xfffffffffffff000);
 mprotect((void*)0x10000000,4096,PROT_READ|PROT_GROWSDOWN);
 mprotect((void*)0x10000000,4096,0x80);
 madvise((void*)0x10000000,4096,MADV_DONTFORK); madvise((void*)0x10000000,4096,102); madvise((void*)0x10000000,4096,23);
 mremap((void*)0x10000000,4096,8192,MREMAP_MAYMOVE|4); mremap((void*)0x10000000,4096,4096,3,(void*)0x20000000);
 mlock((void*)0x10000000,4096); mlock2((void*)0x10000000,4096,1); munlock((void*)0x10000000,4096); mlockall(MCL_FUTURE|MCL_ONFAULT); munlockall();
 int id=shmget(IPC_PRIVATE,8192,IPC_CREAT|0600); void*p=shmat(id,0,0); shmat(id,(void*)0x30000000,SHM_RDONLY); shmat(id,(void*)0x30000000,SHM_REMAP); shmctl(id,IPC_RMID,0); shmdt(p);
 prctl(PR_SET_VMA,0,0x10000000,4096,"a\"b\n"); prctl(PR_SET_NAME,"x"); prctl(65,1,0,0,0); prctl(PR_SET_THP_DISABLE,1,0,0,0); prctl(67,1,0,0,0);
 int f=memfd_create("foo>bar",MFD_CLOEXEC); ftruncate(f,8192); mmap(0,8192,3,MAP_SHARED,f,0x1000); dup(f); dup2(f,100); dup3(f,101,O_CLOEXEC); fcntl(f,F_DUPFD,50); fcntl(f,F_DUPFD_CLOEXEC,60); close_range(100,200,0); close_range(3,~0U,CLOSE_RANGE_CLOEXEC);
 open("/etc/passwd",O_RDONLY); open("/tmp/demo/a<b>\"c\nd",O_RDWR|O_CREAT,0644); creat("/tmp/demo/zz",0600);
 struct {unsigned long a,b,c;} how={O_RDONLY,0,0}; syscall(437,AT_FDCWD,"/etc/passwd",&how,sizeof how);
 struct rlimit r; getrlimit(RLIMIT_AS,&r); r.rlim_cur=100<<20; setrlimit(RLIMIT_MEMLOCK,&r); 
 int s=socketpair?0:0; (void)s; int pp[2]; pipe(pp); socket(2,1,0);
 unsigned long mask=1; syscall(237,0x10000000,4096,MPOL_BIND|MPOL_F_STATIC_NODES,&mask,64,MPOL_MF_STRICT|MPOL_MF_MOVE); syscall(238,MPOL_INTERLEAVE,&mask,64); syscall(450,0x10000000,4096,0,0);
 syscall(323,O_CLOEXEC|1); syscall(216,0x10000000,4096,0,1,0); syscall(329,0x10000000,4096,3,-1); syscall(330,0,1); syscall(331,5); syscall(425,4,(char[200]){0}); unsigned long ctx=0; syscall(206,128,&ctx); syscall(207,ctx);
 syscall(462,0x10000000,4096,0); syscall(447,0); syscall(440, 3, 0, 0, MADV_COLD, 0);
 personality(0xffffffff);
 pthread_t t; pthread_create(&t,0,th,0); pthread_join(t,0);
 if(!fork()){ mmap(0,4096,3,MAP_PRIVATE|MAP_ANONYMOUS,-1,0); _exit(0);} wait(0);
 if(!vfork()){ _exit(0);} wait(0);
 syscall(435,(unsigned long[11]){0x100,0,0,0,17},88);
 if (syscall(56, 0x4000|0x100|17, 0,0,0,0)==0) _exit(0);
 execl("/bin/true","true",NULL);
}
