// expect: compile-error: attacks the compiler with a header that never ends; a limit must stop it (never compile it unsandboxed)
#include <stdio.h>

#if __has_include("/etc/shadow") // including it would show its lines in the compiler's messages; a wrong answer tells of it
int main(void) {
    puts("LEAK the compiler sees /etc/shadow");
    return 0;
}
#else
#include "/dev/zero" // read into the compiler's memory until there is no more
#endif
