from recipes.views.acts import approve, discard, make_effective, submit, withdraw
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
from recipes.views.versions import schema, source, version, versions

__all__ = [
    "approve",
    "batchml_file",
    "discard",
    "discard_draft",
    "draft",
    "draft_from",
    "draft_news",
    "draft_text",
    "edit_draft",
    "import_recipe",
    "library",
    "library_operation",
    "make_effective",
    "new_draft",
    "package_file",
    "publish_operation",
    "schema",
    "send_draft",
    "source",
    "submit",
    "take_operation",
    "version",
    "versions",
    "withdraw",
    "withdraw_operation",
]
