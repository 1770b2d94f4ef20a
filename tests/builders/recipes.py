"""Recipes as the real services make them: imported, reviewed, approved by two, effective."""

from pathlib import Path
from uuid import UUID

from accounts.enums import Presence
from accounts.services.ceremony import Proof
from mes.lib import clock
from recipes.services import versions
from records.commands import Actor
from records.models import Stream
from records.reading import reading
from tests.builders.accounts import DemoSite, a_command

LIBRARY = Path(__file__).resolve().parents[2] / "recipes" / "library"
NO_PLANT = "The plant is built next."
APPROVERS = ("recipe-approver", "qa-reviewer")


def library_text(name: str) -> bytes:
    """Return the text of a recipe of the library."""
    return (LIBRARY / f"{name}.yaml").read_bytes()


def seq_of(stream: UUID, site: UUID | None) -> int:
    """Return the number of the last entry of a stream."""
    with reading(site=site):
        return Stream.objects.get(id=stream).seq


def proof_of(actor: Actor) -> Proof:
    """Return the proof that the ceremony gives for a person at a desk."""
    assert actor.person is not None
    return Proof(
        person=actor.person, printed_name=actor.name, site=actor.site, zone=actor.zone,
        factors=("username", "password"), at=clock.now(),
        presence=Presence.DESK,
    )  # fmt: skip


def imported(site: DemoSite, source: bytes | None = None, *, by: str = "process-owner") -> UUID:
    """Import a text as a draft; by default the six steps."""
    text = source if source is not None else library_text("six-steps")
    reply = versions.import_recipe(command=a_command(site.actor(by)), source=text)
    return UUID(str(reply["version"]))


def submitted(site: DemoSite, source: bytes | None = None) -> UUID:
    """Import a text and send it to review."""
    version = imported(site, source)
    versions.submit_for_review(
        command=a_command(site.actor("process-owner")), version=version,
        seq=seq_of(version, site.id),
    )  # fmt: skip
    return version


def approve(version: UUID, by: Actor, *, reason: str = NO_PLANT) -> dict[str, object]:
    """Sign an approval as ``by``; the site of a test has neither rooms nor materials."""
    reply = versions.approve(
        command=a_command(by), version=version, seq=seq_of(version, by.site), proof=proof_of(by),
        reason=reason,
    )  # fmt: skip
    return dict(reply)


def approved(site: DemoSite, source: bytes | None = None) -> UUID:
    """Import a text, send it to review and let two people approve it."""
    version = submitted(site, source)
    for role in APPROVERS:
        approve(version, site.actor(role))
    return version


def effective(site: DemoSite, source: bytes | None = None) -> UUID:
    """Return a version from which batches can be made; by default of the six steps."""
    version = approved(site, source)
    versions.make_effective(
        command=a_command(site.actor("recipe-approver")), version=version,
        seq=seq_of(version, site.id),
    )  # fmt: skip
    return version


def effective_library(site: DemoSite, name: str) -> UUID:
    """Return an effective version of a recipe of the library."""
    return effective(site, library_text(name))
