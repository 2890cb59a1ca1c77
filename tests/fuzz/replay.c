/* Runs a fuzzer over files instead of drawn inputs, wherever there is no libFuzzer. */
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static bool read_file(const char *path, struct buf *content)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t count = 1;
    while (count > 0) {
        uint8_t *at = buf_reserve(content, 65536);
        if (!at)
            break;
        count = fread(at, 1, 65536, file);
        content->count += count;
    }
    bool whole = count == 0 && !ferror(file);
    fclose(file);
    return whole;
}

static bool replay(const char *path)
{
    struct buf content = BUF_INIT(0);
    bool whole = read_file(path, &content);
    if (!whole)
        fprintf(stderr, "%s: can't be read: %s\n", path, strerror(errno));
    /* Memory of exactly its size, so that a look past its edge is seen. */
    uint8_t *data = whole ? malloc(content.count + !content.count) : NULL;
    if (data) {
        if (content.count > 0)
            memcpy(data, content.at, content.count);
        LLVMFuzzerTestOneInput(data, content.count);
    }
    free(data);
    buf_free(&content);
    return data != NULL;
}

int main(int argc, char **argv)
{
    int failed = 0;
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++)
        failed += !replay(argv[i]);
    printf("%d inputs\n", argc - 1 - failed);
    return failed > 0;
}
