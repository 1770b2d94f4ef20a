"""BatchML: what leaves is valid and comes back the same; what is foreign is named, not guessed."""

import json
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.urls import reverse
from lxml import etree

from mes.lib.ids import uuid7
from recipes import reader, selectors
from recipes.document import Recipe
from recipes.drafting.changes import Plain
from recipes.interchange import batchml, reading, tree
from recipes.messages import RecipeNotReadable
from recipes.models import RecipeDraft
from recipes.nodes import Nodes
from records.reading import reading as snapshot
from tests.builders import quality as build
from tests.builders.accounts import DemoSite, open_demo_site, signed_in_client
from tests.builders.recipes import imported

LIBRARY = sorted((Path(__file__).resolve().parents[2] / "recipes" / "library").glob("*.yaml"))
FOREIGN = (Path(__file__).parent / "files" / "foreign.xml").read_bytes()
AT = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
BATCH = batchml.Batch(
    "B-26-0001", {"patient_weight": "72"}, {("selection", "prodigy"): "Prodigy 3"}
)


@cache
def schema() -> Any:
    folder = os.environ.get("B2MML_SCHEMAS", "../shared/b2mml")
    path = Path(folder) / "BatchML-BatchInformation.xsd"
    if not path.exists():
        pytest.skip("B2MML_SCHEMAS names no folder with the schemas of BatchML")
    return etree.XMLSchema(etree.parse(path))


def again(source: bytes) -> tuple[str, list[str]]:
    """Return the content hash of what a file says, and its gaps."""
    found = reading.read(source)
    recipe = reader.read_nodes(Nodes(found.data, {})).recipe
    return recipe.content_hash, [one.sentence for one in found.gaps]


@pytest.mark.req("S88-1", "S95-1")
@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_every_recipe_of_the_library_is_valid_batchml_and_comes_back_the_same(path: Path) -> None:
    recipe = reader.read(path.read_bytes())
    master = batchml.master_recipe(recipe, version="3", at=AT)
    control = batchml.control_recipe(recipe, version="3", at=AT, batch=BATCH)
    for content in (master, control):
        valid = schema().validate(etree.fromstring(content))
        assert (valid, list(schema().error_log)) == (True, [])
    assert again(master) == (recipe.content_hash, [])
    assert again(control)[0] == recipe.content_hash


@pytest.mark.req("S88-1")
def test_text_and_numbers_come_back_letter_by_letter() -> None:
    source = (
        'recipe: X\ntitle: {en: \'A < b & "c" – é\', de: "  Zwei  Wörter"}\nmodality: autologous\n'
        "stages:\n- key: s\n  title: {en: S}\n  duration: {low: 1 h, expected: 1 h, high: 90 min}\n"
        "  operations:\n  - key: o\n    title: {en: O}\n    openness: closed\n    steps:\n"
        "    - {key: n, kind: enter, value: decimal, unit: '{cells}', text: {en: N},"
        " limits: {action: ['0.90e8', '1.10e8']}, critical: true}\n"
    )
    recipe = reader.read(source)
    assert again(batchml.master_recipe(recipe, version="1", at=AT)) == (recipe.content_hash, [])


def large(*, operations: int = 0, texts: int = 0) -> Recipe:
    """A recipe of many operations, each naming all before it, or of many texts of ampersands."""
    long = {"en": "&" * 1_900}
    keys = [f"a{number}" for number in range(operations)]
    steps = [{"key": f"t{n}", "kind": "confirm", "text": long} for n in range(texts)]
    parts: list[dict[str, Any]] = [
        {"key": "first", "steps": steps or [{"key": "x", "kind": "confirm", "text": long}]},
        *(
            {"key": key, "steps": [{"key": "x", "kind": "confirm", "text": {"en": "X"}}],
             "after": ["first", *keys[:number]]}
            for number, key in enumerate(keys)
        ),
    ]  # fmt: skip
    stage = {
        "key": "s", "title": {"en": "S"},
        "duration": {"low": "1 h", "expected": "1 h", "high": "2 h"},
        "operations": [{"title": {"en": "O"}, "openness": "closed", **one} for one in parts],
    }  # fmt: skip
    whole = {"recipe": "L", "title": {"en": "L"}, "modality": "autologous", "stages": [stage]}
    return reader.read(json.dumps(whole))


@pytest.mark.req("S88-1", "S95-1")
@pytest.mark.parametrize(
    ("size", "levels"),
    [
        ({"texts": 1_000}, True),
        pytest.param({"operations": 220}, False, marks=pytest.mark.slow),
    ],
)
def test_a_recipe_however_large_is_valid_and_comes_back_the_same(
    size: dict[str, int], levels: bool
) -> None:
    _comes_back(large(**size), levels=levels)


@pytest.mark.req("S88-1", "S95-1")
def test_a_recipe_that_is_too_large_for_its_levels_comes_back_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tree, "MOST_ELEMENTS", 5_000)
    _comes_back(large(operations=40), levels=False)


def _comes_back(recipe: Recipe, *, levels: bool) -> None:
    master = batchml.master_recipe(recipe, version="3", at=AT)
    control = batchml.control_recipe(recipe, version="3", at=AT, batch=BATCH)
    for content in (master, control):
        assert (tree.fits(content), b"<RecipeElement>" in content) == (True, levels)
        assert schema().validate(etree.fromstring(content, etree.XMLParser(huge_tree=True)))
    assert again(master) == (recipe.content_hash, [])
    assert again(control)[0] == recipe.content_hash


@pytest.mark.parametrize("letter", ["\r", "\r\n", "\x85", "\u2028", "]]>", "\t"])
def test_a_letter_that_xml_would_change_comes_back(letter: str) -> None:
    plain = large(texts=1).dump() | {"title": {"en": f"a{letter}b"}}
    recipe = reader.read(json.dumps(plain))
    assert again(batchml.master_recipe(recipe, version="1", at=AT)) == (recipe.content_hash, [])


@pytest.mark.parametrize("letter", ["\x00", "\x07", "\x1b", "\ufffe", "\ud800"])
def test_a_letter_that_xml_cannot_carry_is_in_no_recipe(letter: str) -> None:
    plain = large(texts=1).dump() | {"title": {"en": f"a{letter}b"}}
    with pytest.raises(RecipeNotReadable):
        reader.read(json.dumps(plain))


def test_the_levels_and_the_order_of_another_system_are_kept_and_the_rest_is_named() -> None:
    found = reading.read(FOREIGN)
    data: Any = found.data
    [stage] = data["stages"]
    operations = stage["operations"]
    assert (data["recipe"], data["title"]) == ("BUFFER-MIX-7", {"en": "Mix a buffer"})
    assert (stage["key"], stage["title"]) == ("up-mix", {"en": "Mixing"})
    assert [one["key"] for one in operations] == ["op-charge", "op-heat", "op-stir"]
    assert [one.get("after") for one in operations] == [None, None, ["op-charge"]]
    assert operations[0]["steps"] == [
        {"key": "ph-water", "kind": "confirm", "text": {"en": "Add the water."}}
    ]
    said = {(one.path, one.sentence.split(" ")[0]) for one in found.gaps}
    assert said == {
        ("UP:Mix", "No"), ("UP:Mix", "Mixer"), ("OP-Charge", "Nothing"), ("OP-Heat", "Nothing"),
        ("OP-Stir", "Nothing"), ("PH-Water", "A"), ("PH-Water", "AMOUNT"), ("PH-Heat", "A"),
        ("PH-Stir", "A"), ("op-heat", "The"), ("op-stir", "The"), ("ALLOC", "An"),
        ("Another", "A"),
    }  # fmt: skip


def element(name: str, kind: str, *inside: str) -> str:
    return (f"<RecipeElement><ID>{name}</ID><RecipeElementType>{kind}</RecipeElementType>"
            f"{''.join(inside)}</RecipeElement>")  # fmt: skip


def asks(name: str, role: str = "") -> str:
    as_ = f"<Constraint><ID>as</ID><Condition>{role}</Condition></Constraint>" if role else ""
    return f"<EquipmentRequirement><ID>{name}</ID>{as_}</EquipmentRequirement>"


def says(name: str, value: str) -> str:
    return (
        f"<Parameter><ID>{name}</ID><Value><ValueString>{value}</ValueString></Value></Parameter>"
    )


def master(*inside: str) -> bytes:
    return (f"<BatchInformation><MasterRecipe><ID>R</ID>{''.join(inside)}</MasterRecipe>"
            "</BatchInformation>").encode()  # fmt: skip


MIXED = asks("mixer-100l")
STEP = element("P", "Phase")
LINK = ("<ProcedureLogic><Link><FromID><FromIDValue>1</FromIDValue></FromID><ToID><ToIDValue>2"
        "</ToIDValue></ToID></Link><Step><ID>1</ID><RecipeElementID>B</RecipeElementID></Step><Step>"
        "<ID>2</ID><RecipeElementID>A</RecipeElementID></Step></ProcedureLogic>")  # fmt: skip
ODD = ["file.no_duration", "file.no_openness", "file.phase"]
OTHERS: dict[str, tuple[bytes, Any, list[str]]] = {
    "only operations, two of one name": (
        master(element("Op 1", "Operation", STEP), element("Op-1", "Operation", STEP, STEP)),
        {"op-1": {"op-1": ["p"]}, "op-1-2": {"op-1": ["p", "p-2"]}}, ODD),
    "only phases": (master(STEP), {"p": {"p": ["p"]}}, ODD),
    "only unit procedures": (
        master(element("UP", "UnitProcedure")), {"up": {"operation": ["first"]}},
        ["file.no_duration", "file.no_openness", "file.no_phases"]),
    "an operation of nothing": (
        master(element("UP", "UnitProcedure", element("OP", "Operation"))),
        {"up": {"op": ["first"]}}, ["file.no_duration", "file.no_openness", "file.no_phases"]),
    "nothing": (
        master(), {"stage": {"operation": ["first"]}},
        ["file.no_duration", "file.no_openness", "file.no_phases", "file.nothing"]),
    "levels of other names": (
        master(element("A", "Unit Procedure", element("B", "OPERATION", element("C", "phase")))),
        {"a": {"b": ["c"]}}, ODD),
    "levels that nobody knows": (
        master(element("A", "Train", element("B", "Operation", STEP))), {"b": {"b": ["p"]}},
        ["file.element", *ODD]),
    "wrapped by a message": (
        b"<ShowMasterRecipe><DataArea><Show/>" + master(STEP) + b"</DataArea></ShowMasterRecipe>",
        {"p": {"p": ["p"]}}, ODD),
    "another order of the links": (
        master(LINK, element("A", "Operation", STEP), element("B", "Operation", STEP)),
        {"b": {"b": ["p"]}, "a": {"a": ["p"]}}, ODD),
    "fields of another kind": (
        master(element("UP", "UnitProcedure", says("duration", "30"), says("key", "k"),
                       says("room", "R1"), element("OP", "Operation", says("openness", "half"),
                                                    STEP))),
        {"up": {"op": ["p"]}}, ["file.no_duration", "file.no_field", "file.no_openness",
                                "file.phase"]),
    "equipment of less than a stage": (
        master(element("UP", "UnitProcedure", element("OP", "Operation", MIXED, STEP))),
        {"up": {"op": ["p"]}}, ["file.equipment", *ODD]),
    "odd languages": (
        master("<Description languageID='en-us'>a</Description><Description languageID='English'>"
               "b</Description>", STEP), {"p": {"p": ["p"]}}, ODD),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_another_systems_file_gives_a_draft_and_a_list_whatever_it_lacks(name: str) -> None:
    source, stages, codes = OTHERS[name]
    found = reading.read(source)
    recipe = reader.read_nodes(Nodes(found.data, {})).recipe
    assert {
        stage.key: {one.key: [step.key for step in one.steps] for one in stage.operations}
        for stage in recipe.stages
    } == stages  # fmt: skip
    assert list(stages) == [stage.key for stage in recipe.stages]
    assert sorted({one.code for one in found.gaps}) == codes
    assert all(stage.after is None for stage in recipe.stages)


def test_equipment_of_another_system_has_a_class_and_a_line_of_the_bill() -> None:
    needs = (MIXED, MIXED, asks("Mixer 100 L"), asks("100L tank"), asks("Room 7", "place"))
    source = master(asks("MIXER-100L"), element("OP", "Operation", *needs, STEP))
    recipe = reader.read_nodes(Nodes(reading.read(source).data, {})).recipe
    [stage] = recipe.stages
    assert stage.room is not None
    assert stage.room.class_ == "room-7"
    assert [(unit.class_, unit.as_) for unit in stage.equipment] == [
        ("mixer-100l", "mixer-100l"), ("mixer-100l", "mixer-100l-2"),
        ("mixer-100-l", "mixer-100-l"), ("part-100l-tank", "part-100l-tank"),
    ]  # fmt: skip
    assert [line.class_ for line in recipe.bill_of_equipment] == [
        "MIXER-100L", "mixer-100l", "mixer-100-l", "part-100l-tank",
    ]  # fmt: skip


def test_a_file_with_any_one_of_its_elements_left_out_is_a_draft_or_refused() -> None:
    elements = sum(1 for _one in etree.fromstring(FOREIGN).iter())
    for number in range(1, elements):
        root = etree.fromstring(FOREIGN)
        one = list(root.iter())[number]
        one.getparent().remove(one)
        try:
            found: Any = reading.read(etree.tostring(root))
        except RecipeNotReadable:
            continue
        assert all(stage["operations"] for stage in found.data["stages"])


DTD = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
REFUSED: dict[str, tuple[bytes, str]] = {
    "dtd": (DTD, "xml.dtd"),
    "external": (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "xml.dtd"),
    "broken": (b"<a><b></a>", "xml.broken"),
    "cut off": (FOREIGN[:700], "xml.broken"),
    "deep": (b"<a>" * 100 + b"</a>" * 100, "xml.too_deep"),
    "many": (b"<a>" + b"<b/>" * (tree.MOST_ELEMENTS + 1) + b"</a>", "xml.too_many"),
    "large": (b"<a>" + b" " * tree.MOST_BYTES + b"</a>", "text.too_large"),
    "no recipe": (b"<BatchInformation/>", "xml.no_recipe"),
    "encoding": (b'<?xml version="1.0" encoding="nowhere-8"?><a/>', "xml.broken"),
}


@pytest.mark.scenario(52)
@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_recipe_is_refused_with_what_is_wrong(name: str) -> None:
    source, code = REFUSED[name]
    with pytest.raises(RecipeNotReadable) as refused:
        reading.read(source)
    assert [message.code for message in refused.value.messages] == [code]


# --- on the pages ------------------------------------------------------------------------------


def send(site: DemoSite, source: bytes, *, language: str = "en") -> Any:
    client = signed_in_client(site, "process-owner")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    posted = {"text": source.decode(), "act": "import", "key": str(uuid7())}
    return client, client.post(reverse("recipes:import"), posted)


def test_a_foreign_file_becomes_a_draft_that_says_what_was_not_understood(
    committed_db: str,
) -> None:
    site = open_demo_site()
    client, answer = send(site, FOREIGN)
    [draft] = drafts_of(site)
    assert (answer.status_code, answer["Location"]) == (
        302, reverse("recipes:draft", kwargs={"draft": draft.id}),
    )  # fmt: skip
    with snapshot(site=site.id):
        assert len(selectors.gaps_of(draft.id)) == 13
    assert "AMOUNT = 80 L has no field here." in client.get(answer["Location"]).text
    _, refused = send(site, DTD)
    assert (refused.status_code, len(drafts_of(site))) == (422, 1)


def test_gaps_are_read_in_the_language_of_the_reader(committed_db: str) -> None:
    """The one who imported it read German; the file's own words stay what they are."""
    site = open_demo_site()
    german, answer = send(site, FOREIGN, language="de")
    assert "AMOUNT = 80 L hat hier kein Feld." in german.get(answer["Location"]).text
    [draft] = drafts_of(site)
    with snapshot(site=site.id):
        kept = [one for one in selectors.gaps_of(draft.id) if one.code == "file.no_field"]
    assert [one.params for one in kept] == [{"name": "AMOUNT", "value": "80 L"}]
    english = signed_in_client(site, "process-owner")
    assert "AMOUNT = 80 L has no field here." in english.get(answer["Location"]).text


def test_a_foreign_file_is_checked_and_nothing_is_kept(committed_db: str) -> None:
    site = open_demo_site()
    client = signed_in_client(site, "process-owner")
    posted = {"text": FOREIGN.decode(), "act": "check", "key": str(uuid7())}
    answer = client.post(reverse("recipes:import"), posted)
    said = answer.content.decode()
    assert (answer.status_code, len(answer.context["gaps"]), drafts_of(site)) == (200, 13, [])
    assert ("AMOUNT = 80 L has no field here." in said, "<BatchInformation" in said) == (
        True, False
    )  # fmt: skip
    wrong = client.post(reverse("recipes:import"), {**posted, "text": DTD.decode()})
    assert wrong.status_code == 422


def drafts_of(site: DemoSite) -> list[RecipeDraft]:
    with snapshot(site=site.id):
        return list(RecipeDraft.objects.all())


def test_a_version_is_taken_away_as_batchml_by_who_may_read_it(committed_db: str) -> None:
    site = open_demo_site()
    version = imported(site)
    url = reverse("recipes:batchml_file", kwargs={"version": version})
    answer = signed_in_client(site, "process-owner").get(url)
    content: bytes = answer.content
    hash_of: dict[UUID, str] = {}
    with snapshot(site=site.id):
        hash_of[version] = selectors.version_of(version).content_hash
    assert (answer.status_code, again(content)) == (200, (hash_of[version], []))
    assert signed_in_client(site, "admin").get(url).status_code == 403
    elsewhere = open_demo_site("OTHER")
    assert signed_in_client(elsewhere, "process-owner").get(url).status_code == 404


def test_a_batchs_control_recipe_names_its_batch_and_its_inputs(committed_db: str) -> None:
    bench = build.issued()
    url = reverse("batches:control_recipe", kwargs={"batch": bench.batch})
    answer = signed_in_client(bench.site, "qa-reviewer").get(url)
    assert (schema().validate(etree.fromstring(answer.content)), answer.status_code) == (True, 200)
    [recipe] = tree.parse(answer.content).all("ControlRecipe")
    formula = recipe.first("Formula")
    assert formula is not None
    values: list[Plain] = [one.say("ID") for one in formula.all("Parameter")]
    assert (recipe.say("BatchID"), "values_of_the_order" in values) == ("B-26-0001", True)
