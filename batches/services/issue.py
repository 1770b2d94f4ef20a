"""Issue: the control recipe of one batch is made from an effective master recipe."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid5

from accounts.permissions import Permission
from accounts.rules import check_permission
from batches.entries import REGISTER, STREAM, BatchIssued, BatchNumbered, ExceptionRaised, Said
from batches.enums import Purpose
from batches.exceptions import InputMissing, RecipeNotEffective
from batches.models import BatchNumber
from batches.standing import answer, due_of, skipped_of
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from orders.models import Order
from orders.services.orders import start_manufacture
from recipes import flow
from recipes.document import Input, Recipe
from recipes.enums import Severity, VersionStatus
from recipes.judging import Facts
from recipes.models import RecipeVersion
from recipes.selectors import document
from records.act import Act, New, act, acting
from records.commands import Command, Reply


def register_of(site: UUID) -> UUID:
    """Return the stream of a site's register of batch numbers."""
    return uuid5(site, "batch-register")


@acting
def issue_batch(
    *, command: Command, order: UUID, recipe_version: UUID, purpose: str = Purpose.PATIENT
) -> Reply:
    """Issue a batch for an order: pins the recipe version and numbers the batch.

    Checks what the recipe wants of the order. Raises RecipeNotEffective, InputMissing,
    NotFound. Appends ``batch.numbered`` to the register, ``batch.issued`` to the new batch and
    ``order.in_manufacture`` to the order; ``exception.raised`` when a collection is in doubt.
    """
    batch, site = uuid7(), command.actor.site
    if site is None:
        raise NotFound()
    register = register_of(site)
    new = [New(STREAM, batch, site), New(REGISTER, register, site, may_exist=True)]
    with act(command, streams=[order, recipe_version], new=new) as a:
        check_permission(a.actor, Permission.BATCHES_ISSUE)
        version = _effective(recipe_version)
        wanted = Order.objects.get(id=order)
        inputs = _inputs(document(version.content_hash), wanted.inputs)
        number = _next_number(a, register, batch)
        recipe = document(version.content_hash)
        first = flow.begin(recipe, _judge(recipe, inputs, a.now))
        said = BatchIssued(
            number=number, order=order, coi=wanted.coi, mark=wanted.mark, purpose=purpose,
            recipe=version.code, recipe_version=version.id, recipe_label=version.label,
            recipe_hash=version.content_hash, inputs=inputs,
            due=tuple(due_of(recipe, spot, None) for spot in first.due),
        )  # fmt: skip
        a.append(batch, said)
        for skipped in skipped_of(recipe, first):
            a.append(batch, skipped)
        start_manufacture(a, order, batch=batch, batch_number=number)
        if wanted.doubt:
            a.append(batch, ExceptionRaised(step="", said=doubtful(wanted.doubt), comment=""))
        a.reply = {"batch": str(batch), "number": number}
    return a.reply


def _judge(recipe: Recipe, inputs: dict[str, str], at: datetime) -> flow.Judge:
    """Answer the conditions that decide at issue: they know inputs and parameters."""
    facts = Facts(at=at, inputs=inputs, parameters=recipe.parameter_values)
    return lambda question: answer(facts, question.condition)


def doubtful(reason: str) -> Said:
    """Return what is said of a batch whose collection was put into quarantine (CI-5, CI-6)."""
    return Said(
        code="collection.quarantined", severity=Severity.MAJOR.value, params={"reason": reason}
    )


def _effective(version: UUID) -> RecipeVersion:
    found = RecipeVersion.objects.get(id=version)
    if found.status != VersionStatus.EFFECTIVE:
        raise RecipeNotEffective(recipe=str(found))
    return found


def _inputs(recipe: Recipe, given: Mapping[str, str]) -> dict[str, str]:
    """Return what the recipe wants of the order, each within its bounds (S88-2)."""
    return {wanted.name: _input(wanted, given.get(wanted.name, "")) for wanted in recipe.inputs}


def _input(wanted: Input, text: str) -> str:
    try:
        fits = wanted.low <= Decimal(text) <= wanted.high
    except InvalidOperation:
        fits = False
    if not fits:
        raise InputMissing(
            name=wanted.name, low=str(wanted.low), high=str(wanted.high), unit=wanted.unit
        )
    return text


def _next_number(a: Act, register: UUID, batch: UUID) -> str:
    """Take the next number of the year from the register, under its lock."""
    last = BatchNumber.objects.filter(stream=register, year=a.now.year).first()
    serial = last.serial + 1 if last else 1
    a.append(register, BatchNumbered(batch=batch, year=a.now.year, serial=serial))
    return f"B-{a.now.year % 100:02}-{serial:04}"
