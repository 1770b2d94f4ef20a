"""Master recipes: the typed document, its compiler, and the approval of its versions."""
