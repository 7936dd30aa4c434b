// expect: accepted: right answer, but a daemon stays behind and holds stdout open; it must not live on or delay the judge
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int tail[100000];

int main(void) {
    int n, x, len = 0;
    pid_t child = fork();
    if (child < 0) return 1;
    if (child == 0) {
        setsid();
        if (fork() == 0) { // the grandchild: no parent, a session of its own, deaf to polite signals
            signal(SIGTERM, SIG_IGN);
            signal(SIGHUP, SIG_IGN);
            sleep(1000);
        }
        _exit(0);
    }
    waitpid(child, NULL, 0);
    if (scanf("%d", &n) != 1) return 1;
    while (n-- > 0 && scanf("%d", &x) == 1) {
        int lo = 0, hi = len;
        while (lo < hi) {
            int mid = (lo + hi) / 2;
            if (tail[mid] < x) lo = mid + 1;
            else hi = mid;
        }
        tail[lo] = x;
        if (lo == len) len++;
    }
    printf("%d\n", len);
    return 0;
}
