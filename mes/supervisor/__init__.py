"""One command that starts everything on one machine, watches it, and stops it again."""

from mes.supervisor.supervisor import Failed, Supervisor

__all__ = ["Failed", "Supervisor"]
