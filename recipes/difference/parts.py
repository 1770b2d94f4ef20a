"""What a difference says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from recipes.drafting.changes import Address
from recipes.enums import Severity

STRUCTURAL = ("stages", "contingencies", "operations", "steps")


class What(StrEnum):
    """What has become of a place. ``PART`` is any other thing that a list of names holds.

    Two neighbours that changed places are told as a pair: nothing says which of them was moved.
    ``PARAMETER_CHANGED`` is what is written as before but uses a parameter with another value.
    """

    STAGE_ADDED = "stage_added"
    STAGE_REMOVED = "stage_removed"
    STAGE_MOVED = "stage_moved"
    STAGES_SWAPPED = "stages_swapped"
    STAGE_RENAMED = "stage_renamed"
    OPERATION_ADDED = "operation_added"
    OPERATION_REMOVED = "operation_removed"
    OPERATION_MOVED = "operation_moved"
    OPERATIONS_SWAPPED = "operations_swapped"
    OPERATION_RENAMED = "operation_renamed"
    STEP_ADDED = "step_added"
    STEP_REMOVED = "step_removed"
    STEP_MOVED = "step_moved"
    STEPS_SWAPPED = "steps_swapped"
    STEP_RENAMED = "step_renamed"
    KIND_CHANGED = "kind_changed"
    TEXT_CHANGED = "text_changed"
    LIMIT_ADDED = "limit_added"
    LIMIT_REMOVED = "limit_removed"
    LIMIT_NARROWED = "limit_narrowed"
    LIMIT_WIDENED = "limit_widened"
    LIMIT_SHIFTED = "limit_shifted"
    CRITERION_ADDED = "criterion_added"
    CRITERION_REMOVED = "criterion_removed"
    CRITERION_TIGHTENED = "criterion_tightened"
    CRITERION_LOOSENED = "criterion_loosened"
    CRITERION_CHANGED = "criterion_changed"
    HOLD_ADDED = "hold_added"
    HOLD_REMOVED = "hold_removed"
    HOLD_SHORTENED = "hold_shortened"
    HOLD_LENGTHENED = "hold_lengthened"
    WAIT_ADDED = "wait_added"
    WAIT_REMOVED = "wait_removed"
    WAIT_SHORTENED = "wait_shortened"
    WAIT_LENGTHENED = "wait_lengthened"
    DURATION_SHORTENED = "duration_shortened"
    DURATION_LENGTHENED = "duration_lengthened"
    UNIT_CHANGED = "unit_changed"
    CLASS_CHANGED = "class_changed"
    OPENNESS_CHANGED = "openness_changed"
    MATERIAL_ADDED = "material_added"
    MATERIAL_REMOVED = "material_removed"
    MATERIAL_CHANGED = "material_changed"
    EQUIPMENT_ADDED = "equipment_added"
    EQUIPMENT_REMOVED = "equipment_removed"
    TEST_ADDED = "test_added"
    TEST_REMOVED = "test_removed"
    STAFF_ADDED = "staff_added"
    STAFF_REMOVED = "staff_removed"
    VERIFICATION_ADDED = "verification_added"
    VERIFICATION_REMOVED = "verification_removed"
    MADE_CRITICAL = "made_critical"
    NO_LONGER_CRITICAL = "no_longer_critical"
    MADE_IRREVERSIBLE = "made_irreversible"
    NO_LONGER_IRREVERSIBLE = "no_longer_irreversible"
    FORMULA_CHANGED = "formula_changed"
    PARAMETER_CHANGED = "parameter_changed"
    PART_ADDED = "part_added"
    PART_REMOVED = "part_removed"
    ORDER_CHANGED = "order_changed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One change of meaning.

    ``at`` is its place in the later document, ``was_at`` in the earlier one; a thing that is new
    or gone has one of them empty. ``before`` and ``after`` are as the documents write them, a
    parameter by its value there.
    """

    what: What
    severity: Severity
    was_at: Address
    at: Address
    field: str = ""
    before: str = ""
    after: str = ""
    language: str = ""

    @property
    def address(self) -> Address:
        """Where it is now, or was."""
        return self.at or self.was_at

    @property
    def path(self) -> str:
        """The stage, operation or step that it is about, as people write it; else empty."""
        return path_of(self.address)

    @property
    def stage(self) -> str:
        """The key of the stage, ``contingencies``, or empty for the recipe as a whole."""
        return self.path.partition("/")[0]


def path_of(address: Address) -> str:
    """Return ``stage/operation/step`` of an address, as far as it goes."""
    if len(address) < 2 or address[0] not in STRUCTURAL:
        return ""
    names = ["contingencies"] if address[0] == "contingencies" else []
    for number in range(0, len(address) - 1, 2):
        if address[number] not in STRUCTURAL or (number and address[number] == "contingencies"):
            break
        names.append(address[number + 1])
    return "/".join(names)
