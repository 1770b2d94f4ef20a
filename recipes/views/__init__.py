from recipes.views.acts import approve, discard, make_effective, send_back, submit, withdraw
from recipes.views.approvers import approvers
from recipes.views.changes import changes, draft_changes
from recipes.views.comments import comment, comments, reply
from recipes.views.drafts import (
    discard_draft,
    draft,
    draft_from,
    draft_news,
    draft_text,
    edit_draft,
    new_draft,
    send_draft,
)
from recipes.views.imports import import_recipe
from recipes.views.interchange import batchml_file, package_file
from recipes.views.library import (
    library,
    library_operation,
    publish_operation,
    take_operation,
    withdraw_operation,
)
from recipes.views.moving import draft_inside, draft_places
from recipes.views.picture import draft_picture, picture
from recipes.views.pictures import add_picture
from recipes.views.rehearsals import rehearsal, rehearsal_live, rehearse, rehearse_draft
from recipes.views.touches import touched
from recipes.views.versions import schema, source, version, versions

__all__ = [
    "add_picture",
    "approve",
    "approvers",
    "batchml_file",
    "changes",
    "comment",
    "comments",
    "discard",
    "discard_draft",
    "draft",
    "draft_changes",
    "draft_from",
    "draft_inside",
    "draft_news",
    "draft_picture",
    "draft_places",
    "draft_text",
    "edit_draft",
    "import_recipe",
    "library",
    "library_operation",
    "make_effective",
    "new_draft",
    "package_file",
    "picture",
    "publish_operation",
    "rehearsal",
    "rehearsal_live",
    "rehearse",
    "rehearse_draft",
    "reply",
    "schema",
    "send_back",
    "send_draft",
    "source",
    "submit",
    "take_operation",
    "touched",
    "version",
    "versions",
    "withdraw",
    "withdraw_operation",
]
