"""The German catalogue has every sentence of the code, whole, with the same values in it."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.template import engines
from django.test import Client
from django.utils import translation

from tests.builders.accounts import open_demo_site, signed_in_client

ROOT = Path(settings.BASE_DIR)
# Values in a sentence: of Python, of JavaScript and of UCUM; tags and entities of HTML.
PLACED = re.compile(r"%\(\w+\)[sd]|%%s|%[sd%]|\{[^}]*\}|</?\w+>|&\w+;")
WAY_OUT = "Run `make messages` and write the German in locale/de/LC_MESSAGES/django.po."


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return read_po(BytesIO((ROOT / "locale/de/LC_MESSAGES/django.po").read_bytes()), locale="de")


def sentences(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def forms(said: Any) -> list[str]:
    return [said] if isinstance(said, str) else list(said)


def collected() -> Iterator[tuple[str | None, str]]:
    """Yield context and sentence (the singular), as ``make messages`` collects them."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    words = re.findall(r" -k (\S+)", (ROOT / "Makefile").read_text())
    keywords = parse_keywords(["_", "gettext", "ngettext:1,2", "pgettext:1c,2", "npgettext:1c,2,3"])
    keywords |= parse_keywords(words)
    for folder in ("mes", *settings.APPS, "templates"):
        found = extract_from_dir(ROOT / folder, methods, options, keywords)
        for _file, _line, said, _comments, context in found:
            yield context, forms(said)[0]


def test_every_sentence_of_the_code_is_in_the_catalogue(catalogue: Catalog) -> None:
    there = {(message.context, forms(message.id)[0]) for message in sentences(catalogue)}
    asked = set(collected())
    assert len(asked) > 1000
    assert asked - there == set(), WAY_OUT
    assert there - asked == set(), WAY_OUT


def test_the_functions_that_translate_go_by_the_names_that_are_collected() -> None:
    """Under a name of its own (``gettext as text_of``) a sentence is never found."""
    alias = re.compile(r"gettext(?:_lazy|_noop)? as (\w+)")
    code = [one for app in (*settings.APPS, "mes") for one in (ROOT / app).rglob("*.py")]
    assert {name for one in code for name in alias.findall(one.read_text("utf-8"))} == {"_"}


def test_every_sentence_is_in_german_and_none_is_a_guess(catalogue: Catalog) -> None:
    missing = [m.id for m in sentences(catalogue) if not all(forms(m.string))]
    assert missing == [], WAY_OUT
    assert [m.id for m in sentences(catalogue) if m.fuzzy] == []


def test_plurals_stay_plurals(catalogue: Catalog) -> None:
    assert catalogue.num_plurals == 2
    wrong = [m.id for m in sentences(catalogue) if len(forms(m.id)) != len(forms(m.string))]
    assert wrong == []


def test_values_in_a_sentence_stay_the_same(catalogue: Catalog) -> None:
    wrong = [
        (said, german)
        for message in sentences(catalogue)
        for said, german in zip(forms(message.id), forms(message.string), strict=True)
        if sorted(PLACED.findall(said)) != sorted(PLACED.findall(german))
    ]
    assert wrong == []


def test_german_does_not_shout(catalogue: Catalog) -> None:
    loud = [
        message.id
        for message in sentences(catalogue)
        for said, german in zip(forms(message.id), forms(message.string), strict=True)
        if "!" in german and "!" not in said
    ]
    assert loud == []


def test_catalogue_compiles(catalogue: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    assert len(compiled.getvalue()) > 10_000


@pytest.mark.django_db
def test_browser_says_which_language_it_likes_and_a_choice_is_kept(client: Client) -> None:
    def language(**headers: str) -> str:
        return client.get("/sign-in/", headers=headers).headers["Content-Language"]

    assert (language(), language(accept_language="de-DE,de;q=0.9")) == ("en", "de")
    answer = client.post("/language/", {"language": "de", "next": "/sign-in/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/")
    cookie = client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert language(accept_language="en") == "de"


def test_menu_of_the_person_offers_both_languages(committed_db: str) -> None:
    client = signed_in_client(open_demo_site(), "auditor")
    page = client.get("/records/?kind=none").content.decode()
    assert 'action="/language/"' in page
    assert '<input type="hidden" name="next" value="/records/?kind=none">' in page
    offered = re.findall(r'name="language" value="(\w+)" lang="\w+" (aria-current="true")?>', page)
    assert offered == [("en", 'aria-current="true"'), ("de", "")]


def test_drawings_keep_points_where_german_writes_commas() -> None:
    scale = engines["django"].from_string('{% load ui %}{% limit_scale limits "9.5" "Cel" %}')
    with translation.override("de"):
        html = scale.render(
            {"limits": {"action_low": "2.0", "target": "4.5", "action_high": "8.0"}}
        )
    assert re.findall(r'(?:x|width)="-?\d+,', html) == []
    assert ">9,5</text>" in html
    assert " 4,5</text>" in html
