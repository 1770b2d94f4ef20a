"""What the fields and the kinds of a document are called where people write it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LABELS: Mapping[str, Promise] = {
    "above": _("Above"),
    "absolute": _("Interlocks that nobody can concede"),
    "accepts": _("Accepted answers"),
    "action": _("Action"),
    "after": _("After"),
    "alert": _("Alert"),
    "alt": _("What the picture shows"),
    "approval": _("QA approves as well"),
    "as": _("Name in the steps"),
    "balance": _("Balance, tolerance in per cent"),
    "below": _("Below"),
    "bill_of_equipment": _("Bill of equipment"),
    "bill_of_materials": _("Bill of materials"),
    "capability": _("Capabilities"),
    "chance": _("How often, 0 to 1"),
    "checks": _("What is looked at"),
    "class": _("Class"),
    "cleaning": _("Cleaning"),
    "container": _("Container"),
    "contingencies": _("Contingencies"),
    "copies": _("Number of labels"),
    "count": _("Number"),
    "critical": _("Critical"),
    "decimals": _("Decimals"),
    "default": _("Value"),
    "does": _("Start or end"),
    "duration": _("Duration"),
    "empties": _("Nothing is left in the source"),
    "equipment": _("Equipment"),
    "every": _("None may be left over"),
    "expected": _("Expected"),
    "exponent": _("Power of ten beside the field"),
    "fate": _("What becomes of it"),
    "files": _("Kinds of file"),
    "first": _("First step"),
    "flag": _("Is an exception"),
    "formula": _("Formula"),
    "from": _("From"),
    "high": _("Highest"),
    "hold": _("Most time to the test"),
    "hold_until": _("Held until the end of"),
    "how": _("How it is connected"),
    "identifiers": _("Identifiers"),
    "inputs": _("What an order brings"),
    "irreversible": _("Cannot be undone"),
    "key": _("Key"),
    "kind": _("Kind"),
    "lag": _("Time after the stage before"),
    "largest": _("Largest size in MB"),
    "last": _("Last step"),
    "least": _("At least so many"),
    "likely": _("Likely values"),
    "limits": _("Limits"),
    "log": _("The unit’s log is attached"),
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
    "offline": _("May be done offline"),
    "one": _("One end"),
    "openness": _("Openness"),
    "options": _("Answers"),
    "other": _("The other end"),
    "parameters": _("Parameters"),
    "pictures": _("Pictures"),
    "plausible": _("Plausible"),
    "pour": _("How it goes over"),
    "process_type": _("Type of process, for its simulation"),
    "programme": _("Programme"),
    "qualification": _("Qualification"),
    "quality": _("Critical as"),
    "quantity": _("Quantity"),
    "reaction": _("What is done beyond the limits"),
    "reasons": _("Reasons that are offered"),
    "recipe": _("Code"),
    "repeat": _("Repeat"),
    "role": _("Role"),
    "room": _("Room"),
    "safe_state": _("Safe state"),
    "scan_back": _("Each label is scanned back"),
    "sd": _("Standard deviation"),
    "set": _("To be set"),
    "sha256": _("File (SHA-256)"),
    "shape": _("Shape"),
    "shelf_life": _("Shelf life of the product"),
    "source": _("Source"),
    "specification": _("Specification"),
    "staff": _("People"),
    "stages": _("Stages"),
    "starts": _("Starts the container's clock"),
    "takes": _("Takes"),
    "tare": _("Weighed empty first"),
    "target": _("Target"),
    "test": _("Test"),
    "tests": _("Tests"),
    "text": _("Instruction"),
    "title": _("Title"),
    "to": _("To"),
    "tolerance": _("Tolerance in per cent"),
    "trained_from": _("Training counts from version"),
    "turn_round": _("Time to the result"),
    "unit": pgettext_lazy("of a quantity", "Unit"),
    "until": _("Until"),
    "value": _("Value"),
    "verify": _("A second person verifies"),
    "version": _("Version"),
    "volume": _("Volume"),
    "waits_for": _("Results that are waited for"),
    "warn": _("Warn from"),
    "what": _("What is scanned"),
    "when": _("When"),
    "within": _("Begins within"),
}

KIND_LABELS: Mapping[str, Promise] = {
    "account": _("Account for containers"),
    "add": _("Add a material"),
    "attach": _("Attach a photo or file"),
    "calculate": _("Calculate"),
    "choose": _("Choose an answer"),
    "clear": _("Line clearance"),
    "confirm": _("Confirm"),
    "connect": _("Connect two ends"),
    "decide": _("Decide"),
    "enter": _("Enter a value"),
    "equip": _("Bind equipment"),
    "gate": _("Gate"),
    "label": _("Label"),
    "reading": _("Take a reading"),
    "run": _("Run a programme"),
    "sample": _("Take a sample"),
    "scan": _("Scan"),
    "timer": _("Timer"),
    "transfer": _("Transfer"),
    "weigh": _("Weigh"),
}


# The answers of fields that have only a few, and whose answers are words of the text itself.
OPTION_LABELS: Mapping[str, Promise] = {
    "normal": pgettext_lazy("a distribution", "Normal"),
    "lognormal": pgettext_lazy("a distribution", "Log-normal"),
    "triangular": pgettext_lazy("a distribution", "Triangular"),
    "uniform": pgettext_lazy("a distribution", "Uniform"),
    "before": pgettext_lazy("a line clearance", "Before work"),
    "after": pgettext_lazy("a line clearance", "After work"),
    "start": pgettext_lazy("a programme", "Starts it"),
    "stop": pgettext_lazy("a programme", "Stops it"),
}


def option_label(answer: str) -> str:
    """Return what an answer of a field is called; one without a word of its own as it is."""
    return str(OPTION_LABELS.get(answer, answer))


def label_of(field: str, *, else_as_it_is: bool = False) -> str:
    """Return what a field is called; one without a word of its own by its name in the text."""
    found = LABELS.get(field)
    if found is not None:
        return str(found)
    return field if else_as_it_is else field.replace("_", " ").capitalize()


def kind_label(kind: str) -> str:
    """Return what a kind of step is called."""
    found = KIND_LABELS.get(kind)
    return str(found) if found is not None else kind
