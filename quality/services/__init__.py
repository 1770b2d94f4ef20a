"""Every act of quality. Signing takes a proof from the ceremony of ``accounts``."""

from quality.services.comments import ask_comment, give_comment, withdraw_question
from quality.services.concessions import decline_concession, grant_concession
from quality.services.deviations import close_deviation
from quality.services.disposition import certify_later_results, reject_batch, release_batch
from quality.services.dossiers import request_dossier
from quality.services.exceptions import judge_exception
from quality.services.gates import approve_gate
from quality.services.holds import lift_quality_hold, set_quality_hold
from quality.services.results import correct_result, enter_result, review_result
from quality.services.review import sign_review
from quality.services.samples import receive_sample, register_sample
from quality.services.several import review_records, review_results

__all__ = [
    "approve_gate",
    "ask_comment",
    "certify_later_results",
    "close_deviation",
    "correct_result",
    "decline_concession",
    "enter_result",
    "give_comment",
    "grant_concession",
    "judge_exception",
    "lift_quality_hold",
    "receive_sample",
    "register_sample",
    "reject_batch",
    "release_batch",
    "request_dossier",
    "review_records",
    "review_result",
    "review_results",
    "set_quality_hold",
    "sign_review",
    "withdraw_question",
]
