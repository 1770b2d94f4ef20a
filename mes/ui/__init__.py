"""Drawing for templates: icons, marks, scales. Used by the template tags alone."""
