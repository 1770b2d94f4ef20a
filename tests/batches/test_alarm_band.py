"""Alarms on the tablet: of what the batch holds at its steps, of the place at home."""

import pytest

from equipment.models import Place, Unit
from records.reading import reading
from tests.batches.test_screens import HOME, on_tablet, page_of
from tests.builders.alarms import acknowledged, cleared, raised, watched
from tests.builders.batches import STEPS, issued
from tests.builders.floor import words

pytestmark = [pytest.mark.usefixtures("committed_db", "at_time"), pytest.mark.req("D11-8")]
FILL, BAND = STEPS[4], 'class="t-band'
SAID = "Critical alarm Hall 2 Temperature 9.5 °C, limits: 2 … 8 °C."


def test_an_alarm_is_seen_at_the_step_and_at_home_until_it_is_over() -> None:
    trial, client = on_tablet(FILL)
    with reading(site=trial.site):
        room = Place.objects.get(id=trial.place).room_id
        elsewhere = Unit.objects.exclude(place__room=room).values_list("id", flat=True)[0]
        beside = Unit.objects.filter(place__room=room).exclude(id=trial.unit)[0].id
    for other in (elsewhere, beside):
        raised(trial.site, other, watched(trial.site, other))
    pages = [HOME, page_of(trial), page_of(trial, "steps")]
    assert [BAND in client.get(page).content.decode() for page in pages] == [False] * 3
    poll = {"HX-Request": "true"}
    etag = client.get(HOME, headers=poll).headers["ETag"]
    alarm = raised(trial.site, room, watched(trial.site, room, critical=True))
    assert [words(client.get(page)).count(SAID) for page in pages] == [1, 1, 1]
    # The home of a tablet, which asks every few seconds, is drawn anew.
    changed = client.get(HOME, headers={**poll, "If-None-Match": etag})
    assert (changed.status_code, changed.headers["HX-Refresh"]) == (204, "true")
    acknowledged(trial.site, alarm)
    assert "To clear" in words(client.get(page_of(trial)))
    cleared(trial.site, alarm)
    assert [BAND in client.get(page).content.decode() for page in pages] == [False] * 3


def test_another_batchs_alarm_is_not_shown_at_a_batch() -> None:
    trial, client = on_tablet(FILL)
    other = issued(trial.plant, number=2, place=2)
    raised(trial.site, other.unit, watched(trial.site, other.unit))
    assert BAND not in client.get(page_of(trial)).content.decode()
