"""Refusals at a step. Each says what, why, what was not done, and what to do now."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Interlock, Refusal


class StepNotDue(Refusal):
    """A step out of order (21 CFR 11.10(f))."""

    code = "step.not_due"
    sentence = _("Step %(asked)s is not due: step %(position)s comes first. Nothing was recorded.")
    way_out = _("Open the step that is due.")
    recorded = True


class StepSkipped(Refusal):
    """The step stands in a branch that was not taken."""

    code = "step.skipped"
    sentence = _("This step was skipped: the condition of its branch did not hold.")
    way_out = _("Open the step that is due.")


class ContingencyNotOffered(Refusal):
    """The recipe does not have this for the operation that is due."""

    code = "contingency.not_offered"
    sentence = _("The recipe does not offer %(contingency)s here.")
    way_out = _("Write down what happened; ask QA for a change of this batch's recipe.")


class ContingencyRuns(Refusal):
    """One contingency at a time: the operation waits for another already."""

    code = "contingency.runs"
    sentence = _("This operation waits for %(contingency)s already.")
    way_out = _("Finish that first.")


class InterlockAbsolute(Refusal):
    """The recipe lets nobody pass this interlock."""

    code = "concession.absolute"
    sentence = _("The recipe lets nobody pass this: %(code)s.")
    way_out = _("Put it right, then go on.")


class StepAlreadyDone(Refusal):
    """Somebody else closed the step meanwhile."""

    code = "step.already_done"
    sentence = _("%(by)s did this step at %(at)s. Your entry was not recorded.")
    way_out = _("Look at what was recorded, then go on with the next step.")
    instants = ("at",)


class StepWaitsForVerifier(Refusal):
    """The step is done and waits for a second person."""

    code = "step.waits_for_verifier"
    sentence = _("This step was performed and waits for a second person to verify it.")
    way_out = _("Ask a colleague to verify it here.")


class NothingToVerify(Refusal):
    """No performed step waits for a verification here."""

    code = "step.nothing_to_verify"
    sentence = _("This step does not wait for a verification.")
    way_out = _("Open the step that is due.")


class PerformerMissing(Refusal):
    """Nobody has signed on to the operation."""

    code = "operation.performer_missing"
    sentence = _("Nobody has signed on as performer of this operation.")
    way_out = _("Say first who performs: scan the badge and enter the PIN.")


class AlreadySignedOn(Refusal):
    """Steps of the operation are done already by another performer."""

    code = "operation.already_signed_on"
    sentence = _("%(performer)s performs this operation and has done steps of it.")
    way_out = _("Let the performer attest what is done; then another person signs on.")


class NothingToAttest(Refusal):
    """The operation has open steps, or is attested."""

    code = "operation.nothing_to_attest"
    sentence = _("This operation has nothing to attest now.")
    way_out = _("Finish its steps first.")


class OnlyPerformerAttests(Refusal):
    """Somebody else's work cannot be attested."""

    code = "operation.only_performer_attests"
    status = 403
    sentence = _("%(performer)s performed these steps; nobody else can attest them.")
    way_out = _("Ask %(performer)s to sign.")
    interlock = Interlock.ABSOLUTE


class VerifiedOwnWork(Refusal):
    """The performer never verifies (21 CFR 211.101(d))."""

    code = "step.verified_own_work"
    status = 403
    sentence = _("%(performer)s performed this step and cannot verify it.")
    way_out = _("Ask another person to verify.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class CommentMissing(Refusal):
    """A value that a rule flagged is kept with a comment."""

    code = "comment.missing"
    status = 422
    sentence = _("%(finding)s A comment is asked for; nothing was recorded yet.")
    way_out = _("Choose or write the reason, then save.")


class BatchHeld(Refusal):
    """The process stands in its safe state."""

    code = "batch.held"
    sentence = _("The process is held: %(reason)s")
    way_out = _("The shift lead restarts the process. Hold times run on meanwhile.")


class NotHeld(Refusal):
    """Restart of a process that runs."""

    code = "batch.not_held"
    sentence = _("The process is not held.")
    way_out = _("Go on with the step that is due.")


class NotRunning(Refusal):
    """Hold of a process that does not run."""

    code = "batch.not_running"
    sentence = _("Only a running process can be held.")
    way_out = _("Nothing is to be done.")


class RecordClosed(Refusal):
    """The record is complete; nothing is added on the floor."""

    code = "batch.record_closed"
    sentence = _("The record of this batch is closed.")
    way_out = _("Corrections are made through QA.")


class HeldByQuality(Refusal):
    """An irreversible step under a quality hold."""

    code = "batch.quality_hold"
    sentence = _("QA holds this batch: %(reason)s This step cannot be undone, so it waits.")
    way_out = _("Feeding and monitoring go on. Ask QA to lift the hold.")


class WrongKindOfContainer(Refusal):
    """This patient's container, but not the one that is asked for."""

    code = "container.wrong_kind"
    sentence = _("%(scanned)s belongs to this patient but is a %(found)s, not a %(asked)s.")
    way_out = _("Scan the container that the instruction names.")
    interlock = Interlock.CONDITIONAL
    recorded = True


class UnexpectedLabel(Refusal):
    """A new container gets the next label of this patient, no other."""

    code = "label.unexpected"
    sentence = _("%(scanned)s is not the label that is due: %(expected)s. Nothing was recorded.")
    way_out = _("Apply and scan the label that was printed for this step.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class UnitUnknown(Refusal):
    """A code that no unit carries."""

    code = "unit.unknown"
    sentence = _("No unit carries the code %(scanned)s.")
    way_out = _("Scan the code on the machine itself.")
    recorded = True


class NothingClaimed(Refusal):
    """A stage begins without its place or unit."""

    code = "claim.missing"
    sentence = _("No %(resource)s is claimed for this stage.")
    way_out = _("Ask the planner for a place; the batch stays where it is meanwhile.")
    interlock = Interlock.CONDITIONAL
    recorded = True


class RecipeNotEffective(Refusal):
    """Only an effective recipe version is executed (A11-10)."""

    code = "recipe.not_effective"
    sentence = _("%(recipe)s is not effective.")
    way_out = _("Choose an effective version, or have this one approved.")


class InputMissing(Refusal):
    """The order does not bring what the recipe wants of it, or outside its bounds."""

    code = "order.input_missing"
    status = 422
    sentence = _("The recipe asks for %(name)s between %(low)s and %(high)s %(unit)s.")
    way_out = _("Complete the order, then issue the batch.")


class ConcessionPending(Refusal):
    """The same leave is asked for already."""

    code = "concession.pending"
    sentence = _("QA is asked already for this step.")
    way_out = _("QA on call answers; call if it is urgent.")


class NoBatchThere(Refusal):
    """A scanned unit, place or container that no batch holds, or a code that nothing carries."""

    code = "scan.no_batch"
    status = 404
    sentence = _("No batch is found by the code %(scanned)s.")
    way_out = _("Scan the machine, the place or the bag again; or open the batch below.")


class NotConfirmed(Refusal):
    """A step that cannot be undone takes two touches: choose, then confirm elsewhere."""

    code = "step.not_confirmed"
    status = 422
    sentence = _("This step cannot be undone; say first that you are ready. Nothing was recorded.")
    way_out = _("Press “I am ready” on the left, then record.")


class RefusedNothing(Refusal):
    """QA is asked about an interlock that refused nothing at this step."""

    code = "concession.nothing_refused"
    sentence = _("Nothing was refused at this step that QA could let pass.")
    way_out = _("Go back to the step.")


class ContainersLeft(Refusal):
    """A container is left over that is neither stored nor used up (Part IV 9, 21 CFR 211.125)."""

    code = "container.left_over"
    sentence = _("Not every container is accounted for (%(kind)s): %(labels)s.")
    way_out = _("Scan those as well, or ask QA.")
    interlock = Interlock.CONDITIONAL
    recorded = True


class FileUnknown(Refusal):
    """A step names a file that was never kept."""

    code = "file.unknown"
    status = 422
    sentence = _("No such file was kept.")
    way_out = _("Send the file first, then record the step.")


class NotTheirDecision(Refusal):
    """A decision by somebody who does not hold the role that the recipe names."""

    code = "decision.not_yours"
    status = 403
    sentence = _("This is decided by the role %(role)s; %(person)s does not hold it.")
    way_out = _("Ask a holder of the role to sign in here and decide.")
    interlock = Interlock.ABSOLUTE
    recorded = True
