// expect: runtime-error: exits 137 by itself, the status by which shells show a SIGKILL: it is not a memory limit
#include <stdlib.h>

int main(void) {
    exit(137);
}
