// expect: wall-time-limit: waits for a signal that never comes, using no CPU time
#include <unistd.h>

int main(void) {
    for (;;) pause();
}
