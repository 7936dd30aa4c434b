#include "shapes.h"

double area(const struct point *corners, int count) {
    double twice = 0;
    for (int i = 0; i < count; i++) {
        struct point a = corners[i], b = corners[(i + 1) % count];
        twice += a.x * b.y - b.x * a.y;
    }
    return (twice < 0 ? -twice : twice) / 2;
}
