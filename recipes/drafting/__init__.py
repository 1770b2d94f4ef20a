"""The document while it is being written: plain data, changed by small named changes. Pure."""
