// expect: memory-limit: allocates and touches memory, 1 MiB at a time, up to 2 GiB
// Where an rlimit stands in for the cgroup malloc() returns NULL and the program exits 1, with all of the limit in use.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MIB = 1 << 20 };

int main(void) {
    char **chain = NULL; // each block starts with the address of the one before, so none can be optimised away
    for (int i = 0; i < 2048; i++) {
        char **block = malloc(MIB);
        if (block == NULL) {
            fprintf(stderr, "malloc failed after %d MiB\n", i);
            return 1;
        }
        memset(block, 0x5a, MIB);
        *block = (char *)chain;
        chain = block;
    }
    printf("nothing stopped me: %p\n", (void *)chain);
    return 0;
}
