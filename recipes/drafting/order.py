"""The order in which a recipe's fields are written: what a person looks for first stands first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# What names a thing and what people are told, what it is made of, what is done and measured, how
# it is judged, when and by whom it is done, and at last what stands inside it.
NAMES = (
    "recipe", "en", "key", "kind", "name", "text", "note", "material", "class", "as",
    "operation", "title", "modality", "process_type", "trained_from", "openness", "room",
    "equipment", "duration", "how", "one", "other", "container", "does", "programme", "version",
    "hash", "inputs", "parameters", "bill_of_materials", "bill_of_equipment", "tests", "test",
    "specification", "shelf_life", "what", "pour", "from", "to", "makes", "fate", "files",
    "method", "formula", "value", "set", "default", "quantity", "shape", "count", "least",
    "copies", "every", "empties", "unit", "decimals", "exponent", "target", "tolerance", "low",
    "mode", "expected", "high", "mean", "sd", "min", "warn", "max", "until", "first", "last",
    "limits", "alert", "action", "above", "below", "accepts", "plausible", "volume", "tare",
    "balance", "hold", "options", "checks", "waits_for", "approval", "identifiers", "scan_back",
    "log", "largest", "capability", "needed", "turn_round", "source", "flag", "critical",
    "quality", "verify", "irreversible", "reaction", "reasons", "when", "after", "repeat",
    "within", "starts", "role", "qualification", "offline", "absolute", "pictures", "sha256",
    "alt", "takes", "likely", "chance", "hold_until", "cleaning", "lag", "safe_state", "staff",
    "pinned", "contingencies", "steps", "operations", "stages",
)  # fmt: skip
RANK = {name: number for number, name in enumerate(NAMES)}
# Where the same names read better in another order: by the field that they stand in.
OTHERWISE: Mapping[str, tuple[str, ...]] = {
    "staff": ("role", "count", "qualification"),
    "repeat": ("until", "max", "first", "last"),
}


def ordered(names: Iterable[str], *, inside: str = "") -> list[str]:
    """Return names of fields in their order; what is no field comes last, by its letters."""
    own = {name: number - len(RANK) for number, name in enumerate(OTHERWISE.get(inside, ()))}
    return sorted(names, key=lambda name: (own.get(name, RANK.get(name, len(RANK))), name))
