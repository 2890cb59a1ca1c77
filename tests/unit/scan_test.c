#include "wire/scan.h"

#include "tests/unit/unit.h"
#include "wire/random.h"

enum { ROUNDS = 2000, LENGTH = 3 * SCAN_BLOCK };

static void fill(struct random *random, uint8_t *at, size_t count)
{
    for (size_t i = 0; i < count; i++)
        at[i] = (uint8_t)random_below(random, 256);
}

static void test_bits(void)
{
    struct random random = random_seeded(1, 1);
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t octets[SCAN_LANES];
        uint64_t expected = 0;
        fill(&random, octets, sizeof octets);
        for (int i = 0; i < SCAN_LANES; i++) {
            octets[i] = octets[i] & 1 ? 0xff : 0;
            expected |= octets[i] ? (uint64_t)1 << i : 0;
        }
        CU_ASSERT_EQUAL(scan_bits(scan_load(octets)), expected);
        CU_ASSERT_EQUAL(scan_bits_portable(scan_load(octets)), expected);
    }
}

SCAN_WIDE static uint64_t wide_bits_of(const uint8_t *octets)
{
    scan_wide_lanes lanes;
    memcpy(&lanes, octets, sizeof lanes);
    return scan_wide_bits(&lanes);
}

static void test_wide_bits(void)
{
    struct random random = random_seeded(3, 1);
    for (int round = 0; scan_has_wide() && round < ROUNDS; round++) {
        uint8_t octets[SCAN_WIDE_LANES];
        uint64_t expected = 0;
        fill(&random, octets, sizeof octets);
        for (int i = 0; i < SCAN_WIDE_LANES; i++) {
            octets[i] = octets[i] & 1 ? 0xff : 0;
            expected |= octets[i] ? (uint64_t)1 << i : 0;
        }
        CU_ASSERT_EQUAL(wide_bits_of(octets), expected);
    }
}

static void test_below(void)
{
    struct random random = random_seeded(2, 1);
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t octets[SCAN_BLOCK];
        fill(&random, octets, sizeof octets);
        uint8_t limit = (uint8_t)(round % 256);
        uint64_t expected = 0;
        for (int i = 0; i < SCAN_BLOCK; i++)
            expected |= octets[i] < limit ? (uint64_t)1 << i : 0;
        CU_ASSERT_EQUAL(scan_below(octets, limit), expected);
    }
}

/* Every place and every length; and octets that are half of a pair, beside it and behind the end.
 */
static void test_pair(void)
{
    uint8_t octets[LENGTH];
    for (size_t length = 0; length < LENGTH; length++) {
        for (size_t place = 0; place < length; place++) {
            memset(octets, '.', sizeof octets);
            octets[place] = '\n';
            if (place > 0)
                octets[place - 1] = '\n';
            const uint8_t *found = scan_pair(octets, octets + length, '\n', '.');
            CU_ASSERT_PTR_EQUAL(found, octets + (place + 1 < length ? place : length));
        }
    }
}

/* What is walked over ends where what is left is not a block and one octet more. */
static void test_pair_blocks(void)
{
    uint8_t octets[LENGTH];
    for (size_t length = 0; length < LENGTH; length++) {
        for (size_t place = 0; place + 1 < length; place++) {
            memset(octets, '.', sizeof octets);
            octets[place] = '\n';
            const uint8_t *end = octets + length, *expected = octets;
            while (end - expected > SCAN_BLOCK && octets + place >= expected + SCAN_BLOCK)
                expected += SCAN_BLOCK;
            CU_ASSERT_PTR_EQUAL(scan_pair_blocks(octets, end, '\n', '.'), expected);
            if (scan_has_wide())
                CU_ASSERT_PTR_EQUAL(scan_pair_blocks_wide(octets, end, '\n', '.'), expected);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"one bit for each octet", test_bits},
        {"one bit for each of more octets", test_wide_bits},
        {"octets below a limit", test_below},
        {"a pair at every place", test_pair},
        {"the block where a pair is", test_pair_blocks},
    };
    return unit_main("scan", tests, sizeof tests / sizeof *tests, argc, argv);
}
