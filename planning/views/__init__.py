"""Pages of the planner: the board with one proposal laid over it."""
