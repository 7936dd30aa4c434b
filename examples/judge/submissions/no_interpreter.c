// expect: runtime-error: names a loader that is not there, so that execve() fails, which is not the judge's failure
__attribute__((section(".interp"), used)) static const char loader[] = "/no/such/loader";

int main(void) {
    return 1; // linked dynamically it comes this far: the linker's own loader goes first
}
