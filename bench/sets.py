"""The sets of benchmarks by name."""

from collections.abc import Callable, Iterator

from bench import acts, claims, ledger, recipes, web
from bench.measure import Figure

SETS: dict[str, Callable[..., Iterator[Figure]]] = {
    "acts": lambda *, full: acts.figures(rounds=800 if full else 300),
    "claims": lambda *, full: claims.figures(rounds=20 if full else 3),
    "ledger": lambda *, full: ledger.figures(full=full),
    "recipes": lambda *, full: recipes.figures(rounds=30 if full else 8),
    "web": lambda *, full: web.figures(rounds=300 if full else 80),
}
