# The sandbox's init: runs the script, starts the program, watches it, ends it.
#
# It is copied into a sealed memfd behind an ELF header and executed at a fixed address, so it holds nothing of
# the host's memory. It uses no library and allocates nothing. All its state is the Config (plan/init.rs) at rbx.
# From its start on the program's process runs its part of the script in the same memory, at the same time.
# Kept registers: rbx = Config, rbp = the Worker of this process within it, r12 = current operation of the script.

        .quad   99f - 98f               # the length of the code, read by image.rs
98:
        mov     ebx, {CONFIG}
        lea     rbp, [rbx + {INIT}]
        mov     r12, [rbx + {OPS}]

# ---- the script ---------------------------------------------------------------------------------------------

.Lrun:
        movzx   r15d, byte ptr [r12 + {OP_CELLS}]
        xor     r13d, r13d
.Largument:
        mov     rax, [r12 + r13 * 8 + {OP_ARGS}]
        bt      r15d, r13d              # a set bit: the argument is the address of a cell, not the value
        jnc     1f
        mov     rax, [rax]
1:      mov     [rbp + r13 * 8 + {ARGS}], rax
        inc     r13d
        cmp     r13d, 6
        jb      .Largument
        mov     rdi, [rbp + {ARGS}]
        mov     rsi, [rbp + {ARGS} + 8]
        mov     rdx, [rbp + {ARGS} + 16]
        mov     r10, [rbp + {ARGS} + 24]
        mov     r8, [rbp + {ARGS} + 32]
        mov     r9, [rbp + {ARGS} + 40]
        mov     eax, [r12 + {OP_NR}]
        cmp     eax, {NR_EXPECT}
        je      .Lexpect
        cmp     eax, {NR_START}
        je      .Lstart
        cmp     eax, {NR_PASS}
        je      .Lpass
        cmp     eax, {NR_OPEN}
        je      .Lopen
        cmp     eax, {NR_SUPERVISE}
        je      .Lsupervise
        cmp     eax, {NR_ENTER}
        je      .Lenter
        cmp     eax, {NR_FAIL}
        je      .Lfail_on_purpose
        cmp     eax, {NR_END}
        je      .Lend
        cmp     eax, {NR_TRAP}
        je      .Ltrap
.Lcall:
        syscall
        cmp     rax, -4095
        jae     .Lerror
        cmp     byte ptr [r12 + {OP_PROBE}], 0
        jne     .Lend                   # a probe that succeeds ends the script with the error that went before it
        mov     rcx, [r12 + {OP_SAVE}]
        test    rcx, rcx
        jz      .Lnext
        mov     [rcx], rax
.Lnext:
        add     r12, {OP_SIZE}
        jmp     .Lrun

.Lerror:
        neg     rax
        cmp     eax, 26                 # ETXTBSY: a sibling of the host still holds the program open for writing
        je      .Lbusy
.Lerror_known:
        cmp     eax, 63
        ja      .Lfail
        mov     rcx, [r12 + {OP_IGNORE}]
        bt      rcx, rax
        jnc     .Lfail
        cmp     dword ptr [rbp + {IGNORED}], 13
        je      .Lnext                  # EACCES is the better answer of a search through PATH
        mov     [rbp + {IGNORED}], eax
        jmp     .Lnext

.Lbusy:
        cmp     dword ptr [rbp + {BUSY_TRIES}], 0
        je      .Lerror_known
        dec     dword ptr [rbp + {BUSY_TRIES}]
        call    .Lnap
        jmp     .Lrun

.Lnap:                                  # one millisecond
        mov     qword ptr [rbp + {TIMESPEC}], 0
        mov     qword ptr [rbp + {TIMESPEC} + 8], 1000000
        lea     rdi, [rbp + {TIMESPEC}]
        xor     esi, esi
        mov     eax, 35                 # nanosleep
        syscall
        ret

.Lexpect:                               # *arg0 & arg1 == arg2, else the error arg3
        mov     rax, [rdi]
        and     rax, rsi
        cmp     rax, rdx
        je      .Lnext
        mov     eax, r10d
        jmp     .Lfail

.Lfail_on_purpose:
        mov     eax, edi
        jmp     .Lerror_known

.Lend:
        mov     eax, [rbp + {IGNORED}]
.Lfail:                                 # eax = errno, r12 = the operation that failed
        mov     r13d, eax
        mov     rax, r12
        sub     rax, [rbx + {OPS}]
        xor     edx, edx
        mov     ecx, {OP_SIZE}
        div     rcx
        mov     [rbp + {FAILED_INDEX}], eax
        mov     [rbp + {FAILED_ERRNO}], r13d    # last, as init may be looking
        lea     rax, [rbx + {INIT}]
        cmp     rax, rbp
        jne     .Lexit                  # the program's process: init waits for its end, and tells
.Lreport_failure:                       # rbp = whose
        mov     eax, [rbp + {FAILED_ERRNO}]
        mov     [rbx + {REPORT_ERRNO}], eax
        mov     eax, [rbp + {FAILED_INDEX}]
        mov     [rbx + {REPORT_INDEX}], eax
        mov     dword ptr [rbx + {REPORT_KIND}], {FAILED}
        mov     edi, [rbx + {MAIN}]     # without a pid namespace it would wait at the gate for ever
        test    edi, edi
        jz      .Lreport_and_exit
        cmp     dword ptr [rbx + {MAIN_OVER}], 0
        jne     .Lreport_and_exit
        call    .Lkill
.Lreport_and_exit:
        call    .Lsend
.Lexit:
        lea     rax, [rbx + {PROGRAM}]
        cmp     rax, rbp
        jne     2f
        cmp     dword ptr [rbx + {LISTENER}], 0
        jl      2f
        cmp     dword ptr [rbx + {POLL} + 16], 0
        jge     1f
        int3                            # init waits for it
1:      pause                           # the filter may kill for exit_group, and init does not listen yet, but looks
        jmp     1b
2:      xor     edi, edi
        mov     eax, 231                # exit_group
        syscall
        ud2

.Lsend:
        mov     edi, [rbx + {SOCKET}]
        lea     rsi, [rbx + {REPORT}]
        mov     edx, {REPORT_SIZE}
        mov     r10d, 0x4000            # MSG_NOSIGNAL
        xor     r8d, r8d
        xor     r9d, r9d
        mov     eax, 44                 # sendto
        syscall
        ret

# ---- the program's process ----------------------------------------------------------------------------------

.Lstart:
        mov     dword ptr [rbx + {BEFORE_EXEC}], 1
        cmp     qword ptr [rbx + {HAS_CGROUP}], 0
        je      1f
        mov     dword ptr [rbx + {REPORT_CLONED_INTO}], 1       # before there is a reader
        lea     rdi, [rbx + {CLONE_ARGS}]
        mov     esi, {CLONE_ARGS_SIZE}
        mov     eax, 435                # clone3
        syscall
        test    rax, rax
        jns     .Lstarted
        mov     dword ptr [rbx + {REPORT_CLONED_INTO}], 0       # refused, by an outer filter perhaps: it enters by itself
1:      mov     edi, 0x200111           # CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD
        lea     rsi, [rbx + {STACK_TOP}]
        xor     edx, edx
        lea     r10, [rbx + {BEFORE_EXEC}]
        xor     r8d, r8d
        mov     eax, 56                 # clone
        syscall
        test    rax, rax
        js      .Lerror
.Lstarted:
        jz      1f
        mov     [rbx + {MAIN}], eax
        mov     r12, [rbx + {AFTER}]
        jmp     .Lrun
1:      lea     rbp, [rbx + {PROGRAM}]
        jmp     .Lnext

.Lenter:                                # write(arg0, arg1, arg2)
        cmp     dword ptr [rbx + {REPORT_CLONED_INTO}], 0
        jne     .Lnext
        mov     eax, 1
        jmp     .Lcall

.Lpass:                                 # the program's process waits until init has made the root
        cmp     dword ptr [rbx + {GATE}], 0
        jne     .Lnext
        lea     rdi, [rbx + {GATE}]
        xor     edx, edx
        call    .Lfutex_wait
        jmp     .Lpass

.Ltrap:
        int3                            # no system call, which the filter might refuse
        jmp     .Lnext

.Lopen:
        call    .Lnow                   # here and not in .Lsupervise: by then the program runs, or is over
        mov     [rbx + {REPORT_BEGAN}], rax
        mov     r13, [r12 + {OP_ARGS}]
        test    r13, r13
        jz      1f
        mov     edi, 0x4206             # PTRACE_SEIZE
        call    .Lptrace
        test    rax, rax
        jns     1f
        cmp     dword ptr [rbx + {PROGRAM} + {FAILED_ERRNO}], 0
        je      .Lerror
        jmp     .Lprogram_failed        # it is a zombie, which cannot be traced
1:      mov     dword ptr [rbx + {GATE}], 1
        lea     rdi, [rbx + {GATE}]
        mov     esi, 1                  # FUTEX_WAKE
        mov     edx, 1
        mov     eax, 202                # futex
        syscall
        test    r13, r13
        jnz     .Lfetch
.Lexecuted:                             # or over: the kernel clears the word, and wakes us, at execve and at exit
        xor     r10d, r10d
        cmp     dword ptr [rbx + {LISTENER}], 0
        jl      1f
        mov     qword ptr [rbp + {TIMESPEC}], 0         # under its filter a process that has failed cannot wake us
        mov     qword ptr [rbp + {TIMESPEC} + 8], 1000000
        lea     r10, [rbp + {TIMESPEC}]
        cmp     dword ptr [rbx + {PROGRAM} + {FAILED_ERRNO}], 0
        jne     2f
1:      cmp     dword ptr [rbx + {BEFORE_EXEC}], 0
        je      2f
        lea     rdi, [rbx + {BEFORE_EXEC}]
        mov     edx, 1
        call    .Lfutex_wait_until
        jmp     .Lexecuted
2:      cmp     dword ptr [rbx + {PROGRAM} + {FAILED_ERRNO}], 0
        je      .Lnext
.Lprogram_failed:
        lea     rbp, [rbx + {PROGRAM}]
        jmp     .Lreport_failure

# The listener is closed at the program's execve and reaches us by no system call of the program's process, which stops at
# a breakpoint behind its filter, as our tracee, until we have fetched it.
.Lfetch:
        mov     edx, 0x40000000         # __WALL
        call    .Lwait
        cmp     eax, [rbx + {MAIN}]
        jne     .Lfetch
        cmp     dword ptr [rbx + {MAIN_OVER}], 0
        jne     .Lexecuted              # it has failed before, and told how; or was killed
        cmp     dword ptr [rbx + {PROGRAM} + {FAILED_ERRNO}], 0
        jne     .Lprogram_failed
        cmp     dword ptr [rbx + {LISTENER}], 0
        jl      1f
        mov     eax, [rbx + {STATUS}]
        shr     eax, 8
        cmp     eax, 5                  # SIGTRAP
        je      2f
1:      mov     edi, 7                  # PTRACE_CONT: a stop or signal from outside, which is passed over
        call    .Lptrace
        jmp     .Lfetch
2:      mov     esi, 1                  # its change of ids has made the memory that we share undumpable
        call    .Lset_dumpable
        mov     edi, [rbx + {MAIN}]
        xor     esi, esi
        mov     eax, 434                # pidfd_open
        syscall
        test    rax, rax
        js      .Lerror
        mov     r13d, eax
        mov     edi, eax
        mov     esi, [rbx + {LISTENER}]
        xor     edx, edx
        mov     eax, 438                # pidfd_getfd
        syscall
        test    rax, rax
        js      .Lerror
        mov     [rbx + {POLL} + 16], eax
        mov     edi, r13d
        mov     eax, 3                  # close
        syscall
        xor     esi, esi
        call    .Lset_dumpable
        mov     edi, 17                 # PTRACE_DETACH
        call    .Lptrace
        jmp     .Lexecuted

.Lset_dumpable:                         # esi = whether; of a sheltered init
        cmp     qword ptr [r12 + {OP_ARGS} + 8], 0
        je      1f
        mov     edi, 4                  # PR_SET_DUMPABLE
        mov     eax, 157                # prctl
        syscall
1:      ret

.Lptrace:                               # edi = request
        mov     esi, [rbx + {MAIN}]
        xor     edx, edx
        xor     r10d, r10d
        mov     eax, 101
        syscall
        ret

.Lfutex_wait:                           # rdi = where, as long as edx is there
        xor     r10d, r10d
.Lfutex_wait_until:                     # r10 = how long
        xor     esi, esi                # FUTEX_WAIT
        mov     eax, 202                # futex
        syscall
        ret

# ---- supervision --------------------------------------------------------------------------------------------

.Lsupervise:
        cmp     qword ptr [rbx + {CPU_LIMIT}], 0
        je      1f
        imul    rax, [rbx + {REPORT_SETUP}], 1000000000 # what the program's process used up before is not the program's
        add     rax, [rbx + {REPORT_SETUP} + 8]
        add     rax, [rbx + {CPU_LIMIT}]
        jc      1f
        mov     [rbx + {CPU_LIMIT}], rax
1:
        lea     rsi, [rip + .Lhandler]
        mov     [rbx + {ACTION}], rsi
        mov     qword ptr [rbx + {ACTION} + 8], 0x04000000      # SA_RESTORER
        lea     rsi, [rip + .Lrestorer]
        mov     [rbx + {ACTION} + 16], rsi
        mov     edi, 17                 # SIGCHLD: blocked but during ppoll, which it interrupts
        lea     rsi, [rbx + {ACTION}]
        xor     edx, edx
        mov     r10d, 8
        mov     eax, 13                 # rt_sigaction
        syscall
        mov     dword ptr [rbx + {REPORT_KIND}], {STARTED}
        call    .Lsend

.Lwatch:
        call    .Lreap
        mov     r13, rax                # -ECHILD: nobody is left
        cmp     dword ptr [rbx + {MAIN_OVER}], 0
        mov     r14d, {REASON_EXIT}
        jne     .Lover

        call    .Lnow
        sub     rax, [rbx + {REPORT_BEGAN}]
        mov     r13, [rbx + {WALL_LIMIT}]
        sub     r13, rax                # r13 = nanoseconds to sleep
        mov     r14d, {REASON_WALL}
        jbe     .Lover_early
        cmp     qword ptr [rbx + {CPU_LIMIT}], 0
        je      .Lsleep
        call    .Lcpu_time
        mov     rcx, [rbx + {CPU_LIMIT}]
        sub     rcx, rax
        ja      1f
        call    .Lcpu_time              # a child reaped while it was looked at counts twice: look again
        mov     rcx, [rbx + {CPU_LIMIT}]
        sub     rcx, rax
        mov     r14d, {REASON_CPU}
        jbe     .Lover_early
1:      mov     rax, rcx
        xor     edx, edx
        div     qword ptr [rbx + {CPUS}]        # the tree cannot use up the rest sooner than this
        mov     ecx, 2000000
        cmp     rax, rcx
        cmovb   rax, rcx
        cmp     r13, rax
        cmova   r13, rax
.Lsleep:
        xor     edx, edx
        mov     rax, r13
        test    r15d, r15d
        cmovz   rax, rdx                # more are waiting to be reaped
        mov     ecx, 1000000000
        div     rcx
        mov     [rbp + {TIMESPEC}], rax
        mov     [rbp + {TIMESPEC} + 8], rdx
        lea     rdi, [rbx + {POLL}]
        mov     esi, 3
        lea     rdx, [rbp + {TIMESPEC}]
        lea     r10, [rbx + {MASK}]
        mov     r8d, 8
        mov     eax, 271                # ppoll
        syscall
        test    rax, rax
        jle     .Lwatch                 # SIGCHLD or the end of the sleep
        call    .Lreap                  # the program's own end goes before the host's
        mov     r13, rax
        movzx   eax, word ptr [rbx + {POLL} + 22]
        test    eax, eax
        jnz     .Lnotified
        cmp     dword ptr [rbx + {MAIN_OVER}], 0
        mov     r14d, {REASON_EXIT}
        jne     .Lover
        mov     r14d, {REASON_HOST}
        jmp     .Lover

.Lnotified:                             # eax = what the listener has
        test    eax, 1                  # POLLIN
        jnz     1f
        mov     dword ptr [rbx + {POLL} + 16], -1       # no process is left under the filter
        jmp     .Lwatch
1:      mov     edi, [rbx + {POLL} + 16]
        mov     esi, 0xc0502100         # SECCOMP_IOCTL_NOTIF_RECV
        lea     rdx, [rbx + {REPORT_NOTIFICATION}]
        mov     eax, 16                 # ioctl
        syscall
        test    rax, rax
        js      .Lwatch                 # who made the call has been killed meanwhile
        mov     r14d, {REASON_SYSCALL}

.Lover_early:
        xor     r13d, r13d
.Lover:                                 # r14d = why, r13 = wait4's last answer; end the tree, collect its usage, tell the host
        mov     [rbx + {REPORT_INDEX}], r14d
        call    .Lnow
        mov     [rbx + {REPORT_ENDED}], rax
        cmp     r13, -10                # ECHILD: orphans would be ours. kill(2) would look at every process of the host
        je      .Lended
        cmp     dword ptr [rbx + {PID_NAMESPACE}], 0
        je      .Lend_family
        mov     rdi, -1
        call    .Lkill
        cmp     rax, -13                # EACCES: a security module spares them. Not from the kernel, when init ends
        je      .Lended
1:      mov     edx, 0x40000000         # __WALL
        call    .Lwait
        test    rax, rax
        jg      1b
.Lended:
        mov     rdi, -1                 # RUSAGE_CHILDREN
        lea     rsi, [rbx + {REPORT_USAGE}]
        mov     eax, 98                 # getrusage
        syscall
        mov     dword ptr [rbx + {REPORT_KIND}], {OVER}
        jmp     .Lreport_and_exit

# Without a pid namespace: kill the children, orphans come to us as their subreaper, until there are none.
.Lend_family:
        mov     edi, [rbx + {MAIN}]
        cmp     dword ptr [rbx + {MAIN_OVER}], 0
        jne     1f
        neg     rdi                     # its process group, as long as its id cannot be another's
        call    .Lkill
        mov     edi, [rbx + {MAIN}]
        call    .Lkill
1:      mov     edi, [rbx + {CHILDREN_FD}]
        lea     rsi, [rbx + {BUFFER}]
        mov     edx, {BUFFER_SIZE} - 1
        xor     r10d, r10d
        mov     eax, 17                 # pread64
        syscall
        test    rax, rax
        jle     5f
        lea     rsi, [rbx + {BUFFER}]
        mov     byte ptr [rsi + rax], 0
2:      call    .Lnumber
        test    rax, rax
        jz      5f
        cmp     byte ptr [rsi - 1], 0x20        # the end of the buffer may have cut the last one short
        jne     5f
        push    rsi
        mov     rdi, rax
        call    .Lkill
        pop     rsi
        jmp     2b
5:      mov     edx, 0x40000001
        call    .Lwait
        cmp     rax, -10                # ECHILD
        je      .Lended
        test    rax, rax
        jg      5b
        call    .Lnap
        jmp     1b

.Lkill:                                 # rdi = whom
        mov     esi, 9
        mov     eax, 62
        syscall
        ret

.Lnow:
        mov     edi, 1                  # CLOCK_MONOTONIC
.Lclock:                                # edi = clock; rax = nanoseconds, 0 if there is no such clock
        mov     qword ptr [rbp + {TIMESPEC}], 0
        mov     qword ptr [rbp + {TIMESPEC} + 8], 0
        lea     rsi, [rbp + {TIMESPEC}]
        mov     eax, 228                # clock_gettime
        syscall
        imul    rax, [rbp + {TIMESPEC}], 1000000000
        add     rax, [rbp + {TIMESPEC} + 8]
        ret

.Lreap:                                 # so many at most that a storm of zombies cannot put off a deadline
        mov     r15d, 64
1:      mov     edx, 0x40000001         # WNOHANG | __WALL
        call    .Lwait
        test    rax, rax
        jle     2f
        dec     r15d
        jnz     1b
2:      ret

.Lwait:                                 # edx = options; rax as wait4; notes the program's end, passes over stops
        mov     rdi, -1
        lea     rsi, [rbx + {STATUS}]
        xor     r10d, r10d
        mov     eax, 61                 # wait4
        syscall
        cmp     eax, [rbx + {MAIN}]
        jne     1f
        mov     ecx, [rbx + {STATUS}]
        cmp     cl, 0x7f                # a tracee of ours that stopped has not ended
        je      1f
        mov     [rbx + {REPORT_ERRNO}], ecx
        mov     dword ptr [rbx + {MAIN_OVER}], 1
1:      ret

# CPU time of the whole tree: what its cgroup counts; without one the reaped by getrusage, the living by their clocks and what they reaped themselves.
.Lcpu_time:
        push    r13
        push    r14
        push    r15
        mov     edi, [rbx + {CPU_STAT_FD}]
        test    edi, edi
        js      1f
        lea     rsi, [rbx + {BUFFER}]
        mov     edx, {BUFFER_SIZE}
        xor     r10d, r10d
        mov     eax, 17                 # pread64
        syscall
        cmp     rax, 12                 # "usage_usec " and a digit
        jb      1f
        cmp     rax, -4095
        jae     1f
        lea     rsi, [rbx + {BUFFER} + 11]
        call    .Lnumber
        imul    r13, rax, 1000
        jmp     .Lcpu_time_done
1:      mov     rdi, -1
        lea     rsi, [rbx + {REPORT_USAGE}]
        mov     eax, 98                 # getrusage
        syscall
        mov     rax, [rbx + {REPORT_USAGE}]
        add     rax, [rbx + {REPORT_USAGE} + 16]
        imul    r13, rax, 1000000
        mov     rax, [rbx + {REPORT_USAGE} + 8]
        add     rax, [rbx + {REPORT_USAGE} + 24]
        add     r13, rax
        imul    r13, r13, 1000
        mov     edi, [rbx + {PROC_FD}]
        test    edi, edi
        jns     .Lprocesses
        mov     eax, [rbx + {MAIN}]     # no /proc: the program itself is what can be seen
        call    .Lprocess_clock
        jmp     .Lcpu_time_done
.Lprocesses:
        xor     esi, esi
        xor     edx, edx
        mov     eax, 8                  # lseek: rewind
        syscall
.Lentries:
        mov     edi, [rbx + {PROC_FD}]
        lea     rsi, [rbx + {BUFFER}]
        mov     edx, {BUFFER_SIZE}
        mov     eax, 217                # getdents64
        syscall
        test    rax, rax
        jle     .Lcpu_time_done
        lea     r14, [rbx + {BUFFER}]
        lea     r15, [r14 + rax]
.Lentry:
        cmp     byte ptr [r14 + 19], 0x31       # a process begins with 1 to 9
        jb      .Lentry_next
        cmp     byte ptr [r14 + 19], 0x39
        ja      .Lentry_next
        lea     rsi, [r14 + 19]
        call    .Lnumber
        cmp     eax, 1                  # ourselves
        je      .Lentry_next
        call    .Lprocess_clock
        call    .Lreaped_by_process
.Lentry_next:
        movzx   eax, word ptr [r14 + 16]
        add     r14, rax
        cmp     r14, r15
        jb      .Lentry
        jmp     .Lentries
.Lcpu_time_done:
        mov     rax, r13
        pop     r15
        pop     r14
        pop     r13
        ret

.Lprocess_clock:                        # eax = pid; r13 += its CPU time, all threads (clock_getcpuclockid(3))
        not     eax
        lea     edi, [rax * 8 + 2]
        call    .Lclock
        add     r13, rax
        ret

.Lreaped_by_process:                    # r14 = directory entry; r13 += cutime + cstime of its stat
        lea     rsi, [r14 + 19]
        lea     rdi, [rbx + {TEXT}]
1:      lodsb
        stosb
        test    al, al
        jnz     1b
        mov     dword ptr [rdi - 1], 0x6174732f # "/sta"
        mov     word ptr [rdi + 3], 0x74        # "t", end
        mov     edi, [rbx + {PROC_FD}]
        lea     rsi, [rbx + {TEXT}]
        mov     edx, 0x80800            # O_RDONLY | O_NONBLOCK | O_CLOEXEC: with CAP_SYS_ADMIN a FIFO may be mounted there
        mov     eax, 257                # openat
        syscall
        cmp     rax, -24                # EMFILE: the program has taken our descriptors (prlimit), to use more than it may
        je      .Lexit                  # what it used can no longer be told: init ends without a report, and with it all
        test    rax, rax
        js      4f
        mov     r9d, eax
        mov     edi, eax
        lea     rsi, [rbx + {TEXT}]
        mov     edx, {TEXT_SIZE} - 1
        xor     eax, eax                # read
        syscall
        push    rax
        mov     edi, r9d
        mov     eax, 3                  # close
        syscall
        pop     rax
        test    rax, rax
        jle     4f
        lea     rsi, [rbx + {TEXT}]
        mov     byte ptr [rsi + rax], 0
        add     rax, rsi
2:      dec     rax                     # the name in parentheses may hold anything: go by the last one
        cmp     rax, rsi
        jbe     4f
        cmp     byte ptr [rax], 0x29
        jne     2b
        mov     rsi, rax
        mov     ecx, 14                 # fields from there to cutime
3:      lodsb
        test    al, al
        jz      4f
        cmp     al, 0x20
        jne     3b
        dec     ecx
        jnz     3b
        call    .Lnumber
        imul    rax, rax, 10000000      # USER_HZ is 100
        add     r13, rax
        call    .Lnumber
        imul    rax, rax, 10000000
        add     r13, rax
4:      ret

.Lnumber:                               # rsi = text; rax = the number there, rsi past it and the blank behind it
        xor     eax, eax
1:      movzx   ecx, byte ptr [rsi]
        sub     ecx, 0x30
        cmp     ecx, 9
        ja      2f
        imul    rax, rax, 10
        add     rax, rcx
        inc     rsi
        jmp     1b
2:      cmp     byte ptr [rsi], 0x20
        jne     3f
        inc     rsi
3:      ret

.Lhandler:
        ret
.Lrestorer:
        mov     eax, 15                 # rt_sigreturn
        syscall
99:
