// expect: runtime-error: walks off the end of a linked list (SIGSEGV)
#include <stdio.h>
#include <stdlib.h>

struct node {
    int value;
    struct node *next;
};

int main(void) {
    struct node *list = NULL;
    int n, x;
    if (scanf("%d", &n) != 1) return 1;
    while (n-- > 0 && scanf("%d", &x) == 1) {
        struct node *head = malloc(sizeof *head);
        if (head == NULL) return 1;
        head->value = x;
        head->next = list;
        list = head;
    }
    while (list->value != 2000000000) list = list->next; // no such value: list becomes NULL
    printf("%d\n", list->value);
    return 0;
}
