/* Dialogues, in every form that is known and in none. */
#include "tests/fuzz/field.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_field(field_read_dialogue, (struct octets){data, size});
    return 0;
}
