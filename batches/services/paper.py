"""The paper pack: what is left of a batch, ready for when the system is not there."""

from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from batches import rules, selectors
from batches.entries import PaperPackMade
from records.act import act, acting
from records.commands import Command, Reply


@acting
def make_pack(
    *, command: Command, batch: UUID, seq: int, steps: tuple[str, ...], language: str, file: str
) -> Reply:
    """Give the next number to a pack of a running batch. Nothing of the batch itself changes.

    ``file`` is the hash of what the pack says, kept before; ``steps`` are the refs on it, and
    ``seq`` is the entry of the batch that it was written from. Raises RecordClosed, Stale,
    NotAllowed. Appends ``paper-pack.made``.
    """
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.BATCHES_PERFORM)
        rules.check_executing(selectors.batch_of(batch))
        a.expect(batch, seq)
        said = PaperPackMade(
            number=len(selectors.packs_of(batch)) + 1, on_seq=seq,
            on_hash=a.heads[batch].hash.hex(), steps=steps, language=language, file=file,
        )  # fmt: skip
        a.append(batch, said)
        a.reply = {"number": said.number}
    return a.reply
