"""The faults: one small edit each, and the tests that must then fail."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """An edit (``old`` stands exactly once in ``file``) and the tests of which each must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: Sequence[str]


RECORDS, BATCHES, QUALITY = "tests/records/", "tests/batches/", "tests/quality/"

FAULTS: tuple[Fault, ...] = (
    Fault(
        "the lock of the streams is removed",
        "records/store.py",
        "ORDER BY id FOR NO KEY UPDATE",
        "ORDER BY id",
        (f"{RECORDS}test_instant.py::test_the_instant_lies_behind_the_wait_for_the_lock",),
    ),
    Fault(
        "the act's instant is the beginning of its transaction",
        "records/store.py",
        "SELECT clock_timestamp(), EXISTS",
        "SELECT now(), EXISTS",
        (f"{RECORDS}test_instant.py::test_the_instant_lies_behind_the_wait_for_the_lock",),
    ),
    Fault(
        "the hashed bytes have no sequence number",
        "records/store.py",
        '        "seq": head.seq + 1,\n',
        "",
        (f"{RECORDS}test_act.py::test_the_envelope_says_everything",),
    ),
    Fault(
        "the chain's trigger does not compute the hash",
        "records/guard.py",
        "\n       AND sha256('mes:entry:v1'::bytea || hash || NEW.body) = NEW.hash;",
        ";",
        (f"{RECORDS}test_walls.py::test_an_entry_that_does_not_extend_its_chain_is_refused",),
    ),
    Fault(
        "who had a part in a trail may review it",
        "records/reviews.py",
        "row.kind not in NO_WORK and str(reviewer)",
        "row.kind in NO_WORK and str(reviewer)",
        (f"{RECORDS}test_reviews.py::test_nobody_reviews_what_they_did",),
    ),
    Fault(
        "of two terms of retention the shorter counts",
        "records/retention.py",
        "return max(known)",
        "return min(known)",
        (f"{RECORDS}test_retention.py::test_batch_documents_are_kept_for_the_longer_of_the_two",),
    ),
    Fault(
        "the guard of projections does not see updates",
        "records/guard.py",
        "CREATE TRIGGER mes_guard BEFORE INSERT OR UPDATE OR DELETE ON",
        "CREATE TRIGGER mes_guard BEFORE INSERT OR DELETE ON",
        (f"{RECORDS}test_bypass.py::test_a_way_past_the_services_is_refused",),
    ),
    Fault(
        "the append-only trigger lets updates pass",
        "records/guard.py",
        "CREATE TRIGGER mes_append_only BEFORE UPDATE OR DELETE ON",
        "CREATE TRIGGER mes_append_only BEFORE DELETE ON",
        (f"{RECORDS}test_walls.py::test_even_the_owner_cannot_update_while_the_triggers_are_on",),
    ),
    Fault(
        "the wall by site lets everything through",
        "records/guard.py",
        'f"({_SITE}) OR ({visible})" if visible else _SITE',
        'f"({_SITE}) OR ({visible})" if visible else "true"',
        (
            f"{RECORDS}test_act.py::test_no_site_sees_no_sites_rows",
            f"{RECORDS}test_act.py::test_another_sites_stream_is_not_found",
        ),
    ),
    Fault(
        "row-level security is not forced",
        "records/guard.py",
        "            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;\n",
        "",
        (f"{RECORDS}test_walls.py::test_every_projection_is_guarded_and_walled",),
    ),
    Fault(
        "a fold does not name its entry in the row",
        "records/folding.py",
        "update(entry_seq=e.seq, **values)",
        "update(**values)",
        (
            f"{RECORDS}test_verification.py"
            "::test_a_row_that_the_owner_deleted_is_found_by_the_next_run_and_named",
        ),
    ),
    Fault(
        "a replayed key is answered with nothing",
        "records/act.py",
        "raise Replay(opened.earlier.outcome)",
        "raise Replay({})",
        (f"{RECORDS}test_act.py::test_a_replayed_key_returns_the_first_reply_and_runs_nothing",),
    ),
    Fault(
        "a key is accepted with other content",
        "records/act.py",
        "if earlier.fingerprint != command.fingerprint:",
        "if False:",
        (
            f"{RECORDS}test_act.py::test_a_key_with_other_content_is_refused_and_writes_nothing",
            f"{RECORDS}test_act.py::test_a_key_of_another_person_is_refused",
        ),
    ),
    Fault(
        "an overtaken form is accepted",
        "records/act.py",
        "if self.heads[stream].seq != seq:",
        "if False:",
        (f"{RECORDS}test_act.py::test_a_form_that_was_overtaken_is_stale_and_says_by_whom",),
    ),
    Fault(
        "a refused attempt is not kept",
        "records/act.py",
        "            if refusal.recorded:\n",
        "            if False:\n",
        (f"{RECORDS}test_act.py::test_a_recorded_refusal_is_kept_once_and_given_again",),
    ),
    Fault(
        "a message is acknowledged before its effect is committed",
        "records/outbox.py",
        "        _consume(message)\n    return len(messages)",
        "        mark_done(message, at=clock.now())\n        _consume(message)\n"
        "    return len(messages)",
        (f"{RECORDS}test_outbox.py::test_poison_ends_among_the_dead_letters_and_the_queue_flows",),
    ),
    Fault(
        "an effect has a key of its own and not its message's",
        "records/outbox.py",
        "return Command(key=self.id,",
        "return Command(key=uuid7(),",
        (f"{RECORDS}test_outbox.py::test_the_key_of_an_effect_is_its_message",),
    ),
    Fault(
        "messages of a killed worker stay leased",
        "records/outbox.py",
        "leased_by <> ALL (ARRAY(SELECT pid FROM pg_stat_activity))",
        "false",
        (f"{RECORDS}test_outbox.py::test_a_killed_workers_messages_are_taken_at_once",),
    ),
    Fault(
        "two workers lease the same message",
        "records/outbox.py",
        "     ORDER BY not_before LIMIT 1 FOR UPDATE SKIP LOCKED),",
        "     ORDER BY not_before LIMIT 1),",
        (f"{RECORDS}test_outbox.py::test_a_leased_message_is_nobody_elses",),
    ),
    Fault(
        "poison takes its neighbours along",
        "records/outbox.py",
        "       AND attempts = 0 AND (SELECT attempts FROM first) = 0\n",
        "",
        (f"{RECORDS}test_outbox.py::test_what_kills_its_worker_harms_no_other_message",),
    ),
    Fault(
        "the checkpointer signs over a shrunken log",
        "records/checkpoints.py",
        "if (self.tree.size, self.tree.root()) != (self.previous.size, self.previous.root):",
        "if False:",
        (
            f"{RECORDS}test_checkpoints.py::test_nothing_is_signed_on_top_of_a_log_that_lost_entries",
        ),
    ),
    Fault(
        "an exported chain lacks its last entry",
        "quality/dossier/chains.py",
        '"entries": links[stream],',
        '"entries": links[stream][:-1],',
        (f"{QUALITY}test_dossier.py::test_exported_chains_verify_and_an_altered_byte_does_not",),
    ),
    Fault(
        "the exclusion constraint of claims is dropped",
        "equipment/migrations/0001_equipment.py",
        '("state__in", ("planned", "occupied"))',
        '("state__in", ("nothing",))',
        ("tests/equipment/test_claims.py::test_constraint_refuses_what_a_service_forgot_to_check",),
    ),
    Fault(
        "the schema lets a performer verify",
        "batches/migrations/0001_batches.py",
        '("verified_by", models.F("performed_by")), _negated=True',
        '("verified_by", models.F("stream")), _negated=True',
        (f"{BATCHES}test_four_eyes.py::test_the_schema_refuses_a_performer_as_verifier",),
    ),
    Fault(
        "the service lets a performer verify",
        "batches/rules.py",
        "if verifier in {step.performed_by, step.corrected_by}:",
        "if False:",
        (
            f"{BATCHES}test_interlocks.py::test_the_performer_never_verifies_and_the_next_step_waits",
        ),
    ),
    Fault(
        "the permission is not asked inside the act",
        "accounts/rules.py",
        "    if role is None:\n        raise NotAllowed(\n            person=actor.name,\n"
        "            permission=Permission(permission).value,",
        "    if False:\n        raise NotAllowed(\n            person=actor.name,\n"
        "            permission=Permission(permission).value,",
        ("tests/equipment/test_permissions.py::test_an_auditor_reads_and_changes_nothing",),
    ),
    Fault(
        "a page names no permission",
        "records/views.py",
        '@requires("records.read")\n@require_safe\ndef entry(',
        "@require_safe\ndef entry(",
        ("tests/accounts/test_access.py::test_every_address_names_a_permission",),
    ),
    Fault(
        "a secret is hashed before its try is counted",
        "accounts/services/credentials.py",
        "    _admit(tried, actor=actor)\n    if is_right():\n",
        "    right = is_right()\n    _admit(tried, actor=actor)\n    if right:\n",
        (
            "tests/accounts/test_throttle.py::test_guesses_at_one_instant_reach_the_hash_three_times",
        ),
    ),
    Fault(
        "an expired lot is taken",
        "materials/rules.py",
        "    if lot.expires_at <= at:\n",
        "    if False:\n",
        (
            "tests/materials/test_lots.py::test_expiry_is_asked_at_the_instant_of_the_act",
            f"{BATCHES}test_interlocks.py::test_lots_that_may_not_be_used_are_refused",
        ),
    ),
    Fault(
        "another patient's container is accepted",
        "materials/rules.py",
        "    if container.coi != coi:\n",
        "    if False:\n",
        (
            f"{BATCHES}test_interlocks.py"
            "::test_another_patients_bag_is_refused_on_both_batches_and_is_critical",
        ),
    ),
    Fault(
        "a quality hold is not asked at release",
        "quality/rules.py",
        "held=record.batch.quality_hold,",
        "held=False,",
        (f"{QUALITY}test_release.py::test_release_names_every_open_gate",),
    ),
    Fault(
        "a review stays valid after a change",
        "quality/rules.py",
        "if record.disposition or record.review.content_hash == record.content_hash:",
        "if record.disposition or True:",
        (f"{QUALITY}test_release.py::test_a_change_after_the_review_voids_it",),
    ),
)
