"""``python -m bench [--full SET]``: a table of ratios, each against a baseline of the same run."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from bench.measure import Figure, calibration
from mes.lib.embedded import Stores


def main() -> int:
    """Print the table; return 1 when a claim does not hold."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--full", nargs="?", const="all", help="larger counts, of one set or all")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench", dir=_folder()) as folder:
        os.environ["MES_DATA"] = folder
        Path(folder).chmod(0o755)
        stores = Stores(os.environ)
        stores.start()
        stores.name_in(os.environ)
        try:
            return _measure(options.full)
        finally:
            stores.stop()


def _folder() -> str:
    """Lie on the project's own disk: a commit waits for it as it does in production."""
    data = Path(__file__).resolve().parent.parent / ".data"
    data.mkdir(exist_ok=True)
    return str(data)


def _measure(full: str | None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    import django

    django.setup()
    from django.conf import settings

    from bench.sets import SETS
    from bench.tables import make_tables
    from plant.throwaway import throw_away
    from records import walls

    print(f"calibration: this core hashes {calibration():.0f} MiB/s (sha256)\n")
    wanted = {full: SETS[full]} if full in SETS else SETS
    found: list[Figure] = []
    for measure in wanted.values():
        with throw_away(purpose="bench"):
            make_tables()
            # The tables of the baselines are among the walls here.
            settings.MES_WALLS = settings.MES_DATA / "walls.txt"
            settings.MES_WALLS.write_text(walls.text())
            found += _printed(measure, full=bool(full))
    missed = [figure for figure in found if not figure.holds]
    print(f"\n{len(found)} figures, {len(missed)} above their limit")
    return 1 if missed else 0


def _printed(measure: Callable[..., Iterable[Figure]], *, full: bool) -> list[Figure]:
    found = []
    for figure in measure(full=full):
        found.append(figure)
        limit = f"≤ {figure.limit}" if figure.limit is not None else ""
        sign = "" if figure.holds else "  ABOVE"
        print(
            f"{figure.name:<58} {figure.subject:>12} {figure.baseline:>12} "
            f"{figure.ratio:>7.2f} {limit:>6}{sign}   ({figure.size})",
            flush=True,
        )
    return found


if __name__ == "__main__":
    sys.exit(main())
