"""Access to the API: the same session, the same marks, the same middleware as the pages."""
