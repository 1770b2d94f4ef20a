"""The demo site: a plant with three weeks of history, people who can sign in, and tablets.

Its history is made by the simulated plant in the past; the owner's mark that allows simulated
time is taken away at the end, so that from then on only real time is accepted.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from django.conf import settings
from django.db import connections

from accounts.services.credentials import set_credential
from accounts.services.devices import PlaceRef, enrol_device
from accounts.sessions import enrolment_token
from batches.services import report
from equipment.models import Place
from mes.lib import clock
from mes.lib.ids import uuid7
from plant.arrival import Patient, known
from plant.crew import ROSTER
from plant.patient import live
from plant.plant import Plant, open_plant
from plant.rehearsal import run
from plant.rota import keep_roster
from quality.services import set_quality_hold
from records import outbox
from records.reading import reading

PIN = "246813"
PASSWORD = "a calm night at the plant"  # noqa: S105 - the demo tells it to everybody
HISTORY = timedelta(days=22)
OWNER = "owner"

# Days ago that each order came in, its recipe, where it stops, and whether it has a mishap.
LIVES = (
    (21.0, "CART19-PRODIGY", "", False),
    (19.0, "CART19-PRODIGY", "judgement", False),
    (13.0, "CART19-PRODIGY", "", False),
    (9.0, "CART19-PRODIGY", "", True),
    (5.2, "CART19-PRODIGY", "", False),
    (3.1, "CART19-PRODIGY", "", False),
    (2.2, "SIX-STEPS", "", False),
    (1.6, "CART19-PRODIGY", "", False),
    (1.3, "CART19-PRODIGY", "issue", False),
    (0.3, "CART19-PRODIGY", "order", False),
)
IN_TROUBLE = 3
TABLETS = ("R1-P1", "H2-P1", "H2-P2", "H2-P3", "H2-P4", "H2-P5", "S4-P1", "F1-P1")


def seed(*, said: Callable[[str], None]) -> None:
    """Make the demo site; leaves ``welcome.json`` in the data folder.

    Needs the owner's address. ``said`` hears each thing as it is begun.
    """
    present = clock.now()
    with _history():
        clock.simulate(present - HISTORY)
        plant = open_plant(recipes=("CART19-PRODIGY", "SIX-STEPS"), said=said)
        said("badges, PINs and passwords")
        _give_secrets(plant)
        tablets = _enrol_tablets(plant)
        said("three weeks of patients")
        patients = _patients(plant, present=present, said=said)
        clock.simulate(present)
        _trouble(plant, patients[IN_TROUBLE])
        said("shifts and who is on call")
        keep_roster(plant.crew, weeks=3)
    _welcome(plant, tablets)


@contextmanager
def _history() -> Iterator[None]:
    """Allow simulated time for a while: only the owner's mark does."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("INSERT INTO records_simulation (purpose) VALUES ('history of the demo')")
    try:
        yield
    finally:
        clock.simulate(None)
        with connections[OWNER].cursor() as cursor:
            cursor.execute("DELETE FROM records_simulation")


def _give_secrets(plant: Plant) -> None:
    for person, _hire in plant.crew.people.values():
        for kind, secret in (("pin", PIN), ("password", PASSWORD)):
            set_credential(
                command=plant.crew.setup("accounts.set_credential"), person=person, kind=kind,
                secret=secret,
            )  # fmt: skip


def _enrol_tablets(plant: Plant) -> dict[str, UUID]:
    with reading(site=plant.site):
        places = {place.barcode: place for place in Place.objects.select_related("room")}
    made = {}
    for number, barcode in enumerate(TABLETS, 1):
        place, device = places[barcode], uuid7()
        enrol_device(
            command=plant.crew.setup("accounts.enrol_device"), device=device,
            code=f"T-{number:02}", label=place.label,
            place=PlaceRef("place", place.id, place.label, place.room.room_class),
        )  # fmt: skip
        made[place.label] = device
    return made


def _patients(plant: Plant, *, present: datetime, said: Callable[[str], None]) -> list[Patient]:
    everybody = []
    for number, (days, recipe, stop_after, mishap) in enumerate(LIVES, 1):
        one = Patient(
            plant=plant, number=number, recipe=recipe, luck=Random(number),
            stop_after=stop_after, mishap=mishap,
        )  # fmt: skip
        everybody.append((one, live(one, start=present - timedelta(days=days))))
    steps = 0

    def after() -> None:
        nonlocal steps
        done = sum(one.steps for one, _ in everybody)
        if done // 50 > steps // 50:
            said(f"three weeks of patients: {done} steps")
        steps = done

    run(everybody, after=after, until=present)
    return [one for one, _ in everybody]


def _trouble(plant: Plant, patient: Patient) -> None:
    """Something was reported from the floor, and QA holds the batch."""
    crew, batch = plant.crew, known(patient.batch)
    report(
        command=crew.command("brandt", "batches.report"), batch=batch, step="",
        text="The line dripped at the weld; welded again, pull test passed.",
    )  # fmt: skip
    set_quality_hold(
        command=crew.command("brenner", "quality.hold"), batch=batch,
        reason="Another patient's bag was scanned; the segregation in the hall is looked at.",
    )  # fmt: skip
    outbox.drain()


def _welcome(plant: Plant, tablets: dict[str, UUID]) -> None:
    tablet = tablets["Hall 2, P1"]
    token = enrolment_token(device=tablet, site=plant.site)
    people = "\n".join(
        f"    {hire.key:<11}{hire.name:<17}{', '.join(hire.roles)}" for hire in ROSTER
    )
    text = f"""\
The demo site stands. Everybody's password is "{PASSWORD}", everybody's PIN is {PIN}.

{people}

What to try first:
  1. Sign in as brenner (QA) and open Quality: a record to review, a batch in trouble.
  2. Sign in as lindqvist (planner), open Board, ask for a plan, accept it.
  3. Make a browser window a tablet of Hall 2, P1 by opening, within a day,
     /tablet/enrol/{token}/
     then sign in there with badge BADGE-ADEYEMI and the PIN.
"""
    left = {
        "text": text,
        "sign_in": {
            "path": "/sign-in/",
            "fields": {"username": "brenner", "password": PASSWORD},
        },
    }
    (Path(settings.MES_DATA) / "welcome.json").write_text(json.dumps(left, indent=2))
