"""The one next thing of a batch: shown, performed, watched."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission
from batches import selectors
from batches.entries import OnPaper
from batches.exceptions import NotConfirmed
from batches.pages.seen import language, seq_of
from batches.pages.showing import PACK, PAPER, PAPER_AT, PREFIX
from batches.paper_exceptions import PaperNotUnderstood
from batches.services import perform_step
from batches.uploads import keep
from batches.views.answer import etag_of, onward, present, snapshot
from mes.lib.access import requires
from mes.lib.evidence import JSON
from mes.lib.isbt128 import ScanError, type_coi, type_din
from mes.lib.refusals import NotFound, Refusal
from mes.lib.wall import EARLIEST, LATEST, instant_of
from recipes.kinds.run import READ, SET
from recipes.step import Commented, StepBase
from records.commands import Reply
from records.web import actor_of, command_from

HOW = "_how"
LONGEST_PACK = 6
TYPED_NUMBERS = {"value", "quantity", "volume", "tare", "gross", "rest"}
# Numbers that a recipe names itself: what a unit is set to, and what it shows.
NAMED_NUMBERS = (SET, READ)


@requires(Permission.BATCHES_PERFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def work(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Show the one next thing of a batch; a POST performs the step that was shown."""
    if request.method == "POST":
        return _perform(request, batch)
    paper = {PACK: "", PAPER_AT: ""} if request.GET.get("from") == PAPER else {}
    return present(request, batch, go_on=request.GET.get("go") == "on", given=paper)


def _perform(request: HttpRequest, batch: UUID) -> HttpResponse:
    path, given = request.POST.get("step", ""), given_of(request.POST)
    try:
        with snapshot(request):
            step = selectors.placed_of(selectors.batch_of(batch), path).step
        given |= files_of(request, step)
        reply = _do(request, batch, path, step, given)
    except Refusal as refusal:
        return present(request, batch, refusal=refusal, given=given, step=path)
    _say(request, reply)
    return onward(request, batch)


def _do(
    request: HttpRequest, batch: UUID, path: str, step: StepBase, given: Mapping[str, str]
) -> Reply:
    if step.irreversible and request.POST.get("ready") != "yes":
        raise NotConfirmed(field="ready")
    typed = typed_of(request.POST)
    paper = paper_of(given)
    values = {
        name: _proven(value) if name in typed else value
        for name, value in values_of(step, given).items()
    }
    kept: dict[str, JSON] = dict(values)
    payload: dict[str, JSON] = {"batch": str(batch), "step": path, "values": kept}
    if paper:
        payload["paper"] = paper.model_dump(mode="json")
    command = command_from(request, "step.perform", payload)
    return perform_step(
        command=command, batch=batch, step=path, values=values, language=language(), typed=typed,
        paper=paper,
    )  # fmt: skip


def files_of(request: HttpRequest, step: StepBase) -> dict[str, str]:
    """Keep the files that came with a step; return their hashes by the names of their values.

    A kept hash goes back into the form, so that nobody sends a file twice. Raises FileNotTaken.
    """
    found = ((name, request.FILES.get(f"{PREFIX}{name}")) for name in step.accepts())
    return {name: keep(file, step, field=name) for name, file in found if file is not None}


def paper_of(given: Mapping[str, str]) -> OnPaper | None:
    """Return pack and time on the paper, where the step was written down there first.

    The time is that of the wall. Raises PaperNotUnderstood.
    """
    if PACK not in given:
        return None
    pack, text = given[PACK].strip(), given[PAPER_AT].strip()
    if not (pack.isascii() and pack.isdigit() and len(pack) < LONGEST_PACK):
        raise PaperNotUnderstood(field=PACK)
    try:
        wall = datetime.fromisoformat(text)
    except ValueError as error:
        raise PaperNotUnderstood(field=PAPER_AT) from error
    if wall.tzinfo is not None or not EARLIEST <= wall.date() <= LATEST:
        raise PaperNotUnderstood(field=PAPER_AT)
    zone = timezone.get_current_timezone_name()
    return OnPaper(pack=int(pack), at=instant_of(wall.date(), wall.time(), zone))


def typed_of(posted: QueryDict) -> set[str]:
    """Return the names of the codes that were typed instead of scanned."""
    how = [name for name in posted if name.startswith(PREFIX) and name.endswith(HOW)]
    return {name[len(PREFIX) : -len(HOW)] for name in how if posted[name] == "typed"}


def _proven(text: str) -> str:
    """Return a typed identifier as its code would have been scanned.

    Its check character proves the typing (ISBT 128 ST-001 7.5); anything else stays as it is.
    """
    for read in (type_coi, type_din):
        try:
            return read(text).scanned_as
        except ScanError:
            continue
    return text


def given_of(posted: QueryDict) -> dict[str, str]:
    """Return what was typed or scanned, by the names that the step knows, and how."""
    found = {name[len(PREFIX) :]: str(posted[name]) for name in posted if name.startswith(PREFIX)}
    more = {name: str(posted[name]) for name in ("reason", "reason_text") if posted.get(name)}
    if posted.get("from") == PAPER:
        more |= {name: str(posted.get(name, "")) for name in (PACK, PAPER_AT)}
    return found | more


def values_of(step: StepBase, given: Mapping[str, str]) -> dict[str, str]:
    """Return the values as the engine takes them: comment from its reason, points for commas."""
    values: dict[str, str] = {
        name: given[name].strip() for name in step.accepts() if given.get(name, "").strip()
    }
    numbers = {name for name in values if name in TYPED_NUMBERS or name.startswith(NAMED_NUMBERS)}
    for name in numbers:
        if getattr(step, "value", "decimal") in {"decimal", "integer"}:
            values[name] = _with_point(values[name])
    comment = _comment(step, given)
    if comment:
        values["comment"] = comment
    return values


def _with_point(text: str) -> str:
    """Read the decimal sign of the reader's language; anything else is left to the judgement."""
    sign = get_format("DECIMAL_SEPARATOR")
    if sign != "." and text.count(sign) == 1 and "." not in text:
        return text.replace(sign, ".")
    return text


def _comment(step: StepBase, given: Mapping[str, str]) -> str:
    own, chosen = given.get("reason_text", "").strip(), given.get("reason", "")
    reasons = step.reasons if isinstance(step, Commented) else ()
    said = next((r.text.say(language()) for r in reasons if r.key == chosen), "")
    return " – ".join(part for part in (said, own) if part)[:2000]


def _say(request: HttpRequest, reply: Reply) -> None:
    findings = reply.get("findings")
    said = [str(one) for one in findings] if isinstance(findings, list) else []
    if said:
        kept = _("Recorded, with an exception for QA: %(said)s") % {"said": " ".join(said)}
        messages.warning(request, kept, extra_tags="right")
    else:
        messages.success(request, _("Recorded."), extra_tags="right")


@requires(Permission.BATCHES_READ)
@require_safe
def live(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Answer a poll: 304 while the batch's stream stands; else what changed.

    A calm page (nothing typed on it) is drawn anew; any other gets a line above the step, so
    that nothing is replaced under somebody's fingers.
    """
    seq, person = seq_of(batch), actor_of(request).person
    if not seq:
        raise NotFound()
    etag = etag_of(seq, person)
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers={"ETag": etag})
    if request.GET.get("calm"):
        return HttpResponse(status=204, headers={"ETag": etag, "HX-Refresh": "true"})
    return _news(request, batch, etag)


def _news(request: HttpRequest, batch: UUID, etag: str) -> HttpResponse:
    seen = selectors.batch_of(batch)
    moved = request.GET.get("at") != str(seen.position)
    context = {"batch": seen, "etag": etag, "moved": moved, "news": True, "at": seen.position,
               "work_url": reverse("batches:work", args=[batch])}  # fmt: skip
    response = render(request, "batches/live.html", context)
    response["ETag"] = etag
    response["HX-Reswap"] = "outerHTML"
    return response
