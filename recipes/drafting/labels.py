"""What the fields and the kinds of a document are called where people write it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: Mapping[str, Promise] = {
    "above": _("Above"),
    "accepts": _("Accepted answers"),
    "action": _("Action"),
    "after": _("After"),
    "alert": _("Alert"),
    "as": _("Name in the steps"),
    "bill_of_equipment": _("Bill of equipment"),
    "bill_of_materials": _("Bill of materials"),
    "below": _("Below"),
    "capability": _("Capabilities"),
    "chance": _("How often, 0 to 1"),
    "checks": _("What is looked at"),
    "class": _("Class"),
    "cleaning": _("Cleaning"),
    "contingencies": _("Contingencies"),
    "copies": _("Number of labels"),
    "count": _("Number"),
    "critical": _("Critical"),
    "decimals": _("Decimals"),
    "default": _("Value"),
    "duration": _("Duration"),
    "equipment": _("Equipment"),
    "expected": _("Expected"),
    "exponent": _("Power of ten beside the field"),
    "flag": _("Is an exception"),
    "formula": _("Formula"),
    "from": _("From"),
    "high": _("Highest"),
    "hold_until": _("Held until the end of"),
    "identifiers": _("Identifiers"),
    "inputs": _("What an order brings"),
    "irreversible": _("Cannot be undone"),
    "key": _("Key"),
    "kind": _("Kind"),
    "lag": _("Time after the stage before"),
    "likely": _("Likely values"),
    "limits": _("Limits"),
    "low": _("Lowest"),
    "makes": _("Labels for"),
    "material": _("Material"),
    "max": _("At most"),
    "mean": _("Mean"),
    "method": _("Method"),
    "min": _("At least"),
    "modality": _("Modality"),
    "mode": _("Most likely"),
    "name": _("Name"),
    "needed": _("Needed"),
    "note": _("Further words"),
    "openness": _("Openness"),
    "options": _("Answers"),
    "parameters": _("Parameters"),
    "plausible": _("Plausible"),
    "qualification": _("Qualification"),
    "quantity": _("Quantity"),
    "reasons": _("Reasons that are offered"),
    "recipe": _("Code"),
    "role": _("Role"),
    "room": _("Room"),
    "safe_state": _("Safe state"),
    "scan_back": _("Each label is scanned back"),
    "sd": _("Standard deviation"),
    "shape": _("Shape"),
    "source": _("Source"),
    "specification": _("Specification"),
    "staff": _("People"),
    "stages": _("Stages"),
    "takes": _("Takes"),
    "target": _("Target"),
    "test": _("Test"),
    "tests": _("Tests"),
    "text": _("Instruction"),
    "title": _("Title"),
    "to": _("To"),
    "tolerance": _("Tolerance in per cent"),
    "turn_round": _("Time to the result"),
    "unit": _("Unit"),
    "value": _("Value"),
    "verify": _("A second person verifies"),
    "volume": _("Volume"),
    "waits_for": _("Results that are waited for"),
    "approval": _("QA approves as well"),
    "what": _("What is scanned"),
    "when": _("When"),
    "within": _("Begins within"),
}

KIND_LABELS: Mapping[str, Promise] = {
    "add": _("Add a material"),
    "calculate": _("Calculate"),
    "choose": _("Choose an answer"),
    "clear": _("Line clearance"),
    "confirm": _("Confirm"),
    "enter": _("Enter a value"),
    "equip": _("Bind equipment"),
    "gate": _("Gate"),
    "label": _("Label"),
    "sample": _("Take a sample"),
    "scan": _("Scan"),
    "timer": _("Timer"),
    "transfer": _("Transfer"),
}


def label_of(field: str) -> str:
    """Return what a field is called; one without a word of its own by its name in the text."""
    found = LABELS.get(field)
    return str(found) if found is not None else field.replace("_", " ").capitalize()


def kind_label(kind: str) -> str:
    """Return what a kind of step is called."""
    found = KIND_LABELS.get(kind)
    return str(found) if found is not None else kind
