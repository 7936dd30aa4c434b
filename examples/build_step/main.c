#include "shapes.h"
#include <stdio.h>

int main(void) {
    const struct point square[] = {{0, 0}, {3, 0}, {3, 3}, {0, 3}};
    printf("area %.1f\n", area(square, 4));
    return 0;
}
