"""``make clean-data``: stops the embedded stores and removes their folder."""

import os
import shutil
import sys

from mes.lib.embedded.folder import data_folder
from mes.lib.embedded.postgres import Postgres
from mes.lib.embedded.valkey import Valkey

# Only a folder that holds a store of ours is removed: MES_DATA may have been mistyped.
OURS = ("postgres", "valkey", "run.lock")


def main() -> None:
    """Remove the data folder, unless it is not one."""
    folder = data_folder(os.environ)
    if not folder.exists():
        sys.exit(0)
    if not any((folder / name).exists() for name in OURS):
        sys.exit(f"{folder} is no data folder of this project; nothing was removed.")
    Postgres(folder / "postgres").stop()
    Valkey(folder / "valkey").stop()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
