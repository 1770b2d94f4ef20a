"""attach: a photo or a file becomes part of the record, by the hash of its content."""

from random import Random
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from recipes.enums import FileKind
from recipes.judging import Facts, Judged, judged
from recipes.parts import Whole
from recipes.step import StepBase, as_file

RULE, VERSION = "attach.kept", "1"


class Step(StepBase):
    """Which kinds of file are taken, and how large they may be (MB)."""

    fields: ClassVar[tuple[str, ...]] = ("file",)

    kind: Literal["attach"]
    files: Annotated[tuple[FileKind, ...], Field(min_length=1)] = (FileKind.PHOTO,)
    largest: Annotated[Whole, Field(ge=1, le=50)] = 15


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Keep the file's hash. What the file is was looked at before it was stored.

    No rule sees a picture: a person does. Raises ValueNotUnderstood for what is no hash.
    """
    return judged({"file": as_file(values, "file")}, rule=RULE, version=VERSION, seen=False)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Attach any file."""
    return {"file": "0" * 64}
