"""Measuring: alternating rounds of subject and baseline, so that both meet the same machine."""

import hashlib
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ``ratio`` is subject to baseline, medians of the same run."""

    name: str
    size: str
    subject: str
    baseline: str
    ratio: float
    limit: float | None = None
    # What is judged beside the ratio: an absolute limit scaled by the calibration, a count.
    kept: bool = True

    @property
    def holds(self) -> bool:
        """Whether the claim holds."""
        return self.kept and (self.limit is None or self.ratio <= self.limit)


def seconds(act: Callable[[], object]) -> float:
    """Return how long one call took."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def side_by_side(
    subjects: Mapping[str, Callable[[], object]], *, rounds: int, warm: int = 20
) -> dict[str, list[float]]:
    """Call every subject in turn, ``rounds`` times; return the seconds of each call."""
    for _ in range(warm):
        for act in subjects.values():
            act()
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, act in subjects.items():
            taken[name].append(seconds(act))
    return taken


def median_ms(values: list[float]) -> float:
    """Return the median in milliseconds."""
    return statistics.median(values) * 1000


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]


# The limits were set for a core that hashes so many MiB a second (sha256).
REFERENCE = 1500.0


def calibration() -> float:
    """Return how many MiB a second this core hashes: printed beside absolute figures."""
    block = bytes(1 << 20)
    rounds = 64
    taken = seconds(lambda: [hashlib.sha256(block).digest() for _ in range(rounds)])
    return rounds / taken


def scaled(limit: float) -> float:
    """Return an absolute limit for this machine, as busy as it is now; never a tighter one."""
    return limit * max(1.0, REFERENCE / calibration())


def compared(
    name: str, taken: dict[str, list[float]], *, subject: str, baseline: str, size: str,
    limit: float,
) -> Figure:  # fmt: skip
    """Return the figure of two subjects measured side by side."""
    ours, theirs = median_ms(taken[subject]), median_ms(taken[baseline])
    return Figure(name, size, f"{ours:.2f} ms", f"{theirs:.2f} ms", ours / theirs, limit)
