// expect: output-limit: prints up to 1 GiB; a judge that keeps it all in memory would be the one to die
#include <stdio.h>

int main(void) {
    for (long long bytes = 0; bytes < 1LL << 30; bytes += 64)
        puts("All work and no play makes Jack a dull boy. All work and no play");
    return 0;
}
