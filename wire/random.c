#include "wire/random.h"

#include <math.h>

uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

struct random random_seeded(uint64_t seed, uint64_t user)
{
    /* Mixed twice: were the user merely added, one user's numbers would be another's, shifted. */
    struct random random = {seed};
    random.state = random_next(&random) ^ user;
    random.state = random_next(&random);
    return random;
}

uint64_t random_below(struct random *random, uint64_t below)
{
    if (below == 0)
        return 0;
    /* The first 2^64 mod below numbers would make some remainders likelier: drawn again. */
    uint64_t biased = -below % below;
    uint64_t drawn;
    do {
        drawn = random_next(random);
    } while (drawn < biased);
    return drawn % below;
}

double random_unit(struct random *random)
{
    return (double)(random_next(random) >> 11) * 0x1p-53;
}

double random_exponential(struct random *random, double mean)
{
    return -mean * log(1.0 - random_unit(random));
}

double random_normal(struct random *random, double mean, double deviation)
{
    /* Box and Muller; the second number of the pair is not kept, so that each draw stands alone. */
    double radius = sqrt(-2.0 * log(1.0 - random_unit(random)));
    double angle = 2.0 * 3.14159265358979323846 * random_unit(random);
    return mean + deviation * radius * cos(angle);
}
