/* The mock server's journal, whole or damaged. */
#include "tests/fuzz/field.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_field(field_read_journal, (struct octets){data, size});
    return 0;
}
