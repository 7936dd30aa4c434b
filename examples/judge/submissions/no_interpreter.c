// expect: runtime-error: asks the kernel for a loader that is not there, so that execve() fails: not the judge's failure
__attribute__((section(".interp"), used)) static const char loader[] = "/no/such/loader";

int main(void) {
    return 0;
}
