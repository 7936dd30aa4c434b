// expect: runtime-error: an assertion fails and calls abort() (SIGABRT)
#include <assert.h>
#include <stdio.h>

int main(void) {
    int n, x, previous = -2000000000;
    if (scanf("%d", &n) != 1) return 1;
    for (int i = 0; i < n && scanf("%d", &x) == 1; i++) {
        assert(previous < x); // "surely the input is sorted"
        previous = x;
    }
    printf("%d\n", n);
    return 0;
}
