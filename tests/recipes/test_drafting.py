"""Changes of a draft: what is done can be undone, what lies between two texts is found. Pure."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import pytest

from recipes import formulas, nodes, paths, reader, site
from recipes.conditions import conditions
from recipes.document import Recipe
from recipes.drafting import asked, references
from recipes.drafting.between import between
from recipes.drafting.changes import (
    Insert,
    Move,
    Overtaken,
    Put,
    Remove,
    Twice,
    apply_all,
    at,
    inverses,
    name_of,
    putting,
)
from recipes.drafting.fields import Field, Widget, address_of, form_of
from recipes.drafting.order import RANK
from recipes.drafting.plain import normal, plain_of, yaml_of
from recipes.messages import RecipeNotReadable
from recipes.outline import Outline
from recipes.parts import Part
from recipes.step import Names
from tests.builders.recipes import library_text

NAMES = ["six-steps", "cart19-prodigy"]
ROUNDS = 300
SEED = ("stages", "seeding", "operations", "seed", "steps")


def data_of(name: str) -> Any:
    return normal(nodes.read(library_text(name)).data)


# --- a script of edits and its way back -----------------------------------------------------------


def walk(data: Any, address: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Return every place of a document with what stands there."""
    found = [(address, data)]
    if isinstance(data, dict):
        for name, value in data.items():
            found += walk(value, (*address, name))
    if isinstance(data, list):
        for thing in data:
            if name_of(thing) is not None:
                found += walk(thing, (*address, str(name_of(thing))))
    return found


def an_edit(data: Any, luck: Random) -> tuple[Any, ...]:
    places = walk(data)
    lists = [a for a, v in places if isinstance(v, list) and a]
    leaves = [a for a, v in places if isinstance(v, str) and a]
    steps = [(*a, str(name_of(s))) for a, v in places if a[-1:] == ("steps",) for s in v]
    step, other = luck.choice(steps), luck.choice(steps)
    value = luck.choice(["x", "7", "renamed"])
    edits: dict[str, Callable[[], tuple[Any, ...]]] = {
        "put": lambda: asked.put(data, luck.choice(leaves), value),
        "empty": lambda: asked.put(data, luck.choice(leaves), None),
        "new": lambda: asked.put(data, (*step, "limits", "alert", "low"), "1"),
        "add": lambda: asked.add(data, luck.choice(lists)),
        "remove": lambda: asked.remove(data, step),
        "shift": lambda: asked.shift(data, step, up=luck.random() < 0.5),
        "move": lambda: asked.move(
            data, step, into=other[:-1], after=luck.choice([None, other[-1]])
        ),
        "carry": lambda: a_part_moved(data, luck),
        "kind": lambda: asked.put(data, (*step, "kind"), luck.choice(["scan", "timer"])),
    }
    return edits[luck.choice([*edits, "add"]) if len(steps) > 3 else "add"]()


def names_at(data: Any, address: tuple[str, ...]) -> list[str]:
    things: Any = at(data, address)
    return [str(name_of(one)) for one in things or []]


def a_part_moved(data: Any, luck: Random) -> tuple[Any, ...]:
    """Move an operation into any stage, or a stage, to any place of its list."""
    stages = ("stages",)
    operations = [(*stages, str(name_of(one)), "operations") for one in data["stages"]]
    whence, into = luck.choice(
        [(stages, stages), *((luck.choice(operations), o) for o in operations)]
    )
    name, beside = (names_at(data, a) for a in (whence, into))
    if not name:
        return ()
    after = luck.choice([None, *beside])
    return asked.move(data, (*whence, luck.choice(name)), into=into, after=after)


@pytest.mark.parametrize("name", NAMES)
def test_a_script_of_edits_and_its_undoing_give_the_same_document(name: str) -> None:
    assert there_and_back(name, Random(name)) > ROUNDS / 2


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_many_scripts_of_edits_are_undone(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("edits", sum(there_and_back(name, Random(f"{name}:{n}")) for n in range(50)))


def test_a_step_that_only_its_unit_names_keeps_that_name_in_another_kind() -> None:
    """Found by a long script of edits: without a name nobody could say what to take back."""
    begun = data_of("six-steps")
    nameless = apply_all(begun, asked.put(begun, (*SEED, "unit", "key"), None))
    step = at(nameless, (*SEED, "prodigy"))
    assert isinstance(step, dict)
    changes = asked.put(nameless, (*SEED, "prodigy", "kind"), "confirm")
    other = apply_all(nameless, changes)
    text = step["text"]
    assert at(other, (*SEED, "prodigy")) == {"key": "prodigy", "kind": "confirm", "text": text}
    assert apply_all(other, inverses(changes)) == nameless


def there_and_back(name: str, luck: Random) -> int:
    """Edit a document and undo it all; return how many edits were done."""
    begun = data_of(name)
    data, done = begun, []
    for _round in range(ROUNDS):
        try:
            changes = an_edit(data, luck)
            data = apply_all(data, changes)
            done.append(changes)
        except (Overtaken, Twice):
            continue  # refused: nothing was changed
    assert data != begun
    for changes in reversed(done):
        data = apply_all(data, inverses(changes))
    assert data == begun
    assert reader.read(yaml_of(data)).content_hash == reader.read(yaml_of(begun)).content_hash
    return len(done)


@pytest.mark.parametrize("name", NAMES)
def test_what_lies_between_two_texts_makes_the_one_the_other(name: str) -> None:
    luck, before = Random(name), data_of(name)
    for _round in range(40):
        after = before
        for _edit in range(luck.randrange(1, 6)):
            try:
                after = apply_all(after, an_edit(after, luck))
            except (Overtaken, Twice):
                continue
        changes = between(before, after)
        assert apply_all(before, changes) == after
        assert apply_all(after, inverses(changes)) == before
        before = after


def test_changes_of_two_people_at_different_places_both_stand() -> None:
    base = data_of("six-steps")
    mine = putting(base, (*SEED, "seeded", "decimals"), "3")
    theirs = (*asked.add(base, SEED, "identity"), *asked.shift(base, (*SEED, "medium"), up=True))
    one, other = apply_all(base, (*mine, *theirs)), apply_all(base, (*theirs, *mine))
    assert one == other
    assert at(one, (*SEED, "seeded", "decimals")) == "3"


def test_what_somebody_else_changed_is_never_overwritten() -> None:
    base = data_of("six-steps")
    mine = putting(base, (*SEED, "seeded", "decimals"), "3")
    theirs = putting(base, (*SEED, "seeded", "decimals"), "4")
    with pytest.raises(Overtaken) as found:
        apply_all(base, (*theirs, *mine))
    assert found.value.address == (*SEED, "seeded", "decimals")
    renamed = apply_all(base, putting(base, (*SEED, "seeded", "key"), "cells"))
    with pytest.raises(Overtaken):
        apply_all(renamed, mine)


def test_two_steps_never_have_one_name() -> None:
    base = data_of("six-steps")
    with pytest.raises(Twice):
        apply_all(base, putting(base, (*SEED, "seeded", "key"), "medium"))
    with pytest.raises(Twice):
        apply_all(base, putting(base, (*SEED, "seeded", "key"), None))


def test_a_step_of_another_kind_keeps_what_both_kinds_know() -> None:
    base = data_of("six-steps")
    changed = apply_all(base, asked.put(base, (*SEED, "seeded", "kind"), "confirm"))
    step: Any = at(changed, (*SEED, "seeded"))
    was: Any = at(base, (*SEED, "seeded"))
    assert step == {
        "key": "seeded", "kind": "confirm", "text": was["text"], "note": was["note"],
        "critical": "true", "verify": "true",
    }  # fmt: skip


def test_empty_fields_leave_nothing_behind() -> None:
    base = data_of("six-steps")
    place = (*SEED, "medium", "takes", "low")
    filled = apply_all(base, putting(base, place, "1 min"))
    assert at(filled, place) == "1 min"
    assert apply_all(filled, putting(filled, place, None)) == base


def test_a_thing_without_a_name_is_changed_with_its_list() -> None:
    base = data_of("six-steps")
    (change,) = asked.put(base, ("stages", "seeding", "staff", "#0", "count"), "3")
    assert isinstance(change, Put)
    assert change.at == ("stages", "seeding", "staff")
    assert change.value == [{"role": "operator", "count": "3", "qualification": "PRODIGY-TCT"}]


def test_a_step_moves_past_the_end_of_its_operation_into_the_next() -> None:
    base = data_of("cart19-prodigy")
    first: Any = at(base, ("stages", "receipt", "operations"))
    last = str(name_of(first[0]["steps"][-1]))
    place = ("stages", "receipt", "operations", str(name_of(first[0])), "steps")
    (change,) = asked.shift(base, (*place, last), up=False)
    assert isinstance(change, Move)
    assert (change.into[3], change.after) == (name_of(first[1]), None)


def meant(recipe: Recipe) -> Counter[tuple[str, str, str]]:
    """Return which step names which in its formulas, conditions, limits of time, by their keys."""
    outline, found = Outline(recipe), Counter[tuple[str, str, str]]()
    for place in outline.all_steps:
        names = [name for one in place.step.written() for name in formulas.parse(one.formula).names]
        names += [use.name for use in place.step.uses() if use.what == Names.STEP]
        names += [limit.from_ for limit in place.step.within]
        for name in names:
            other = outline.meant(name, place)
            if other is not None and paths.space_of(name) is None:
                found[(place.step.key, "means", other.step.key)] += 1
    for asks in conditions(outline):
        for name in asks.names:
            other = outline.by_name.get(asks.absolute(name))
            found[(str(asks.path[-1]), "asks", other.step.key if other else name)] += 1
    if recipe.shelf_life is not None:
        found[("", "shelf life", recipe.shelf_life.from_.rpartition("/")[2])] += 1
        assert paths.normal(recipe.shelf_life.from_) in outline.by_name
    return found


@pytest.mark.parametrize("name", ["cart19-prodigy", "msc-wj-allo-banked"])
def test_what_names_a_step_or_is_named_means_the_same_after_every_move(name: str) -> None:
    data, luck, tried = data_of(name), Random(name), 0
    before = meant(reader.read_nodes(nodes.Nodes(data)).recipe)
    lists = [a for a, _v in walk(data) if a[-1:] == ("steps",)]
    several = [(a, names_at(data, a)) for a in lists]
    steps = [(*a, name) for a, names in several for name in names if len(names) > 1]
    while tried < 12:
        step, into = luck.choice(steps), luck.choice(lists)
        move = (
            partial(asked.move, data, step, into=into, after=None)
            if tried % 4
            else partial(a_part_moved, data, luck)
        )
        try:
            changes = move()
            after = apply_all(data, changes)
            recipe = reader.read_nodes(nodes.Nodes(after)).recipe
        except (Twice, RecipeNotReadable):
            continue
        tried += 1
        assert meant(recipe) == before
        assert apply_all(after, inverses(changes)) == data


TITRE = ("stages", "transduction", "operations", "thaw", "steps", "titre")


def test_a_moved_step_is_called_by_its_new_place_in_one_change_that_undo_takes_back() -> None:
    base = data_of("cart19-prodigy")
    into = (*TITRE[:3], "transduce", "steps")
    changes = asked.move(base, TITRE, into=into, after=None)
    after = apply_all(base, changes)
    assert names_at(after, into)[0] == "titre"
    formula = (*TITRE[:-1], "vector-volume", "formula")
    assert at(after, formula) == "parameters.moi * selection.seed.seeded / transduce.titre"
    assert apply_all(after, inverses(changes)) == base
    # In its own operation nothing is called otherwise.
    assert len(asked.move(base, TITRE, into=TITRE[:-1], after=None)) == 1


def test_every_field_with_a_formula_is_known_to_name_steps() -> None:
    fields: set[str] = set()
    for name in ("cart19-prodigy", "msc-wj-allo-banked", "cart19-cryo"):
        outline = Outline(reader.read_nodes(nodes.Nodes(data_of(name))).recipe)
        written = [one for place in outline.all_steps for one in outline.written(place)]
        fields |= {
            str(one.path[-1]) for one in [*written, *(one for _path, one in outline.outside())]
            if any(paths.space_of(said) is None for said in formulas.parse(one.formula).names)
        }  # fmt: skip
    assert fields - references.FORMULAS == set()
    assert {"formula", "quantity", "low"} <= fields


def test_what_is_asked_becomes_the_smallest_change() -> None:
    base = data_of("six-steps")
    (added,) = asked.add(base, SEED, "identity")
    (gone,) = asked.remove(base, (*SEED, "unit"))
    assert isinstance(added, Insert)
    assert (added.after, name_of(added.item)) == ("identity", "step-1")
    assert isinstance(gone, Remove)
    assert (gone.after, gone.item["kind"]) == ("identity", "equip")
    assert putting(base, ("recipe",), "SIX-STEPS") == ()


# --- text and form are the same document ----------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_text_of_a_draft_is_the_same_recipe(name: str) -> None:
    recipe = reader.read(library_text(name))
    for data in (plain_of(recipe), data_of(name)):
        text = yaml_of(data)
        assert normal(nodes.read(text).data) == normal(data)
        assert reader.read(text).content_hash == recipe.content_hash


def leaves_of(fields: tuple[Field, ...]) -> list[Field]:
    return [leaf for one in fields for leaf in (leaves_of(one.parts) if one.parts else [one])]


@pytest.mark.parametrize("name", NAMES)
def test_every_value_of_every_step_has_its_field_in_the_form(name: str) -> None:
    data = data_of(name)
    for address, thing in walk(data):
        if address[-2:-1] != ("steps",):
            continue
        shown = {leaf.path for leaf in leaves_of(form_of(data, address, errors={}))}
        values = {
            "/".join(place) for place, value in walk(thing, address)
            if isinstance(value, str) or (isinstance(value, list) and not name_of(value[0]))
        }  # fmt: skip
        assert values - shown == set()


def test_every_answer_that_a_form_offers_has_words() -> None:
    data = data_of("cart19-prodigy")
    places = [(), *(address for address, _thing in walk(data) if address[-2:-1] == ("steps",))]
    offered = {
        option for place in places for leaf in leaves_of(form_of(data, place, errors={}))
        for option in leaf.options
    }  # fmt: skip
    assert {("lognormal", "Log-normal"), ("before", "Before work")} < offered
    assert [value for value, label in offered if value == label] == []


def test_the_form_says_what_is_wrong_beside_its_field() -> None:
    data = data_of("six-steps")
    path = "/".join((*SEED, "seeded", "unit"))
    fields = form_of(data, (*SEED, "seeded"), errors={path: "There is no such unit."})
    wrong = [leaf for leaf in leaves_of(fields) if leaf.error]
    assert [(leaf.path, leaf.error, leaf.widget) for leaf in wrong] == [
        (path, "There is no such unit.", Widget.LINE)
    ]


def test_what_is_wrong_with_one_of_several_names_is_said_at_their_field() -> None:
    data = data_of("cart19-prodigy")
    address = ("stages", "feed", "operations", "control", "steps", "sample")
    path = "/".join((*address, "tests"))
    fields = form_of(data, address, errors={f"{path}/#1": "There is no such test."})
    wrong = [leaf for leaf in leaves_of(fields) if leaf.error]
    assert [(leaf.path, leaf.error, leaf.widget) for leaf in wrong] == [
        (path, "There is no such test.", Widget.NAMES)
    ]


def test_an_address_without_a_thing_has_no_form() -> None:
    data = data_of("six-steps")
    assert form_of(data, address_of("stages"), errors={}) == ()
    with pytest.raises(Overtaken):
        form_of(data, address_of("stages/nowhere"), errors={})


def shuffled(data: Any, luck: Random) -> Any:
    """Return the same data with the fields of every part in another order."""
    if isinstance(data, list):
        return [shuffled(thing, luck) for thing in data]
    if not isinstance(data, dict):
        return data
    names = sorted(data)
    luck.shuffle(names)
    return {name: shuffled(data[name], luck) for name in names}


@pytest.mark.parametrize("name", ["six-steps", "msc-wj-allo-banked"])
def test_a_text_has_its_fields_in_one_order_whoever_wrote_them(name: str) -> None:
    recipe = reader.read(library_text(name))
    text = yaml_of(shuffled(plain_of(recipe), Random(name)))
    assert text == yaml_of(plain_of(recipe)) == yaml_of(nodes.read(text).data)
    assert reader.read(text).content_hash == recipe.content_hash


def test_what_names_a_thing_stands_first_and_what_is_inside_it_last() -> None:
    step = {"critical": "true", "unit": "mL", "limits": ["1", "2"], "text": {"de": "x", "en": "y"},
            "kind": "enter", "value": "decimal", "key": "a", "odd": "1"}  # fmt: skip
    operation: dict[str, Any] = {
        "steps": [step], "staff": [{"count": "2", "role": "operator"}], "key": "o",
        "repeat": {"max": "3", "until": "a > 1"},
    }  # fmt: skip
    assert yaml_of(operation).splitlines() == [
        "key: o", "repeat: {until: a > 1, max: '3'}", "staff:", "- {role: operator, count: '2'}",
        "steps:", "- key: a", "  kind: enter", "  text: {en: y, de: x}", "  value: decimal",
        "  unit: mL", "  limits: {low: '1', high: '2'}", "  critical: 'true'", "  odd: '1'",
    ]  # fmt: skip


def test_every_field_of_a_recipe_has_its_place_in_the_order() -> None:
    known = parts_under(Part)
    names = {field.alias or name for part in known for name, field in part.model_fields.items()}
    assert names - set(RANK) == set()


def parts_under(kind: type[Part]) -> list[type[Part]]:
    below = [one for one in kind.__subclasses__() if one.__module__ != site.__name__]
    return [*below, *(deeper for one in below for deeper in parts_under(one))]
