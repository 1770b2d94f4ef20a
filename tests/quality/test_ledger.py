"""What quality writes is folded from entries alone, and nobody writes it otherwise."""

import pytest
from django.db import DatabaseError, connection, transaction

from quality.models import Deviation, Disposition, Dossier, Result, Review, Sample
from records.models import Projection
from records.reading import WALLS
from records.verification import verify
from tests.builders import quality as build
from tests.builders.quality import Bench
from tests.quality.journey import through_everything

pytestmark = pytest.mark.usefixtures("committed_db")
MODELS = [Deviation, Disposition, Dossier, Result, Review, Sample]


@pytest.mark.req("P11-10a")
def test_everything_that_quality_did_folds_anew_into_the_same_rows() -> None:
    bench = through_everything()
    report = verify(everything=True)
    assert [str(one) for one in report.differences] == []
    record = bench.record()
    assert (len(record.results), len(record.deviations), len(record.concessions)) == (6, 2, 2)


def by_hand(bench: Bench, statement: str) -> None:
    """Run a statement as the application, at the batch's site."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WALLS, [str(bench.site.id), ""])
        cursor.execute(statement)


@pytest.mark.scenario(33)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_application_changes_no_row_by_hand(model: type[Projection]) -> None:
    bench = through_everything()
    table = model._meta.db_table
    for statement in (
        f"UPDATE {table} SET entry_seq = entry_seq + 1",
        f"UPDATE {table} SET site = site",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
    ):
        with pytest.raises(DatabaseError):
            by_hand(bench, statement)


def test_other_site_sees_nothing(committed_db: str) -> None:
    from records.reading import reading
    from tests.builders.accounts import open_demo_site

    build.with_results(build.at_qc())
    with reading(site=open_demo_site("HH1").id):
        assert [model.objects.count() for model in MODELS] == [0] * len(MODELS)  # type: ignore[attr-defined]
