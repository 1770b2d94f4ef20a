"""The state of the system for people: what works, what waits, and whether records are sealed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import access_of
from accounts.permissions import Permission
from mes.lib.access import requires
from mes.state import Sealing, State, Verifying, sealing, state
from mes.ui.text import duration_text
from records.pulses import KEY, PLACE

LATE_MESSAGE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Part:
    """One part as it stands: ``sign`` is tick, warning or stop; ``todo`` only where it is not."""

    name: str
    sign: str
    found: str
    todo: str = ""


@requires(Permission.RECORDS_WATCH)
@require_safe
def system(request: HttpRequest) -> HttpResponse:
    """Show every part from the outbox to the worker, the dead letters and the checkpoints."""
    found = state()
    context = {"work": list(_work(found)), "seals": list(_seals(found)), "sealing": found.sealing,
               "found": found.verifying.found}  # fmt: skip
    return render(request, "records/system.html", context)


def alarm_of_records(request: HttpRequest) -> dict[str, Callable[[], Sealing | None]]:
    """Give every page the alarm of the records, for those who answer for them.

    They are not sealed, or the newest verification found that they are not as they were written.
    """
    access = access_of(request)
    if access is None or not access.may(Permission.RECORDS_WATCH):
        return {}

    def unsealed() -> Sealing | None:
        found = sealing()
        return None if found.works and not found.findings else found

    return {"unsealed": unsealed}


def _work(it: State) -> Iterator[Part]:
    yield Part(_("Database"), "tick", _("answers"))
    yield _relay(it)
    if it.broker:
        yield Part(_("Broker"), "tick", _("answers"))
    else:
        todo = _("Nothing is lost: work waits in the outbox until it is back. Start it again.")
        yield Part(_("Broker"), "stop", _("does not answer"), todo)
    yield _worker(it)
    yield _waiting(it)
    yield _dead(it)


def _relay(it: State) -> Part:
    if it.relay is None:
        found, todo = _("was never seen"), _("Start the relay: without it no work is rung for.")
        return Part(_("Relay"), "stop", found, todo)
    found = _("seen %(ago)s ago") % {"ago": duration_text(it.relay)}
    if it.relay_works:
        return Part(_("Relay"), "tick", found)
    todo = _("Start the relay again. Work waits in the outbox; nothing is lost.")
    return Part(_("Relay"), "stop", found, todo)


def _worker(it: State) -> Part:
    if it.canary is None:
        todo = _("Start a worker: dossiers, plans and registered samples wait for it.")
        return Part(_("Worker"), "stop", _("no test message ever came through one"), todo)
    found = _("test message came through %(ago)s ago") % {"ago": duration_text(it.canary)}
    if it.worker_works:
        return Part(_("Worker"), "tick", found)
    todo = _("A worker that runs may be deaf: start the workers again.")
    return Part(_("Worker"), "stop", found, todo)


def _waiting(it: State) -> Part:
    name = _("Oldest message")
    if not it.oldest:
        return Part(name, "tick", _("none waits"))
    found = _("waits for %(span)s") % {"span": duration_text(it.oldest)}
    if it.oldest < LATE_MESSAGE:
        return Part(name, "tick", found)
    return Part(name, "warning", found, _("See relay, broker and worker above."))


def _dead(it: State) -> Part:
    name = _("Dead letters")
    if not it.dead:
        return Part(name, "tick", _("none"))
    found = ngettext("%(n)s waits for a person", "%(n)s wait for a person", it.dead)
    todo = _("Open Dead letters and answer each. They hold up nothing else.")
    return Part(name, "warning", found % {"n": it.dead}, todo)


def _seals(it: State) -> Iterator[Part]:
    yield _checkpointer(it.sealing)
    if it.sealing.age is not None:
        said = {"size": it.sealing.size, "ago": duration_text(it.sealing.age)}
        found = _("over %(size)s entries, %(ago)s ago") % said
        yield Part(_("Newest checkpoint"), "tick" if it.sealing.works else "warning", found)
    yield _verification(it.verifying)
    if KEY in it.reaches:
        todo = _("Keep it where only the checkpointer's user may read it.")
        yield Part(_("Key"), "warning", _("the application can read it: for show only"), todo)
    if PLACE in it.reaches:
        todo = _("Keep them on another machine, or in storage that is written once.")
        found = _("the application can write where checkpoints lie: for show only")
        yield Part(_("Place of the checkpoints"), "warning", found, todo)


def _checkpointer(it: Sealing) -> Part:
    name = _("Checkpointer")
    if it.looked is None:
        todo = _("Start it: until then nobody vouches for the records against an altered database.")
        return Part(name, "stop", _("was never seen"), todo)
    if it.problem:
        todo = _("Ask whoever runs the system to verify everything; it names the entries.")
        return Part(name, "stop", _("refuses to sign; the reason stands above"), todo)
    found = _("looked %(ago)s ago") % {"ago": duration_text(it.looked)}
    if it.works:
        return Part(name, "tick", found)
    return Part(name, "stop", found, _("It has ended or hangs: start it again."))


def _verification(it: Verifying) -> Part:
    name = _("Verification of everything")
    if it.findings:
        found = ngettext(
            "the newest run found %(n)s difference", "the newest run found %(n)s differences",
            it.findings,
        )  # fmt: skip
        todo = _("It stands below and in the periodic evaluation. Open an incident.")
        return Part(name, "stop", found % {"n": it.findings}, todo)
    if it.whole is None:
        return Part(name, "warning", _("never ran"), _("Start the process that verifies."))
    found = _("%(ago)s ago, without a finding") % {"ago": duration_text(it.whole)}
    if it.works:
        return Part(name, "tick", found)
    return Part(name, "warning", found, _("It runs each night: start the process that verifies."))
