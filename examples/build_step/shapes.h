#ifndef SHAPES_H
#define SHAPES_H

struct point {
    double x, y;
};

/// The area of a polygon.
double area(const struct point *corners, int count);

#endif
