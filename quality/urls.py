"""Addresses of QA and QC."""

from django.urls import path

from quality.views import (
    batch,
    comments,
    concessions,
    corrections,
    dispositions,
    dossier,
    gates,
    queue,
    reviews,
    samples,
    several,
)

app_name = "quality"
ONE = "batches/<uuid:batch>"

urlpatterns = [
    path("", queue.index, name="index"),
    path("batches/review/", several.review_records, name="review_records"),
    path(f"{ONE}/", batch.review, name="batch"),
    path(f"{ONE}/coverage/", batch.coverage, name="coverage"),
    path(f"{ONE}/exceptions/<uuid:exception>/", batch.judge, name="judge"),
    path(f"{ONE}/exceptions/<uuid:exception>/ask/", comments.ask, name="ask"),
    path(f"{ONE}/questions/<uuid:question>/", comments.give, name="comment"),
    path(f"{ONE}/questions/<uuid:question>/withdraw/", comments.withdraw, name="withdraw"),
    path(f"{ONE}/hold/", batch.hold, name="hold"),
    path(f"{ONE}/deviations/<uuid:deviation>/", concessions.close_deviation, name="deviation"),
    path(f"{ONE}/concessions/<uuid:concession>/", concessions.grant_concession, name="concession"),
    path(f"{ONE}/concessions/<uuid:concession>/decline/", concessions.decline, name="decline"),
    path(f"{ONE}/gates/<uuid:gate>/", gates.approve_gate, name="approve_gate"),
    path(f"{ONE}/correct/", corrections.correct_step, name="correct_step"),
    path(f"{ONE}/again/<int:signed>/", corrections.sign_again, name="sign_again"),
    path(f"{ONE}/review/", dispositions.sign_review, name="sign_review"),
    path(f"{ONE}/release/", dispositions.release, name="release"),
    path(f"{ONE}/reject/", dispositions.reject, name="reject"),
    path(f"{ONE}/later/", dispositions.certify_later, name="certify_later"),
    path(f"{ONE}/record.json", dossier.record_json, name="record_json"),
    path(f"{ONE}/dossiers/", dossier.request_copy, name="dossiers"),
    path(f"{ONE}/dossiers/state/", dossier.state, name="dossier_state"),
    path(f"{ONE}/dossiers/<uuid:dossier>/", dossier.download, name="dossier"),
    path("samples/", samples.index, name="samples"),
    path("samples/<uuid:sample>/", samples.sample, name="sample"),
    path("samples/<uuid:sample>/receive/", samples.receive, name="receive"),
    path("samples/<uuid:sample>/<slug:test>/", samples.enter, name="enter"),
    path("results/review/", several.review_results, name="review_results"),
    path("results/<uuid:result>/correct/", samples.correct, name="correct"),
    path("results/<uuid:result>/review/", reviews.review_result, name="review_result"),
    path("results/<uuid:result>/raw/", samples.raw, name="raw"),
]
