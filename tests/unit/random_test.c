#include "tests/unit/unit.h"
#include "wire/random.h"

#include <math.h>
#include <stdbool.h>

/* The sequence that the algorithm's published reference gives for seed 1234567. */
static void test_reference_sequence(void)
{
    static const uint64_t expected[] = {6457827717110365317u, 3203168211198807973u,
                                        9817491932198370423u, 4593380528125082431u,
                                        16408922859458223821u};
    struct random random = {1234567};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        CU_ASSERT_EQUAL(random_next(&random), expected[i]);
}

static void test_users_differ(void)
{
    struct random a = random_seeded(1, 0), b = random_seeded(1, 1), c = random_seeded(2, 0);
    struct random again = random_seeded(1, 0);
    CU_ASSERT_EQUAL(a.state, again.state);
    uint64_t first = random_next(&a);
    CU_ASSERT_EQUAL(first, random_next(&again));
    CU_ASSERT_NOT_EQUAL(first, random_next(&b));
    CU_ASSERT_NOT_EQUAL(first, random_next(&c));
    /* No user's numbers are another's, shifted. */
    bool shifted = false;
    for (int i = 0; i < 1000; i++)
        shifted |= random_next(&b) == first;
    CU_ASSERT_FALSE(shifted);
}

static void test_below(void)
{
    struct random random = random_seeded(7, 0);
    CU_ASSERT_EQUAL(random_below(&random, 0), 0);
    CU_ASSERT_EQUAL(random_below(&random, 1), 0);
    unsigned seen[6] = {0};
    bool inside = true;
    for (int i = 0; i < 60000; i++) {
        uint64_t drawn = random_below(&random, 6);
        inside &= drawn < 6;
        seen[drawn % 6]++;
    }
    CU_ASSERT_TRUE(inside);
    for (int i = 0; i < 6; i++)
        CU_ASSERT_TRUE(seen[i] > 9500 && seen[i] < 10500);
    /* With a bound of 3/4 of the range, plain remainders would come out below 1/4 twice as often.
     */
    uint64_t bound = UINT64_C(3) << 62, low = 0;
    for (int i = 0; i < 30000; i++)
        low += random_below(&random, bound) < bound / 3;
    CU_ASSERT_TRUE(low > 9500 && low < 10500);
}

static void test_unit(void)
{
    struct random random = random_seeded(7, 1);
    double sum = 0, lowest = 1, highest = 0;
    for (int i = 0; i < 100000; i++) {
        double drawn = random_unit(&random);
        sum += drawn;
        lowest = fmin(lowest, drawn);
        highest = fmax(highest, drawn);
    }
    CU_ASSERT_TRUE(lowest >= 0 && lowest < 0.001);
    CU_ASSERT_TRUE(highest < 1 && highest > 0.999);
    CU_ASSERT_DOUBLE_EQUAL(sum / 100000, 0.5, 0.01);
}

static void test_exponential(void)
{
    struct random random = random_seeded(7, 2);
    double sum = 0, lowest = 1;
    int above = 0;
    for (int i = 0; i < 100000; i++) {
        double drawn = random_exponential(&random, 2.0);
        sum += drawn;
        lowest = fmin(lowest, drawn);
        above += drawn > 2.0;
    }
    CU_ASSERT_TRUE(lowest >= 0);
    CU_ASSERT_DOUBLE_EQUAL(sum / 100000, 2.0, 0.05);
    CU_ASSERT_DOUBLE_EQUAL(above / 100000.0, exp(-1), 0.01);
}

static void test_normal(void)
{
    struct random random = random_seeded(7, 3);
    double sum = 0, squares = 0;
    int inside = 0;
    for (int i = 0; i < 100000; i++) {
        double drawn = random_normal(&random, 10.0, 3.0);
        sum += drawn;
        squares += (drawn - 10.0) * (drawn - 10.0);
        inside += fabs(drawn - 10.0) < 3.0;
    }
    CU_ASSERT_DOUBLE_EQUAL(sum / 100000, 10.0, 0.1);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(squares / 100000), 3.0, 0.1);
    CU_ASSERT_DOUBLE_EQUAL(inside / 100000.0, 0.6827, 0.01);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"reference sequence", test_reference_sequence},
        {"users differ", test_users_differ},
        {"below", test_below},
        {"unit", test_unit},
        {"exponential", test_exponential},
        {"normal", test_normal},
    };
    return unit_main("random", tests, sizeof tests / sizeof *tests, argc, argv);
}
