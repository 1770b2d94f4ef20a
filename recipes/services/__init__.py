"""Acts on recipes: ``versions`` (import, review, approval, effectiveness, withdrawal)."""
