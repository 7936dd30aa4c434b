// expect: accepted: sends SIGKILL to everybody, finds that nobody was hit, and solves the problem; exits 1 on a hit
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static int tail[100000];

int main(void) {
    int hits = 0, n, x, len = 0;
    // The kernel may answer "sent" for pid 1 of a pid namespace, which is immune: that alone is no hit.
    // Were it the real parent, there would soon be no judge to say anything.
    kill(1, SIGKILL);
    if (getppid() > 1 && kill(getppid(), SIGKILL) == 0) hits++;
    kill(-1, SIGKILL); // says "sent" where each was refused
    for (int pid = 2; pid <= 32768; pid++)
        if (pid != getpid() && kill(pid, SIGKILL) == 0) hits++;
    if (hits > 0) {
        fprintf(stderr, "%d signals were delivered\n", hits);
        return 1;
    }
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
