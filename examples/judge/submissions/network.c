// expect: runtime-error: exits 1 as it reaches nobody, or prints LEAK (a wrong answer) if it does
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int leaks;

static void try_connect(const char *host, int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct timeval half_a_second = {.tv_usec = 500000};
    inet_pton(AF_INET, host, &to.sin_addr);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &half_a_second, sizeof half_a_second);
    if (s >= 0 && connect(s, (struct sockaddr *)&to, sizeof to) == 0)
        leaks += printf("LEAK connected to %s:%d\n", host, port);
    else
        fprintf(stderr, "%s:%d: %s\n", host, port, strerror(errno));
    if (s >= 0) close(s);
}

int main(void) {
    struct addrinfo *found;
    try_connect("1.1.1.1", 80);
    try_connect("127.0.0.1", 22); // the host's sshd, were this the host's loopback
    int error = getaddrinfo("example.com", "80", NULL, &found);
    if (error == 0)
        leaks += printf("LEAK resolved example.com\n");
    else
        fprintf(stderr, "example.com: %s\n", gai_strerror(error));
    return leaks ? 0 : 1;
}
