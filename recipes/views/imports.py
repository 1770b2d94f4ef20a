"""Import of a recipe: checked first if one likes, then kept as a draft."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from mes.lib.access import requires
from mes.lib.refusals import Refusal
from recipes import compiler
from recipes.document import Pin
from recipes.drafting.plain import plain_of, yaml_of
from recipes.entries import CodedGap
from recipes.exceptions import RecipeNotReadable
from recipes.forms import ImportRecipe
from recipes.interchange import package, tree
from recipes.interchange import reading as understanding
from recipes.messages import size_words
from recipes.pins import pinned_codes, with_library
from recipes.services import versions
from recipes.services.drafts import open_foreign
from recipes.services.packages import look_into, open_package
from recipes.views import pages
from recipes.views.way import summary_words
from records.reading import reading
from records.web import actor_of, command_from


@requires(Permission.RECIPES_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def import_recipe(request: HttpRequest) -> HttpResponse:
    """Read a file or a text; show what is wrong at its lines, or keep it as a draft."""
    form = ImportRecipe(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=400 if form.is_bound else 200)
    source: bytes = form.cleaned_data["source"]
    checks = request.POST.get("act") == "check"
    if tree.is_xml(source) or package.is_package(source):
        return _looked_into(request, source) if checks else _foreign(request, source)
    if checks:
        return _checked(request, _again(source), source)
    try:
        command = command_from(request, "recipe.import")
        reply = versions.import_recipe(command=command, source=source)
    except Refusal as refusal:
        return _refused(request, source, refusal)
    return redirect("recipes:version", version=reply["version"])


def _foreign(request: HttpRequest, source: bytes) -> HttpResponse:
    """Open a draft with what another system's file or another site's package says."""
    command = command_from(request, "recipe-draft.foreign")
    try:
        if package.is_package(source):
            reply = open_package(command=command, content=source)
        else:
            reply = open_foreign(command=command, source=source)
    except Refusal as refusal:
        return _refused(request, b"", refusal)
    return redirect("recipes:draft", draft=reply["draft"])


def _looked_into(request: HttpRequest, source: bytes) -> HttpResponse:
    """Say what would become of a file or a package; nothing is kept, and its text is not ours."""
    try:
        text, gaps = _understood(request, source)
    except Refusal as refusal:
        return _refused(request, b"", refusal)
    brought = tuple(package.operations_in(source)) if package.is_package(source) else ()
    return _checked(request, ImportRecipe(), text, brought=brought, gaps=gaps)


def _understood(request: HttpRequest, source: bytes) -> tuple[bytes, list[CodedGap]]:
    if not package.is_package(source):
        foreign = understanding.read(source)
        return yaml_of(foreign.data).encode(), foreign.gaps
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        recipe, gaps = look_into(source)
    return yaml_of(plain_of(recipe)).encode(), gaps


def _checked(
    request: HttpRequest, form: ImportRecipe, source: bytes, *, brought: Sequence[Pin] = (),
    **context: Any,
) -> HttpResponse:  # fmt: skip
    """Show what the compiler says; ``brought`` are the operations that a package comes with."""
    recipe, messages = compiler.check_text(source)
    if recipe is not None and (codes := pinned_codes(recipe)):
        actor = actor_of(request)
        with reading(site=actor.site, person=actor.person):
            library = with_library(codes, brought=brought)
        recipe, messages = compiler.check_text(source, library)
    return _page(
        request, form,
        found=pages.message_rows(messages, source), summary=summary_words(messages),
        size=size_words(len(recipe.stages), recipe.length) if recipe else "", recipe=recipe,
        **context,
    )  # fmt: skip


def _refused(request: HttpRequest, source: bytes, refusal: Refusal) -> HttpResponse:
    messages = refusal.messages if isinstance(refusal, RecipeNotReadable) else ()
    return _page(
        request, _again(source), status=refusal.status, refused=refusal,
        found=pages.message_rows(messages, source),
        summary=summary_words(messages) if messages else "",
    )  # fmt: skip


def _again(source: bytes) -> ImportRecipe:
    """Return the form with the text in it, so that it can be corrected where it stands."""
    return ImportRecipe(initial={"text": source.decode("utf-8", "replace")})


def _page(
    request: HttpRequest, form: ImportRecipe, *, status: int = 200, **context: Any
) -> HttpResponse:
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        return render(request, "recipes/import.html", {"form": form, **context}, status=status)
