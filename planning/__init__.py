"""Plans: the problem, the solver, proposals, the board."""
