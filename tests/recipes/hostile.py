"""Files that nobody means well with, made by a seed: malformed, huge, nested, aliased.

As a program (``python -m tests.recipes.hostile COUNT``) it has each of them read in a process of
its own and prints one line of JSON: what each was refused for, how long it took, how memory grew.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from random import Random

from tests.recipes.texts import CART19, SIX

SEED = 20261127
LARGE = 1_990_000
HEAD = SIX[SIX.index("recipe:") : SIX.index("stages:")]
Maker = Callable[[Random], str | bytes]


def anchors(luck: Random) -> str:
    """A bomb of aliases."""
    width = luck.randrange(2, 10)
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, 60)]
    return "\n".join(lines)


def late_alias(luck: Random) -> str:
    """A recipe with an alias at a random line."""
    lines = SIX.splitlines()
    lines.insert(luck.randrange(5, len(lines)), f"x{luck.randrange(99)}: *nowhere")
    return "\n".join(lines)


def merged(luck: Random) -> str:
    """A merge key."""
    return f"base: &b{luck.randrange(99)} {{a: 1}}\nrecipe:\n  <<: *b\n"


def tagged(luck: Random) -> str:
    """A tag that would make an object."""
    tag = luck.choice(["!!python/object/apply:os.system", "!!binary", "!x", "!!set", "!!timestamp"])
    return HEAD.replace("modality: autologous", f"modality: {tag} [{luck.randrange(99)}]")


def deep_flow(luck: Random) -> str:
    """Brackets in brackets."""
    depth = luck.randrange(40, 400_000)
    return "recipe: " + luck.choice(["[", "{a: "]) * depth


def deep_block(luck: Random) -> str:
    """Indented further and further."""
    return "\n".join(f"{' ' * n}a{luck.randrange(9)}:" for n in range(luck.randrange(40, 900)))


def deep_json(luck: Random) -> str:
    """JSON in JSON."""
    depth = luck.randrange(40, 300_000)
    return '{"a": ' + luck.choice(["[", '{"b":']) * depth


def too_large(luck: Random) -> bytes:
    """More than 2 MB, whatever it is."""
    letter = luck.choice([b"x", b" ", b"\n", b"[", b"<", b"\xc3\xa4", b"#"])
    return b"recipe: A\n" + letter * (luck.randrange(2_000_001, 6_000_000) // len(letter))


def one_scalar(luck: Random) -> str:
    """Nearly 2 MB in one value."""
    quote = luck.choice(["", '"', "'"])
    return HEAD + f"stages: {quote}{luck.choice('ab9') * (LARGE - len(HEAD))}{quote}\n"


def many_items(luck: Random) -> str:
    """A list of everything but stages."""
    item = luck.choice(["a", "1", "{}", "[]", "~", "{a: b}"])
    return HEAD + "stages: [" + f"{item}, " * (LARGE // (len(item) + 3)) + "x]"


def many_lists(luck: Random) -> str:
    """Lists in lists, each with faults of its own, as many as may be."""
    each = luck.randrange(200, 5_000)
    part = "[" + "{a: b}, " * each + "x]"
    return HEAD + "stages: [" + f"{part}, " * ((LARGE - len(HEAD)) // (len(part) + 2)) + "x]"


def many_fields(luck: Random) -> str:
    """Fields that no recipe has."""
    return HEAD + "\n".join(f"f{n}: {luck.randrange(9)}" for n in range(LARGE // 12))


def many_fields_json(luck: Random) -> str:
    """The same in JSON."""
    return json.dumps({f"f{n}{luck.randrange(9)}": n for n in range(80_000)})


def many_steps(luck: Random) -> str:
    """One step too many."""
    return _with_steps(5_001 + luck.randrange(900), "kind: confirm, text: {en: x, de: x}")


def many_wrong_steps(luck: Random) -> str:
    """As many steps as there may be, none of them one."""
    wrong = luck.choice(["kind: confirm", "kind: fly, a: b", "q: 1, w: 2, e: 3, r: 4, t: 5", ""])
    return _with_steps(4_900, wrong)


def _with_steps(count: int, fields: str) -> str:
    steps = "".join(f"          - {{key: s{n}, {fields}}}\n" for n in range(count))
    last = "          - key: clear-after\n"
    return SIX.replace(last, steps + last)


def cut(luck: Random) -> str:
    """A recipe that ends before its stages do."""
    text = luck.choice([SIX, CART19])
    return text[: luck.randrange(40, text.index("\nstages:"))]


def cut_json(luck: Random) -> str:
    """JSON that ends too early."""
    text = json.dumps({"recipe": "A", "title": {"en": "x"}, "stages": [{"key": "a"}] * 40})
    return text[: luck.randrange(2, len(text) - 1)]


def broken_indent(luck: Random) -> str:
    """A line that hangs in the air."""
    lines = SIX.splitlines()
    lines.insert(luck.randrange(5, len(lines)), " hanging: [")
    return "\n".join(lines)


def control(luck: Random) -> str:
    """A letter that no text has."""
    at = luck.randrange(len(SIX))
    return SIX[:at] + luck.choice("\x00\x01\x07\x1b\x7f") + SIX[at:]


def not_utf8(luck: Random) -> bytes:
    """Bytes of another alphabet."""
    if luck.random() < 0.4:
        return SIX.encode(luck.choice(["utf-16", "utf-16-be", "utf-32"]))
    at, plain = luck.randrange(len(SIX)), SIX.encode("ascii", "replace")
    return plain[:at] + luck.choice([b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf8"]) + plain[at:]


def noise(luck: Random) -> bytes:
    """Bytes by chance."""
    return luck.randbytes(luck.randrange(1, 60_000))


def twice(luck: Random) -> str:
    """A field that is written twice."""
    return HEAD + luck.choice(["recipe: B\n", "modality: allogeneic\n", "inputs: []\n"])


def two_documents(luck: Random) -> str:
    """A second document behind the first."""
    return SIX + "\n---\n" * luck.randrange(1, 2_000) + "a: 1\n"


def odd_keys(luck: Random) -> str:
    """A name that is no text."""
    return HEAD + f"? [{'x, ' * luck.randrange(1, 90)}x]\n: 1\n"


def formulas(luck: Random) -> str:
    """Formulas that would never come to an end."""
    evil = luck.choice([
        "9" * 480, "(" * 240 + "1" + ")" * 240, "2**2**2**2**2**2**2", "-" * 499 + "1",
        "1e99999", "a.b.c.__class__", "[x for x in y]", "lambda: 1", "x" * 501, "'a' * 99999999",
        "f(1)", "1 if", "0x" + "f" * 400,
    ])  # fmt: skip
    unit = "\n            unit"
    return SIX.replace(f'quantity: "70"{unit}', f'quantity: "{evil} +"{unit}')


def durations(luck: Random) -> str:
    """A duration as long as may be."""
    return SIX.replace("cleaning: 30 min", "cleaning: " + "1 d " * luck.randrange(9_000) + "x")


def names(luck: Random) -> str:
    """A name that keeps a careless pattern busy."""
    return SIX.replace("recipe: SIX-STEPS", "recipe: " + "A-" * luck.randrange(400, 200_000) + "!")


def laughs(luck: Random) -> str:
    """A billion laughs."""
    entities = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * luck.randrange(5, 12)}">\n' for n in range(1, 12)
    )
    return f'<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY l0 "ha">\n{entities}]>\n<r>&l11;</r>'


def external(luck: Random) -> str:
    """An entity from outside."""
    where = luck.choice(["file:///etc/passwd", "http://127.0.0.1:1/x", "\\\\h\\s"])
    return f'<!DOCTYPE r [<!ENTITY x SYSTEM "{where}">]><MasterRecipe>&x;</MasterRecipe>'


def parameter_entity(luck: Random) -> str:
    """A document type from outside."""
    return "\ufeff" * luck.randrange(2) + '<!doctype r SYSTEM "x.dtd" [<!ENTITY % p "q"> %p;]><r/>'


def quadratic(luck: Random) -> str:
    """One long entity, many times."""
    long, often = luck.randrange(1_000, 80_000), luck.randrange(1_000, 200_000)
    return f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "{"A" * long}">]><r>{"&a;" * often}</r>'


def deep_xml(luck: Random) -> str:
    """Elements in elements."""
    return "<a>" * luck.randrange(100, 500_000)


# --- files of another system: read as BatchML ---


def batchml_elements(luck: Random) -> str:
    """One element too many, each as small as can be."""
    return "<MasterRecipe>" + "<a/>" * (250_000 + luck.randrange(9)) + "</MasterRecipe>"


def batchml_large(luck: Random) -> str:
    """More than 12 MB of text in one element."""
    return f"<MasterRecipe><ID>{luck.choice('xy ') * 12_000_000}</ID></MasterRecipe>"


def batchml_document(luck: Random) -> str:
    """A whole document in one value that is none: nested, or of more parts than there may be."""
    evil = luck.choice(["[" * 300_000, '{"a":' * 300_000, "[" + "1," * 2_000_000, '"\\ud800' * 9])
    value = f'<Value><ValueString>{{"stages":{evil}</ValueString></Value>'
    inner = f"<Parameter><ID>document_as_json</ID>{value}</Parameter>"
    return f"<MasterRecipe><ID>A</ID><Formula>{inner}</Formula></MasterRecipe>"


MAKERS: tuple[Maker, ...] = (
    anchors, late_alias, merged, tagged, deep_flow, deep_block, deep_json, too_large, one_scalar,
    many_items, many_lists, many_fields, many_fields_json, many_steps, many_wrong_steps, cut,
    cut_json, broken_indent, control, not_utf8, noise, twice, two_documents, odd_keys, formulas,
    durations, names, laughs, external, parameter_entity, quadratic, deep_xml,
    batchml_elements, batchml_large, batchml_document,
)  # fmt: skip


def files(count: int, *, seed: int = SEED) -> Iterator[tuple[str, str | bytes]]:
    """Yield so many files with their names, of every sort in turn."""
    for number in range(count):
        maker = MAKERS[number % len(MAKERS)]
        yield maker.__name__, maker(Random(f"{seed}:{number}"))


def grown() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def read_all(count: int) -> dict[str, object]:
    """Read each file; return what each was refused for, its seconds on the core, the memory."""
    from recipes import reader
    from recipes.interchange import reading
    from recipes.messages import RecipeNotReadable

    reader.read(SIX)
    said: list[tuple[str, str, float, bool]] = []
    start = grown()
    for name, source in files(count):
        began, code, told = time.process_time(), "", False
        try:
            if name.startswith("batchml"):
                reading.read(str(source).encode())
            else:
                reader.read(source)
        except RecipeNotReadable as refused:
            code = refused.messages[0].code
            told = all(m.sentence and len(m.sentence) < 1_000 for m in refused.messages)
        said.append((name, code, time.process_time() - began, told))
    return {"said": said, "grown": grown() - start}


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mes.settings")
    django.setup()
    print(json.dumps(read_all(int(sys.argv[1]))))
