"""Recipes to and from other sites: a signed package leaves, a draft with its gaps comes of one."""

import hashlib
import json
from collections.abc import Collection, Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import ValidationError

from accounts.models import Site
from accounts.permissions import Permission
from accounts.rules import check_permission
from equipment.models import EquipmentClass, Place
from materials.models import Material
from mes.lib import evidence
from mes.lib.evidence import JSON
from mes.lib.filetypes import JPEG, MOST_PIXELS, PNG, type_of
from mes.lib.ids import uuid7
from recipes.document import Operation, Recipe
from recipes.drafting.plain import normal
from recipes.entries import DRAFT_STREAM, CodedGap, DraftOpened
from recipes.enums import UseKind
from recipes.exceptions import PackageBroken, PictureGone
from recipes.gaps import said
from recipes.here import held_now
from recipes.interchange.package import Package, packed, unpacked
from recipes.models import LibraryOperation, RecipeVersion
from recipes.places import operations_of
from recipes.selectors import document, plain_document
from recipes.services.drafts import kept
from recipes.uses import uses_of
from records import files, signing
from records.act import New, act, acting
from records.commands import Command, Reply
from records.entries import instant_text


def package_of(version: RecipeVersion, *, site: Site, at: datetime) -> bytes:
    """Return a version as a signed package. Call it in a reading. Raises PictureGone."""
    recipe = document(version.content_hash)
    package = Package(
        document=recipe.dump(), label=str(version), sent_by=f"{site.code} {site.name}",
        sent_at=instant_text(at), mappings=_mappings(recipe),
        operations={name: evidence.canonical(data) for name, data in _operations(recipe)},
        pictures={name: _picture(name) for name in _pictures(recipe)},
    )  # fmt: skip
    return packed(package, signing.private_key(settings.MES_PACKAGE_KEY))


def _pins(recipe: Recipe) -> Iterator[Operation]:
    return (operation for _path, operation in operations_of(recipe) if operation.pinned)


def _operations(recipe: Recipe) -> Iterator[tuple[str, JSON]]:
    for operation in _pins(recipe):
        pin = operation.pinned
        if pin is not None:
            yield f"{pin.operation}-v{pin.version}", plain_document(pin.hash)


def _pictures(recipe: Recipe) -> set[str]:
    steps = (step for _path, operation in operations_of(recipe) for step in operation.steps)
    return {one.sha256 for step in steps for one in step.pictures}


def _shown(package: Package) -> dict[str, tuple[str, bytes]]:
    """Return the pictures that a tablet shows, by their own hash: media type and content."""
    found = {
        hashlib.sha256(one).hexdigest(): (type_of(one), one) for one in package.pictures.values()
    }
    return {
        name: (kind.media_type, content) for name, (kind, content) in found.items()
        if kind and kind.media_type in {PNG, JPEG} and kind.pixels <= MOST_PIXELS
    }  # fmt: skip


def _picture(sha256: str) -> bytes:
    try:
        return files.get(sha256)
    except (OSError, ValueError) as error:
        raise PictureGone(sha256=sha256[:12]) from error


def _mappings(recipe: Recipe) -> dict[str, JSON]:
    """Say what the codes of the document mean at this site."""
    used: dict[str, list[str]] = {}
    for _path, kind, code in uses_of(recipe):
        codes = used.setdefault(kind.value, [])
        if code not in codes:
            codes.append(code)
    materials = Material.objects.filter(code__in=used.get(UseKind.MATERIAL, []))
    classes = EquipmentClass.objects.filter(code__in=used.get(UseKind.EQUIPMENT, []))
    return {
        "materials": {row.code: {"title": row.title, "unit": row.unit} for row in materials},
        "equipment": {row.code: {"title": row.title} for row in classes},
        "rooms": list(used.get(UseKind.ROOM, [])),
        "qualifications": list(used.get(UseKind.QUALIFICATION, [])),
    }


@acting
def open_package(*, command: Command, content: bytes) -> Reply:
    """Begin a draft with the recipe of a package; what this site lacks for it becomes its gaps.

    Raises PackageBroken, PackageOfAStranger, NotAllowed. Keeps pictures and the file itself;
    appends ``recipe-draft.opened``.
    """
    package = unpacked(content, signing.public_keys(settings.MES_PACKAGE_KEY))
    recipe = _recipe(package)
    shown = _shown(package)
    for media_type, picture in shown.values():
        files.put(picture, media_type=media_type)
    name = hashlib.sha256(content).hexdigest()
    files.put(content, media_type="application/zip")
    draft = uuid7()
    with act(command, new=[New(DRAFT_STREAM, draft, command.actor.site)]) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        gaps = [*_gaps(recipe, package, shown)]
        for operation in package.operations.values():
            # By the hash of what is pinned, so that it can be sent on from here.
            kept(json.loads(operation))
        opened = DraftOpened(
            code=recipe.recipe, content_hash=kept(normal(recipe.dump())), file_hash=name,
            gaps=tuple(gaps),
        )  # fmt: skip
        a.append(draft, opened)
        a.reply = {"draft": str(draft), "gaps": len(gaps)}
    return a.reply


def look_into(content: bytes) -> tuple[Recipe, list[CodedGap]]:
    """Read a package and keep nothing. Raises PackageBroken, PackageOfAStranger."""
    package = unpacked(content, signing.public_keys(settings.MES_PACKAGE_KEY))
    recipe = _recipe(package)
    return recipe, [*_gaps(recipe, package, _shown(package))]


def _recipe(package: Package) -> Recipe:
    try:
        return Recipe.model_validate(package.document)
    except ValidationError as error:
        raise PackageBroken(problem=_("its document is of a newer kind than is known here")) from (
            error
        )


def _gaps(recipe: Recipe, package: Package, shown: Collection[str]) -> Iterator[CodedGap]:
    """Yield what the receiving site lacks: codes that it does not know, rooms, qualified people,
    operations, pictures.
    """
    yield from _codes(recipe, package)
    yield from _rooms_and_people(recipe)
    for operation in _pins(recipe):
        pin = operation.pinned
        there = LibraryOperation.objects.filter(
            code=pin.operation, number=pin.version, content_hash=pin.hash
        ) if pin else None  # fmt: skip
        if pin and there is not None and not there.exists():
            name = f"{pin.operation} v{pin.version}"
            what = said("package.operation", name=name, site=package.sent_by)
            yield CodedGap.of(operation.key, what)
    for missing in sorted(_pictures(recipe) - set(shown)):
        yield CodedGap.of("pictures", said("package.picture", name=missing))


def _codes(recipe: Recipe, package: Package) -> Iterator[CodedGap]:
    known = {
        UseKind.MATERIAL: set(Material.objects.values_list("code", flat=True)),
        UseKind.EQUIPMENT: set(EquipmentClass.objects.values_list("code", flat=True)),
    }
    means = {UseKind.MATERIAL: "materials", UseKind.EQUIPMENT: "equipment"}
    for path, kind, code in uses_of(recipe):
        if kind in known and code not in known[kind]:
            title = _title(package.mappings.get(means[kind]), code)
            named = "package.code" if title else "package.code_of_nobody"
            known_as = {"title": title} if title else {}
            yield CodedGap.of(path, said(named, code=code, site=package.sent_by, **known_as))


def _rooms_and_people(recipe: Recipe) -> Iterator[CodedGap]:
    """Yield the classes of rooms that have no place here, and what nobody is qualified for."""
    named = {UseKind.ROOM: "package.room", UseKind.QUALIFICATION: "package.qualification"}
    here = {
        UseKind.ROOM: set(Place.objects.values_list("room__room_class", flat=True)),
        UseKind.QUALIFICATION: set(held_now().values_list("key", flat=True)),
    }
    for path, kind, code in uses_of(recipe):
        if kind in here and code not in here[kind]:
            yield CodedGap.of(path, said(named[kind], code=code))


def _title(titles: JSON, code: str) -> str:
    found = titles.get(code) if isinstance(titles, dict) else None
    title = found.get("title") if isinstance(found, dict) else None
    return str(title or "")[:160]
