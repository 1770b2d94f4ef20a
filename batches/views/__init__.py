from batches.views.desk import control_recipe, index, issue, record
from batches.views.files import file, picture, preview_picture
from batches.views.home import (
    tablet,
    tablet_call,
    tablet_happened,
    tablet_scan,
)
from batches.views.paper import make_pack, pack, packs
from batches.views.preview import preview
from batches.views.redline import end_redline, propose_redline, redline, sign_redline
from batches.views.sheets import attest, sign_on, verify
from batches.views.talk import ask, call, hold, label, report, steps
from batches.views.touched import touched
from batches.views.work import live, work

__all__ = [
    "ask",
    "attest",
    "call",
    "control_recipe",
    "end_redline",
    "file",
    "hold",
    "index",
    "issue",
    "label",
    "live",
    "make_pack",
    "pack",
    "packs",
    "picture",
    "preview",
    "preview_picture",
    "propose_redline",
    "record",
    "redline",
    "report",
    "sign_on",
    "sign_redline",
    "steps",
    "tablet",
    "tablet_call",
    "tablet_happened",
    "tablet_scan",
    "touched",
    "verify",
    "work",
]
