#include "harness/report_japanese.h"

bool report_japanese(struct buf *japanese, const char *english)
{
    (void)japanese;
    (void)english;
    return false;
}
