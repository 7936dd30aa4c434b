// expect: cpu-time-limit: a binary search that forgets the "+ 1" and stands still for ever
#include <stdio.h>

static int tail[100000]; // tail[k]: the smallest end of an increasing subsequence of length k + 1

int main(void) {
    int n, x, len = 0;
    if (scanf("%d", &n) != 1) return 1;
    while (n-- > 0 && scanf("%d", &x) == 1) {
        int lo = 0, hi = len;
        while (lo < hi) {
            int mid = (lo + hi) / 2;
            if (tail[mid] < x) lo = mid;
            else hi = mid;
        }
        tail[lo] = x;
        if (lo == len) len++;
    }
    printf("%d\n", len);
    return 0;
}
