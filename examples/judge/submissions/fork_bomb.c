// expect: runtime-error: forks up to 2000 sleeping children; the pids limit makes fork() fail, then it calls abort()
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
    for (int i = 0; i < 2000; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            sleep(10); // a child never forks: 2000 is all there will ever be
            _exit(0);
        }
        if (pid < 0) {
            fprintf(stderr, "after %d children: ", i);
            perror("fork");
            abort();
        }
    }
    puts("nothing stopped me"); // a wrong answer, so that a judge without a pids limit shows
    return 0;
}
