"""Makes ``tests/data/golden_statistics.json`` with SciPy and statsmodels.

Neither is needed to run the tests: ``python golden.py PATH`` in an environment that has both.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

CASES = 120
RESAMPLES = 200_000


def main(path: Path) -> None:
    """Write the file."""
    dice = Random(7)
    cases = {
        "ranks": [_ranks(dice, number) for number in range(CASES)],
        "proportions": [_proportions(dice, number) for number in range(CASES)],
        "holm": [_holm(dice, number) for number in range(30)],
        "means": [_means(dice) for _ in range(30)],
        "bootstrap": [_bootstrap(dice, number) for number in range(12)],
    }
    lines = ",\n".join(
        f'"{name}": [\n' + ",\n".join(json.dumps(case) for case in group) + "\n]"
        for name, group in cases.items()
    )
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def _sample(dice: Random, shape: int, size: int) -> list[float]:
    if shape == 0:
        return [round(dice.lognormvariate(2.0, 1.0), 6) for _ in range(size)]
    if shape == 1:
        return [float(dice.randrange(4)) for _ in range(size)]
    if shape == 2:
        return [7.5] * size
    if shape == 3:
        return [round(dice.gauss(-3, 1e-3), 9) for _ in range(size)]
    return [round(dice.gauss(1e6, 5e5), 1) for _ in range(size)]


def _ranks(dice: Random, number: int) -> dict[str, Any]:
    stats, numpy = import_module("scipy.stats"), import_module("numpy")
    most = 8 if number % 2 else 60
    a = _sample(dice, number % 5, dice.randint(1, most))
    b = _sample(dice, dice.choice((number % 5, 0, 1)), dice.randint(1, most))
    if number % 7 == 3:
        b = [value + 2.0 for value in b]
    result = stats.mannwhitneyu(b, a, alternative="two-sided", method="auto")
    asymptotic = stats.mannwhitneyu(b, a, alternative="two-sided", method="asymptotic")
    exact = None
    if len({*a, *b}) == len(a) + len(b) and len(a) * len(b) < 1000:
        exact = float(stats.mannwhitneyu(b, a, method="exact").pvalue)
    return {
        "a": a,
        "b": b,
        "delta": 2 * float(result.statistic) / (len(a) * len(b)) - 1,
        "auto": float(result.pvalue),
        "asymptotic": float(asymptotic.pvalue),
        "exact": exact,
        "mean": float(numpy.mean(a)),
        "median": float(numpy.median(a)),
    }


def _proportions(dice: Random, number: int) -> dict[str, Any]:
    stats = import_module("scipy.stats")
    proportion = import_module("statsmodels.stats.proportion")
    most = (6, 30, 400, 20_000)[number % 4]
    in_a, in_b = dice.randint(1, most), dice.randint(1, most)
    shape = number % 5
    part = (0.0, 1.0, 0.02, 0.5, dice.random())[shape]
    ok_a = sum(dice.random() < part for _ in range(in_a))
    ok_b = sum(dice.random() < min(part + 0.1 * (number % 3), 1.0) for _ in range(in_b))
    if number % 11 == 0:
        ok_a, ok_b = 0, in_b
    low, high = proportion.confint_proportions_2indep(
        ok_b, in_b, ok_a, in_a, method="newcomb", compare="diff"
    )
    of_a = proportion.proportion_confint(ok_a, in_a, method="wilson")
    rate_a, rate_b = ok_a / in_a, ok_b / in_b
    needed = None
    if rate_a != rate_b:
        needed = float(
            proportion.samplesize_proportions_2indep_onetail(
                rate_b - rate_a, rate_a, 0.8, alpha=0.05, alternative="two-sided"
            )
        )
    return {
        "table": [ok_a, in_a - ok_a, ok_b, in_b - ok_b],
        "fisher": float(stats.fisher_exact([[ok_a, in_a - ok_a], [ok_b, in_b - ok_b]])[1]),
        "newcombe": [float(low), float(high)],
        "wilson": [float(of_a[0]), float(of_a[1])],
        "needed": needed,
    }


def _holm(dice: Random, number: int) -> dict[str, Any]:
    multitest = import_module("statsmodels.stats.multitest")
    p = [round(dice.random() ** 4, 2 if number % 3 else 9) for _ in range(dice.randint(1, 12))]
    return {
        "p": p,
        "adjusted": [float(value) for value in multitest.multipletests(p, method="holm")[1]],
    }


def _means(dice: Random) -> dict[str, Any]:
    power = import_module("statsmodels.stats.power")
    effect, alpha = round(dice.uniform(0.2, 1.5), 3), dice.choice((0.05, 0.01, 0.005))
    number = power.NormalIndPower().solve_power(effect, alpha=alpha, power=0.8, ratio=1)
    return {"effect": effect, "alpha": alpha, "needed": float(number)}


def _bootstrap(dice: Random, number: int) -> dict[str, Any]:
    """Quantiles of the differences a little inside and outside of the interval's ends."""
    numpy = import_module("numpy")
    sizes = ((5, 5), (4, 9), (30, 21), (12, 8))[number % 4]
    a, b = _sample(dice, 0, sizes[0]), _sample(dice, 1 if number % 3 == 2 else 0, sizes[1])
    generator = numpy.random.default_rng(number)
    shape = {"median": numpy.median, "mean": numpy.mean}
    result: dict[str, Any] = {"a": a, "b": b}
    for name, function in shape.items():
        of_a = function(generator.choice(a, (RESAMPLES, len(a))), axis=1)
        of_b = function(generator.choice(b, (RESAMPLES, len(b))), axis=1)
        ends = numpy.quantile(of_b - of_a, [0.018, 0.033, 0.967, 0.982])
        result[name] = [float(value) for value in ends]
    return result


if __name__ == "__main__":
    main(Path(sys.argv[1]))
