// expect: wrong-answer: finds no secret and prints 0; if it finds one it prints LEAK and exits 3 (runtime-error)
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int leaks;

static void try_read(const char *path) { // a leak is a file that gives a byte, or a directory that has an entry
    char byte;
    int fd = open(path, O_RDONLY | O_NONBLOCK), entries = 0;
    if (fd >= 0 && read(fd, &byte, 1) == 1) leaks += printf("LEAK %s\n", path);
    if (fd >= 0) close(fd);
    DIR *dir = opendir(path);
    while (dir && readdir(dir)) entries++;
    if (dir) closedir(dir);
    if (entries > 2) leaks += printf("LEAK %s/\n", path); // more than . and ..
}

int main(void) {
    const char *secrets[] = {"/etc/shadow", "/root", "/home/user", "/proc/1/environ", "/proc/1/root/etc/shadow", "/proc/1/mem",
                             "/proc/kcore", "/dev/mem", "/sys/class/net", "/var/log", "/run", "/etc/ssh"};
    const char *places[] = {"", "tests/", "problem/tests/", "examples/judge/problem/tests/"};
    const char *starts[] = {"", "/", "../", "../../", "../../../", "/proc/1/cwd/"};
    char path[200];
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) try_read(secrets[i]);
    for (size_t s = 0; s < sizeof starts / sizeof *starts; s++)
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            snprintf(path, sizeof path, "%s%s01.out", starts[s], places[p]); // the expected output
            try_read(path);
        }
    snprintf(path, sizeof path, "/proc/%d/environ", getppid()); // the judge's own, if it is the parent
    try_read(path);
    for (int fd = 3; fd < 1024; fd++) // what the judge forgot to close
        if (fcntl(fd, F_GETFD) >= 0) leaks += printf("LEAK descriptor %d\n", fd);
    puts("0");
    return leaks ? 3 : 0;
}
