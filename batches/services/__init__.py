"""Every act on a batch: issue, sign on, perform, verify, attest, report, call, hold, ask QA."""

from batches.services.concessions import ask_concession
from batches.services.contingencies import call_contingency
from batches.services.corrections import correct_step, sign_again
from batches.services.holds import hold_process, restart_process
from batches.services.issue import issue_batch
from batches.services.operations import attest_operation, sign_on
from batches.services.paper import make_pack
from batches.services.reports import report
from batches.services.steps import perform_step, verify_step

__all__ = [
    "ask_concession",
    "attest_operation",
    "call_contingency",
    "correct_step",
    "hold_process",
    "issue_batch",
    "make_pack",
    "perform_step",
    "report",
    "restart_process",
    "sign_again",
    "sign_on",
    "verify_step",
]
