// expect: compile-error: prints a variable that does not exist
#include <stdio.h>

int main(void) {
    int n;
    if (scanf("%d", &n) != 1) return 1;
    printf("%d\n", length);
    return 0;
}
